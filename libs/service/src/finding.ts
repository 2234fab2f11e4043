/**
 * - `right`: it is as it must be
 * - `risky`: it works, and data may be lost or delayed later
 * - `broken`: pushes or events do not pass, or are lost
 */
export type Severity = 'right' | 'risky' | 'broken';

/** What a check found about a server, an address or a file. */
export interface Finding {
  /** Which check it is, for scripts: `topic-replicas`. A check keeps its name. */
  readonly check: string;
  readonly severity: Severity;
  /** What is so. */
  readonly text: string;
  /** What to do about it. Empty for what is right. */
  readonly advice: string;
}

export const right = (check: string, text: string): Finding => ({
  check,
  severity: 'right',
  text,
  advice: '',
});

export const risky = (check: string, text: string, advice: string): Finding => ({
  ...{ check, severity: 'risky', text, advice },
});

export const broken = (check: string, text: string, advice: string): Finding => ({
  ...{ check, severity: 'broken', text, advice },
});

import { root } from './chart-folder.ts';
import { outcomeOf, skipped, type Outcome } from './outcome.ts';
import { tryRun } from './tools/fetched.ts';

/** An advisory that is known and does not stop a release, for as long as its reason holds. */
export interface Exception {
  /** `GHSA-…` */
  readonly advisory: string;
  readonly reason: string;
  /** The day from which it counts again: `2027-01-31`. */
  readonly until: string;
}

/** None at present. */
const exceptions: readonly Exception[] = [];

interface Via {
  readonly url: string;
  readonly title: string;
  readonly severity: string;
  readonly name: string;
}

interface Report {
  readonly vulnerabilities?: Readonly<Record<string, { readonly via: readonly (string | Via)[] }>>;
}

/**
 * What an answer of `npm audit --json` has against a release: every advisory, of whatever severity, that is not
 * excepted, and every exception that is over or that nothing needs.
 */
export function auditProblems(report: Report, excepted: readonly Exception[], today: string): string[] {
  const advisories = new Map<string, Via>();
  for (const { via } of Object.values(report.vulnerabilities ?? {}))
    for (const one of via) if (typeof one !== 'string') advisories.set(one.url.split('/').at(-1) ?? '', one);
  const open = excepted.filter(({ until }) => today < until);
  return [
    ...[...advisories]
      .filter(([id]) => !open.some(({ advisory }) => advisory === id))
      .map(([id, { name, severity, title }]) => `${id} (${severity}) of ${name}: ${title}`),
    ...excepted
      .filter(({ advisory }) => !advisories.has(advisory))
      .map(({ advisory }) => `The exception of ${advisory} is needed no more: remove it.`),
  ];
}

/** Asks the registry about what runs in production. */
export async function auditOutcomes(): Promise<Outcome[]> {
  const { stdout } = await tryRun('npm', ['audit', '--omit=dev', '--json'], { cwd: root });
  const report = readReport(stdout);
  if (report === null) return [skipped('npm audit', 'the registry does not tell advisories here')];
  const today = new Date().toISOString().slice(0, 10);
  return [outcomeOf('npm audit', auditProblems(report, exceptions, today))];
}

/** Null for anything but a report: npm prints its errors as JSON too. */
function readReport(text: string): Report | null {
  try {
    const answer = JSON.parse(text) as Report;
    return answer.vulnerabilities === undefined ? null : answer;
  } catch {
    return null;
  }
}

import type { Reason, Stage } from '@sluice/schemas/schemas';

/** Where the dead letters are, and how they are told. */
export interface DlqOptions {
  readonly brokers: string[];
  readonly schemaRegistry: string;
  readonly stream: string;
  readonly json: boolean;
}

/** Which of them. Times are epoch ms. */
export interface FilterOptions {
  readonly stage?: Stage;
  readonly reason?: Reason;
  readonly source?: string;
  readonly since?: number;
  readonly until?: number;
  readonly contains?: string;
  readonly open: boolean;
}

export interface RedriveCommandOptions extends DlqOptions, FilterOptions {
  readonly sources: string;
  readonly maxAttempts: number;
  readonly rate: number;
  readonly dryRun: boolean;
}

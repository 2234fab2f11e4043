import type { Endpoints } from '@sluice/dev-servers/endpoints';
import type { BenchOptions } from './options.ts';
import type { Cleanups } from './cleanups.ts';

/** What a bench works with that needs no servers. */
export interface LocalBenchRun {
  /** A folder of its own, removed afterwards. */
  readonly folder: string;
  readonly options: BenchOptions;
  readonly cleanups: Cleanups;
  /** Rejects when somebody stopped the run. */
  readonly interrupted: Promise<never>;
  readonly progress: (line: string) => void;
}

/** What a bench works with. */
export interface BenchRun extends LocalBenchRun {
  readonly endpoints: Endpoints;
  /** Its own stream: a fresh name, so that nothing else is measured or deleted. */
  readonly stream: string;
}

/** What a bench found. */
export interface BenchReport {
  /** For people: tables and messages. */
  readonly text: string;
  /** For programs. */
  readonly figures: object;
  /** False when something was lost or answered wrongly: then the figures mean nothing. */
  readonly sound: boolean;
}

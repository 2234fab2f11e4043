import type { Endpoints } from './endpoints.ts';
import type { Report } from './progress.ts';

/** A set of servers that come and go together. */
export interface Fleet {
  /**
   * Brings every server up. Rejects with an Error whose message says what to do; `stop` must
   * be called then too. Aborting the signal makes it reject soon.
   */
  start(report: Report, signal: AbortSignal): Promise<Endpoints>;
  /** Ends every server that is up; resolves when no process of theirs is left. Never rejects. */
  stop(report: Report): Promise<void>;
}

import type { OutgoingRecord } from '@sluice/kafka/publisher';

/** A record that comes out again. */
export interface SpooledRecord extends OutgoingRecord {
  readonly appendedAtMs: number;
}

/**
 * How an append ended. Only `spooled` says that the record is on the disk.
 * - `full`: not taken, the bound of the disk or of what waits is reached
 * - `failed`: the disk does not take it; the next append tries again
 */
export type AppendOutcome =
  | { readonly outcome: 'spooled' }
  | { readonly outcome: 'full' }
  | { readonly outcome: 'failed'; readonly reason: string };

/** Resolves to those records of the batch that are durable elsewhere. A rejection is a bug, and delivers none. */
export type Deliver = (batch: readonly SpooledRecord[]) => Promise<Iterable<SpooledRecord>>;

/**
 * How a drain ended, with the number of records that were delivered.
 * - `drained`: everything that was synced is delivered
 * - `held`: a part of a batch is not durable elsewhere; the next drain offers that part again, and nothing else
 * - `failed`: the disk cannot be read, or what is damaged cannot be put into quarantine
 * - `stopped`: the spool is closing
 * - `busy`: a drain is running already
 */
export type DrainOutcome =
  | { readonly outcome: 'drained' | 'held' | 'stopped' | 'busy'; readonly delivered: number }
  | { readonly outcome: 'failed'; readonly reason: string; readonly delivered: number };

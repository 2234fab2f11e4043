import type { CanonicalTopic, StoredTopic } from '@sluice/schemas/topics';
import type { ValueOf } from '@sluice/schemas/schemas';

/** A canonical event on its way into a store. */
export interface StoreItem {
  /** The event id: the row's and document's identity. */
  readonly id: string;
  readonly topic: StoredTopic;
  readonly event: ValueOf[StoredTopic];
  /** received-at and mapping version as one number: of two copies of one event the higher one wins. */
  readonly version: number;
  /** Size of the encoded event in bytes, for bounding batches. */
  readonly bytes: number;
  /**
   * A replay wrote it to the live topics. Its time may have changed since it was first written, and with it the place where
   * a store keeps it: the store removes what it has of the event elsewhere.
   */
  readonly isReplayed?: boolean;
}

/** How one item ended. `stale`: the store already holds this version or a newer one. */
export type StoreResult =
  | { readonly id: string; readonly outcome: 'written' }
  | { readonly id: string; readonly outcome: 'stale' }
  | { readonly id: string; readonly outcome: 'rejected'; readonly detail: string };

/**
 * Records of a canonical topic whose events a rebuild from the raw topics produced again, carried over, or removed. The
 * sink must not write them. A record must be within both bounds, because offsets repeat if a topic is created again.
 */
export interface Settled {
  /** Those written by then, epoch ms. */
  readonly writtenByMs: number;
  /** By partition, those before this offset. */
  readonly before: ReadonlyMap<number, bigint>;
}

/**
 * A place that keeps canonical events. Writing an item twice changes nothing.
 *
 * `write` resolves only when every item is durable or known to be refused, with exactly one result for each
 * item, matched by id and not by position. It throws when the server as a whole failed, or failed in a way
 * that nobody knows: then nothing is known about any item, and the caller writes the same items again. Where it is
 * known of some of them it throws `PartlyFailed`.
 */
export interface Store {
  write(items: readonly StoreItem[]): Promise<StoreResult[]>;
  /** Messages that say what is missing (table, template) and how to create it; empty when all is there. */
  missing(): Promise<string[]>;
  /** What of a topic a rebuild from the raw topics settled; null where none did. */
  settled(topic: CanonicalTopic): Promise<Settled | null>;
  close(): Promise<void>;
}

/** The server failed at some items of a write, in a way that nobody knows; the others have ended, each with its result. */
export class PartlyFailed extends Error {
  /** Of the items that have ended. */
  readonly results: readonly StoreResult[];
  constructor(results: readonly StoreResult[], cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.results = results;
  }
}

/** @returns the error to throw for a write of which these items have ended and the others failed */
export function failureBeside(results: readonly StoreResult[], cause: unknown): unknown {
  return results.length === 0 ? cause : new PartlyFailed(results, cause);
}

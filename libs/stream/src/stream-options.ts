import type { KafkaConnection } from '@sluice/kafka/client';
import type { ConsumedRecord } from '@sluice/kafka/consumer';
import type { ChunkBounds } from './take-chunk.ts';

export interface StreamOptions {
  readonly connection: KafkaConnection;
  readonly groupId: string;
  /** Full names. */
  readonly topics: readonly string[];
  readonly partitionsAtOnce: number;
  readonly chunk: ChunkBounds;
  /** How long a member may be silent before its partitions go to others, in ms. */
  readonly sessionTimeoutMs: number;
  /** How long an attempt at a chunk may take, in ms, until the process counts as stuck and must end. */
  readonly stuckMs: number;
  /**
   * Works on some records of one partition, in order, and resolves when each has ended in an outcome that is
   * durable. What it throws is about a server or unknown: the first of them are handed in again, later, and
   * the partition is blocked until then; after some attempts fewer of them at once, down to the one that fails.
   * Other partitions continue meanwhile.
   * Errors about one record are outcomes, not exceptions.
   * @param attempt how often the first of them was handed in, from 1
   */
  readonly handle: (records: readonly ConsumedRecord[], attempt: number) => Promise<void>;
  /**
   * Writes a record to the dead-letter topic that `handle` must not get. Resolves when it is durable; throws as `handle`.
   * - `POISON_PILL`: several processes crashed at it
   * - `TOO_LARGE`: it is the placeholder of a batch that is too large to read
   * - `SKIPPED`: it blocked its partition, and an operator asked for it
   */
  readonly deadLetter: (
    record: ConsumedRecord,
    reason: 'POISON_PILL' | 'TOO_LARGE' | 'SKIPPED',
    detail: string,
  ) => Promise<void>;
  readonly on: StreamEvents;
}

export interface StreamEvents {
  /** Work on records begins. Called once per chunk, however often the chunk is tried. */
  received(topic: string, records: number): void;
  /** From now on this process processes only these partitions. */
  assigned(partitions: Readonly<Record<string, readonly number[]>>): void;
  /** A chunk could not be finished; it is retried after `waitMs`. */
  blocked(error: unknown, about: { topic: string; partition: number; attempt: number; waitMs: number }): void;
  /** The lag of a partition, in records. */
  lag(topic: string, partition: number, records: number): void;
  /** When the oldest record that has not ended was written, epoch ms; null when all have. */
  oldest(topic: string, partition: number, writtenAtMs: number | null): void;
  /**
   * As `lag`, of every partition now and then, whether or not anything of it was fetched.
   * @param atMs epoch ms before which nothing of this was known
   */
  looked(topic: string, partition: number, records: number, atMs: number): void;
  /** The consumer cannot continue: the process must end. */
  fatalError(error: Error): void;
}

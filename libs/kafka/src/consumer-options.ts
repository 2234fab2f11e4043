import type { BatchControl, PartitionBatch } from './consumed.ts';
import type { PartitionLag } from './partition-lags.ts';

export interface ConsumerOptions {
  readonly groupId: string;
  readonly topics: readonly string[];
  /** Where to start, instead of the committed offset or the oldest record. */
  readonly startAt?: readonly {
    readonly topic: string;
    readonly partition: number;
    readonly offset: string;
  }[];
  /** How many partitions are worked on at once. */
  readonly partitionsAtOnce: number;
  readonly maxBytesPerPartition: number;
  /** How long a fetch may wait for a first byte, in ms. */
  readonly maxWaitMs: number;
  readonly sessionTimeoutMs: number;
  /**
   * Works on a batch; nothing is committed but by `control.done`. Returning early leaves the rest for the
   * next fetch. Throwing makes the consumer join its group again: what `control` throws should get here.
   */
  readonly onBatch: (batch: PartitionBatch, control: BatchControl) => Promise<void>;
  /**
   * Fatal after this many ms without a successful fetch or heartbeat, while Kafka answers other clients.
   * Default: the longest join plus one session timeout.
   */
  readonly silentMs?: number;
  /** The group was joined: these partitions are this member's, by topic, until the next call. */
  readonly onAssigned?: (partitions: Readonly<Record<string, readonly number[]>>) => void;
  /** The consumer cannot continue: the process must end. */
  readonly onFatalError: (error: Error) => void;
}

export interface RunningConsumer {
  /**
   * How far this member is behind in each of its partitions, whether or not they are fetched.
   * @throws when Kafka does not answer within 10 s
   */
  lags(): Promise<PartitionLag[]>;
  /** Waits for the batches in flight, leaves the group, disconnects. */
  stop(): Promise<void>;
}

/** How long the group may keep a member waiting that joins, in ms. */
export const rebalanceTimeoutMs = 60_000;

/**
 * The longest silence of Kafka that is not fatal, in ms. Default: the longest join plus one session timeout.
 */
export const silentMsOf = ({ sessionTimeoutMs, silentMs }: ConsumerOptions): number =>
  silentMs ?? rebalanceTimeoutMs + sessionTimeoutMs;

/** A record on its way to a topic. */
export interface OutgoingRecord {
  readonly topic: string;
  readonly key: Buffer;
  readonly value: Buffer;
  readonly headers: Record<string, string | Buffer>;
}

/**
 * How a record ended. Only `published` says that it is in the log, on all in-sync replicas.
 * - `queue-full`: not accepted, the limits of the queue are reached
 * - `unavailable`: not accepted, no broker has answered yet or the topic does not exist
 * - `timed-out`: the deadline passed; the record may or may not be in the log
 * - `too-large`: the topic does not accept a record of this size
 */
export type PublishOutcome =
  | { readonly outcome: 'published'; readonly partition: number; readonly offset: string }
  | { readonly outcome: 'queue-full' | 'unavailable' | 'timed-out' | 'too-large' };

export interface PublisherLimits {
  /** Records and bytes that may wait for an answer at once, over all topics. */
  readonly maxRecords: number;
  readonly maxBytes: number;
  /** Bounds of one request to one partition. Kafka's own limit is the topic's `max.message.bytes`. */
  readonly maxBatchRecords: number;
  readonly maxBatchBytes: number;
  /** How long a record may wait for its acknowledgement, in ms. */
  readonly deadlineMs: number;
  /** How often the brokers are asked which topics and partitions there are, in ms. */
  readonly refreshEveryMs: number;
}

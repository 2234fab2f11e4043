import type { OutgoingRecord } from './outgoing-record.ts';

/** The records of one partition in a request, in their order. */
export interface PartitionBatch {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly OutgoingRecord[];
}

/**
 * How one batch of a request ended:
 * - `written`: on all in-sync replicas, its first record at `baseOffset`
 * - `too-large`: the topic does not accept a batch of this size
 * - `failed`: it may or may not be written
 * - `unattributed`: one of the request's batches was refused, and the client does not say which one
 *
 * Where a broker refused it, `refusal` is the error's name in Kafka's protocol.
 */
export type BatchAnswer =
  | { readonly result: 'written'; readonly baseOffset: bigint }
  | { readonly result: 'too-large' }
  | { readonly result: 'failed' | 'unattributed'; readonly refusal?: string };

/** How long things may take, in ms. */
export interface ProduceTimes {
  /** A broker may work on a request for this long. */
  readonly deadlineMs: number;
  /** A broker that was asked something and says nothing for this long loses its connection. */
  readonly silentMs: number;
  /** How often `findLeaders` is called. */
  readonly refreshEveryMs: number;
}

/** What the publisher needs of a client library. It never retries by itself. */
export interface ProduceClient {
  /**
   * Asks the brokers, and makes ready to produce to what they have.
   * @returns of each topic that exists, the broker that leads each partition (its node id; -1 without one)
   * @throws what the library throws while no broker answers
   */
  findLeaders(topics: readonly string[]): Promise<ReadonlyMap<string, readonly number[]>>;
  /**
   * One request, with acks=all, when one broker leads all partitions.
   * @returns an answer for each batch, in their order. Never rejects
   */
  produce(batches: readonly PartitionBatch[]): Promise<readonly BatchAnswer[]>;
  /** Whether a broker answers now, and has the topic. Never rejects. */
  probe(topic: string): Promise<boolean>;
  close(): Promise<void>;
}

/** The codes of Kafka's answers that say that a batch is too large: MESSAGE_TOO_LARGE, RECORD_LIST_TOO_LARGE. */
export const tooLargeCodes: ReadonlySet<number> = new Set([10, 18]);

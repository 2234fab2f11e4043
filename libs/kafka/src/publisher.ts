import { BatchSender } from './batch-sender.ts';
import type { KafkaConnection } from './client.ts';
import { KafkajsProduceClient } from './kafkajs/produce.ts';
import { partitionOf } from './partition-of.ts';
import { PlatformaticProduceClient } from './platformatic/produce.ts';
import type { ProduceClient } from './produce-client.ts';
import type { OutgoingRecord, PublishOutcome, PublisherLimits } from './outgoing-record.ts';

export type { OutgoingRecord, PublishOutcome, PublisherLimits } from './outgoing-record.ts';

export const defaultPublisherLimits: PublisherLimits = {
  maxRecords: 20_000,
  maxBytes: 64 * 1024 * 1024,
  // kafkajs groups a batch in quadratic time, and Kafka counts a batch as one message: keep both small.
  maxBatchRecords: 500,
  maxBatchBytes: 900 * 1024,
  deadlineMs: 5_000,
  refreshEveryMs: 30_000,
};

/**
 * The batching publisher: acks=all, bounded, each record with a deadline.
 *
 * A request carries the ready batches of all partitions that one broker leads, and each batch's answer is checked by
 * itself. The producer is not idempotent: event ids deduplicate downstream.
 */
export interface Publisher {
  /** Never rejects. */
  publish(record: OutgoingRecord): Promise<PublishOutcome>;
  /** As `publish`, for many records: nothing is made for each. `settle` is called once, at once or later; it must not throw. */
  send(record: OutgoingRecord, settle: (outcome: PublishOutcome) => void): void;
  /** Whether the brokers answered and every topic named at the start is known. */
  ready(): boolean;
  /** Whether the brokers answered and this topic is known. */
  takes(topic: string): boolean;
  /** Whether a broker answers now, and has the topic. Never rejects, and takes no longer than the deadline. */
  probe(topic: string): Promise<boolean>;
  inFlight(): { records: number; bytes: number };
  /** Waits for what is in flight (at most the deadline), then disconnects. */
  close(): Promise<void>;
}

/**
 * Starts connecting and returns at once: while no broker answers, records end as `unavailable`.
 * @param topics full names of the topics that will be written
 */
export function createPublisher(
  connection: KafkaConnection,
  topics: readonly string[],
  limits: PublisherLimits = defaultPublisherLimits,
): Publisher {
  return new KafkaPublisher(connection, topics, limits);
}

/** How often the brokers are asked for their topics, in ms, while not all are known. */
const retryEveryMs = 500;

class KafkaPublisher implements Publisher {
  readonly #connection: KafkaConnection;
  readonly #topics: readonly string[];
  readonly #limits: PublisherLimits;
  readonly #client: ProduceClient;
  readonly #sender: BatchSender;
  /** Node ids by partition, of each topic that is there. */
  #leaders: ReadonlyMap<string, readonly number[]> = new Map();
  #isClosing = false;
  #timer: NodeJS.Timeout | undefined;
  #discoveredAt = 0;
  #discovering: Promise<void>;

  constructor(connection: KafkaConnection, topics: readonly string[], limits: PublisherLimits) {
    this.#connection = connection;
    this.#topics = topics;
    this.#limits = limits;
    this.#client = createProduceClient(connection, limits);
    this.#sender = new BatchSender({
      client: this.#client,
      limits,
      leaderOf: (topic, partition) => this.#leaders.get(topic)?.[partition],
      onFailure: (refusals) => this.#failed(refusals),
    });
    this.#discovering = this.#discover();
  }

  publish(record: OutgoingRecord): Promise<PublishOutcome> {
    return new Promise((resolve) => this.send(record, resolve));
  }

  send(record: OutgoingRecord, settle: (outcome: PublishOutcome) => void): void {
    const [{ unsettled }, limits] = [this.#sender, this.#limits];
    const leaders = this.#leaders.get(record.topic);
    if (leaders === undefined || this.#isClosing) {
      settle({ outcome: 'unavailable' });
      return;
    }
    const bytes = sizeOf(record);
    if (unsettled.records + 1 > limits.maxRecords || unsettled.bytes + bytes > limits.maxBytes) {
      settle({ outcome: 'queue-full' });
      return;
    }
    this.#sender.send(record, bytes, partitionOf(record.topic, record.key, leaders.length), settle);
  }

  ready(): boolean {
    return this.#leaders.size === this.#topics.length;
  }

  takes(topic: string): boolean {
    return !this.#isClosing && this.#leaders.has(topic);
  }

  async probe(topic: string): Promise<boolean> {
    return (
      this.#leaders.has(topic) && (await Promise.race([this.#client.probe(topic), this.#deadline(false)]))
    );
  }

  inFlight(): { records: number; bytes: number } {
    return { ...this.#sender.unsettled };
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    clearTimeout(this.#timer);
    await this.#sender.drained();
    const disconnected = this.#discovering.then(() => this.#client.close());
    // A broker that takes connections and never answers is not waited for.
    await Promise.race([disconnected, this.#deadline(undefined)]);
  }

  /** Resolves with `late` when the deadline has passed. */
  #deadline<T>(late: T): Promise<T> {
    return new Promise((resolve) => setTimeout(resolve, this.#limits.deadlineMs, late).unref());
  }

  /** Finds out what there is, and again from time to time. */
  async #discover(): Promise<void> {
    try {
      const found = await this.#client.findLeaders(this.#topics);
      const gone = [...this.#leaders.keys()].filter((topic) => !found.has(topic)).join(', ');
      this.#leaders = found;
      this.#sender.leadersFound();
      if (gone) this.#warn(`${gone} is gone: nothing is written to it until it is there again`);
    } catch (error) {
      this.#warn(`no metadata from the brokers: ${error instanceof Error ? error.message : String(error)}`);
    }
    this.#discoveredAt = performance.now();
    if (this.#isClosing) return;
    const again = (): void => {
      this.#discovering = this.#discover();
    };
    this.#timer = setTimeout(again, this.ready() ? this.#limits.refreshEveryMs : retryEveryMs);
  }

  #failed(refusals: ReadonlyMap<string, string>): void {
    for (const [topic, refusal] of refusals) {
      this.#connection.onRefused?.(topic, refusal);
      this.#warn(`Kafka refuses what is written to ${topic}: ${refusal}`);
    }
    this.#rediscover();
  }

  #warn(message: string): void {
    this.#connection.onLog?.('warn', message);
  }

  /** Asks before it is time to, since a topic may be gone, or another broker may lead a partition. */
  #rediscover(): void {
    const isRecent = performance.now() - this.#discoveredAt < retryEveryMs;
    if (this.#isClosing || this.#timer === undefined || isRecent) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#discovering = this.#discover();
  }
}

function createProduceClient(connection: KafkaConnection, limits: PublisherLimits): ProduceClient {
  const { deadlineMs, refreshEveryMs } = limits;
  // The broker has the deadline to answer; one that does not must not hold up its partitions for longer.
  const times = { deadlineMs, silentMs: deadlineMs + 1_000, refreshEveryMs };
  return connection.client === 'platformatic'
    ? new PlatformaticProduceClient(connection, times)
    : new KafkajsProduceClient(connection, times);
}

/** About what a record takes in a batch, in bytes. */
function sizeOf(record: OutgoingRecord): number {
  let bytes = record.key.length + record.value.length + 32;
  for (const name of Object.keys(record.headers))
    bytes += name.length + (record.headers[name]?.length ?? 0) + 4;
  return bytes;
}

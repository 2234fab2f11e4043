import kafkajs, {
  type Admin,
  type Kafka,
  type Producer,
  type ProducerRecord,
  type RecordMetadata,
} from 'kafkajs';
import { PartitionQueue } from './partition-queue.ts';
import { connectKafka, type KafkaConnection } from './client.ts';
import { partitionOf } from './partition-of.ts';
import type { OutgoingRecord, PublishOutcome, PublisherLimits } from './outgoing-record.ts';

export type { OutgoingRecord, PublishOutcome, PublisherLimits } from './outgoing-record.ts';

const { Partitioners } = kafkajs;

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
 * There is no linger: each partition has one send in flight, and the next one takes what arrived meanwhile,
 * so that batches grow with the load and a lone record never waits. One partition per send, and its answer
 * is checked, because a send over several partitions can resolve without having sent all of them
 * (kafkajs 2.2.4 after a leader moved). The producer is not idempotent: event ids deduplicate downstream.
 */
export interface Publisher {
  /** Never rejects. */
  publish(record: OutgoingRecord): Promise<PublishOutcome>;
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

// Anybody who waits has a deadline, and discovery and the partition queues try again by themselves.
const retry = { initialRetryTime: 50, maxRetryTime: 500, retries: 2 };
/** How often the brokers are asked for their topics, in ms, while not all are known. */
const retryEveryMs = 500;

class KafkaPublisher implements Publisher {
  readonly #connection: KafkaConnection;
  readonly #topics: readonly string[];
  readonly #limits: PublisherLimits;
  /** The broker has the deadline to answer; one that does not must not hold up its partition for longer. */
  readonly #silentMs: number;
  readonly #kafka: Kafka;
  readonly #admin: Admin;
  readonly #partitions = new Map<string, number>();
  readonly #queues = new Map<string, PartitionQueue>();
  readonly #waiting = { records: 0, bytes: 0 };
  readonly #retired = new Set<Producer>();
  #producer: Producer;
  #isClosing = false;
  #timer: NodeJS.Timeout | undefined;
  #discoveredAt = 0;
  #discovering: Promise<void>;

  constructor(connection: KafkaConnection, topics: readonly string[], limits: PublisherLimits) {
    this.#connection = connection;
    this.#topics = topics;
    this.#limits = limits;
    this.#silentMs = limits.deadlineMs + 1_000;
    const patience = { retry, requestTimeoutMs: this.#silentMs, silentMs: this.#silentMs };
    this.#kafka = connectKafka(connection, patience);
    this.#producer = this.#newProducer();
    this.#admin = this.#kafka.admin({ retry });
    this.#discovering = this.#discover();
  }

  async publish(record: OutgoingRecord): Promise<PublishOutcome> {
    const [waiting, limits] = [this.#waiting, this.#limits];
    const count = this.#partitions.get(record.topic);
    if (count === undefined || this.#isClosing) return { outcome: 'unavailable' };
    const bytes = sizeOf(record);
    if (waiting.records + 1 > limits.maxRecords || waiting.bytes + bytes > limits.maxBytes)
      return { outcome: 'queue-full' };
    waiting.records += 1;
    waiting.bytes += bytes;
    try {
      const partition = partitionOf(record.topic, record.key, count);
      return await this.#queueOf(record.topic, partition).send(record, bytes);
    } finally {
      waiting.records -= 1;
      waiting.bytes -= bytes;
    }
  }

  ready(): boolean {
    return this.#partitions.size === this.#topics.length;
  }

  takes(topic: string): boolean {
    return !this.#isClosing && this.#partitions.has(topic);
  }

  async probe(topic: string): Promise<boolean> {
    const answered = this.#admin.listTopics().then(
      (there) => there.includes(topic),
      () => false,
    );
    return this.#partitions.has(topic) && (await Promise.race([answered, this.#deadline(false)]));
  }

  inFlight(): { records: number; bytes: number } {
    return { ...this.#waiting };
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    clearTimeout(this.#timer);
    await Promise.all([...this.#queues.values()].map((queue) => queue.drained()));
    const disconnected = this.#discovering.then(() =>
      Promise.allSettled([
        this.#producer.disconnect(),
        this.#admin.disconnect(),
        ...Array.from(this.#retired, (former) => this.#retire(former)),
      ]),
    );
    // A broker that takes connections and never answers is not waited for.
    await Promise.race([disconnected, this.#deadline(undefined)]);
  }

  /** Resolves with `late` when the deadline has passed. */
  #deadline<T>(late: T): Promise<T> {
    return new Promise((resolve) => setTimeout(resolve, this.#limits.deadlineMs, late).unref());
  }

  #queueOf(topic: string, partition: number): PartitionQueue {
    const name = `${topic}/${partition}`;
    let queue = this.#queues.get(name);
    if (!queue) {
      const send: Producer['send'] = (record) => this.#send(record);
      queue = new PartitionQueue({ send }, topic, partition, this.#limits);
      this.#queues.set(name, queue);
    }
    return queue;
  }

  async #send(record: ProducerRecord): Promise<RecordMetadata[]> {
    if (!this.#partitions.has(record.topic)) throw new Error(`${record.topic} is gone`);
    try {
      return await this.#producer.send(record);
    } catch (error) {
      if (saysTopicGone(error)) this.#rediscover();
      throw error;
    }
  }

  #newProducer(): Producer {
    return this.#kafka.producer({
      allowAutoTopicCreation: false,
      // As soon as partitions that were added are chosen here, the library must know who leads them.
      metadataMaxAge: this.#limits.refreshEveryMs,
      // A partition queue retries by itself, with the records whose deadline has not passed.
      retry: { ...retry, retries: 0 },
      // Every record names its partition; the choice of a partitioner only keeps the library from warning.
      createPartitioner: Partitioners.DefaultPartitioner,
    });
  }

  /** Finds out what there is, and again from time to time. */
  async #discover(): Promise<void> {
    let isKnown = false;
    try {
      await this.#findPartitions();
      isKnown = this.ready();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#connection.onLog?.('warn', `no metadata from the brokers yet: ${reason}`);
    }
    this.#discoveredAt = performance.now();
    if (this.#isClosing) return;
    const again = (): void => {
      this.#discovering = this.#discover();
    };
    this.#timer = setTimeout(again, isKnown ? this.#limits.refreshEveryMs : retryEveryMs);
  }

  async #findPartitions(): Promise<void> {
    await this.#producer.connect();
    await this.#admin.connect();
    // Asked for by name, a missing topic would fail the whole answer, or be created.
    const existing = new Set(await this.#admin.listTopics());
    const metadata = await this.#admin.fetchTopicMetadata({
      topics: this.#topics.filter((topic) => existing.has(topic)),
    });
    for (const topic of metadata.topics) this.#partitions.set(topic.name, topic.partitions.length);
    await this.#forget([...this.#partitions.keys()].filter((topic) => !existing.has(topic)));
  }

  /** Asks what there is before it is time to, since a topic seems to be gone. */
  #rediscover(): void {
    const isRecent = performance.now() - this.#discoveredAt < retryEveryMs;
    if (this.#isClosing || this.#timer === undefined || isRecent) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#discovering = this.#discover();
  }

  /**
   * A producer of the library asks for the metadata of every topic that it ever sent to in one request, which fails
   * whole when one of them is gone: no topic could be written to. So another one takes its place.
   */
  async #forget(gone: readonly string[]): Promise<void> {
    if (gone.length === 0 || this.#isClosing) return;
    for (const topic of gone) this.#partitions.delete(topic);
    const former = this.#producer;
    this.#producer = this.#newProducer();
    this.#retired.add(former);
    // What it still has out gets its answer, or its deadline passes.
    setTimeout(() => void this.#retire(former), this.#silentMs).unref();
    await this.#producer.connect();
    const names = gone.join(', ');
    this.#connection.onLog?.('warn', `${names} is gone: nothing is written to it until it is there again`);
  }

  async #retire(former: Producer): Promise<void> {
    await former.disconnect().catch(() => undefined);
    this.#retired.delete(former);
  }
}

/** About what a record takes in a batch, in bytes. */
function sizeOf(record: OutgoingRecord): number {
  let bytes = record.key.length + record.value.length + 32;
  for (const [name, value] of Object.entries(record.headers)) bytes += name.length + value.length + 4;
  return bytes;
}

/** A topic that was deleted, or that this user may no longer write to, wherever kafkajs wrapped it. */
function saysTopicGone(error: unknown): boolean {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    const { type } = cause as { type?: string };
    if (type === 'UNKNOWN_TOPIC_OR_PARTITION' || type === 'TOPIC_AUTHORIZATION_FAILED') return true;
  }
  return false;
}

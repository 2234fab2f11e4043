import kafkajs, { type Producer } from 'kafkajs';
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
  // Whoever waits has a deadline, and both loops below try again by themselves.
  const retry = { initialRetryTime: 50, maxRetryTime: 500, retries: 2 };
  const { refreshEveryMs } = limits;
  // The broker has the deadline to answer; one that does not must not hold up its partition for longer.
  const silentMs = limits.deadlineMs + 1_000;
  const kafka = connectKafka(connection, { retry, requestTimeoutMs: silentMs, silentMs });
  // Every record names its partition; the choice of a partitioner only keeps the library from warning.
  const newProducer = (): Producer =>
    kafka.producer({
      allowAutoTopicCreation: false,
      // As soon as partitions that were added are chosen here, the library must know who leads them.
      metadataMaxAge: refreshEveryMs,
      // A partition queue retries by itself, with the records whose deadline has not passed.
      retry: { ...retry, retries: 0 },
      createPartitioner: Partitioners.DefaultPartitioner,
    });
  let producer = newProducer();
  const admin = kafka.admin({ retry });
  const partitions = new Map<string, number>();
  const queues = new Map<string, PartitionQueue>();
  const waiting = { records: 0, bytes: 0 };
  let closing = false;

  const retryEveryMs = 500;
  let timer: NodeJS.Timeout | undefined;
  let discoveredAt = 0;
  const discover = async (): Promise<void> => {
    let isKnown = false;
    try {
      await producer.connect();
      await admin.connect();
      // Asked for by name, a missing topic would fail the whole answer, or be created.
      const existing = new Set(await admin.listTopics());
      const metadata = await admin.fetchTopicMetadata({
        topics: topics.filter((topic) => existing.has(topic)),
      });
      for (const topic of metadata.topics) partitions.set(topic.name, topic.partitions.length);
      await forget([...partitions.keys()].filter((topic) => !existing.has(topic)));
      isKnown = partitions.size === topics.length;
    } catch (error) {
      connection.onLog?.(
        'warn',
        `no metadata from the brokers yet: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
    discoveredAt = performance.now();
    if (!closing)
      timer = setTimeout(
        () => {
          discovering = discover();
        },
        isKnown ? refreshEveryMs : retryEveryMs,
      );
  };
  /**
   * A producer of the library asks for the metadata of every topic that it ever sent to in one request, which fails
   * whole when one of them is gone: no topic could be written to any more. So another one takes its place.
   */
  const forget = async (gone: readonly string[]): Promise<void> => {
    if (gone.length === 0 || closing) return;
    for (const topic of gone) partitions.delete(topic);
    const former = producer;
    producer = newProducer();
    retired.add(former);
    // What it still has out gets its answer, or its deadline passes.
    setTimeout(() => void retire(former), silentMs).unref();
    await producer.connect();
    connection.onLog?.(
      'warn',
      `${gone.join(', ')} is gone: nothing is written to it until it is there again`,
    );
  };
  const retired = new Set<Producer>();
  const retire = async (former: Producer): Promise<void> => {
    await former.disconnect().catch(() => undefined);
    retired.delete(former);
  };
  /** Asks what there is before it is time to, since a topic seems to be gone. */
  const rediscover = (): void => {
    if (closing || timer === undefined || performance.now() - discoveredAt < retryEveryMs) return;
    clearTimeout(timer);
    timer = undefined;
    discovering = discover();
  };
  let discovering = discover();

  const send: Producer['send'] = async (record) => {
    if (!partitions.has(record.topic)) throw new Error(`${record.topic} is gone`);
    try {
      return await producer.send(record);
    } catch (error) {
      if (saysTopicGone(error)) rediscover();
      throw error;
    }
  };

  const queueOf = (topic: string, partition: number): PartitionQueue => {
    const name = `${topic}/${partition}`;
    let queue = queues.get(name);
    if (!queue) {
      queue = new PartitionQueue({ send }, topic, partition, limits);
      queues.set(name, queue);
    }
    return queue;
  };

  return {
    async publish(record) {
      const count = partitions.get(record.topic);
      if (count === undefined || closing) return { outcome: 'unavailable' };
      const bytes = sizeOf(record);
      if (waiting.records + 1 > limits.maxRecords || waiting.bytes + bytes > limits.maxBytes)
        return { outcome: 'queue-full' };
      waiting.records += 1;
      waiting.bytes += bytes;
      try {
        return await queueOf(record.topic, partitionOf(record.topic, record.key, count)).send(record, bytes);
      } finally {
        waiting.records -= 1;
        waiting.bytes -= bytes;
      }
    },
    ready: () => partitions.size === topics.length,
    takes: (topic) => !closing && partitions.has(topic),
    async probe(topic) {
      const answered = admin.listTopics().then(
        (there) => there.includes(topic),
        () => false,
      );
      const givenUp = new Promise<boolean>((resolve) =>
        setTimeout(() => resolve(false), limits.deadlineMs).unref(),
      );
      return partitions.has(topic) && (await Promise.race([answered, givenUp]));
    },
    inFlight: () => ({ ...waiting }),
    async close() {
      closing = true;
      clearTimeout(timer);
      await Promise.all([...queues.values()].map((queue) => queue.drained()));
      const disconnected = discovering.then(() =>
        Promise.allSettled([producer.disconnect(), admin.disconnect(), ...Array.from(retired, retire)]),
      );
      // A broker that takes connections and never answers is not waited for.
      const givenUp = new Promise((resolve) => setTimeout(resolve, limits.deadlineMs).unref());
      await Promise.race([disconnected, givenUp]);
    },
  };
}

/** About what a record takes in a batch, in bytes. */
function sizeOf(record: OutgoingRecord): number {
  let bytes = record.key.length + record.value.length + 32;
  for (const [name, value] of Object.entries(record.headers)) bytes += name.length + value.length + 4;
  return bytes;
}

/** A topic that was deleted, or that this user may not write to any more, wherever kafkajs wrapped it. */
function saysTopicGone(error: unknown): boolean {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    const { type } = cause as { type?: string };
    if (type === 'UNKNOWN_TOPIC_OR_PARTITION' || type === 'TOPIC_AUTHORIZATION_FAILED') return true;
  }
  return false;
}

import kafkajs, {
  type Admin,
  type CompressionTypes,
  type Kafka,
  type Producer,
  type RecordMetadata,
} from 'kafkajs';
import type { KafkaCompression, KafkaConnection } from '../client.ts';
import { ClientSockets } from './breaking-sockets.ts';
import { connectKafka } from './connect-kafka.ts';
import {
  tooLargeCodes,
  type BatchAnswer,
  type PartitionBatch,
  type ProduceClient,
  type ProduceTimes,
} from '../produce-client.ts';

const { CompressionTypes: Types, Partitioners, KafkaJSProtocolError } = kafkajs;

const compressions = {
  none: Types.None,
  gzip: Types.GZIP,
  snappy: Types.Snappy,
  lz4: Types.LZ4,
  zstd: Types.ZSTD,
} as const satisfies Record<KafkaCompression, CompressionTypes>;

const retry = { initialRetryTime: 50, maxRetryTime: 500, retries: 2 };

export class KafkajsProduceClient implements ProduceClient {
  readonly #kafka: Kafka;
  readonly #admin: Admin;
  readonly #times: ProduceTimes;
  readonly #retired = new Set<Producer>();
  /** What the producer asks the metadata of. */
  #known: readonly string[] = [];
  readonly #sockets = new ClientSockets();
  readonly #compression: CompressionTypes;
  #producer: Producer;
  #isClosing = false;

  constructor(connection: KafkaConnection, times: ProduceTimes) {
    const { silentMs } = times;
    this.#times = times;
    const patience = { retry, requestTimeoutMs: silentMs, silentMs };
    this.#kafka = connectKafka(connection, patience, this.#sockets);
    this.#compression = compressions[connection.compression ?? 'none'];
    this.#producer = this.#newProducer();
    this.#admin = this.#kafka.admin({ retry });
  }

  async findLeaders(topics: readonly string[]): Promise<ReadonlyMap<string, readonly number[]>> {
    await this.#producer.connect();
    await this.#admin.connect();
    // Asked for by name, a missing topic would fail the whole answer, or be created.
    const existing = new Set(await this.#admin.listTopics());
    const there = topics.filter((topic) => existing.has(topic));
    if (this.#known.some((topic) => !existing.has(topic))) await this.#replaceProducer();
    this.#known = there;
    const metadata = await this.#admin.fetchTopicMetadata({ topics: there });
    return new Map(
      metadata.topics.map(({ name, partitions }) => {
        const leaders: number[] = [];
        for (const { partitionId, leader } of partitions) leaders[partitionId] = leader;
        return [name, leaders];
      }),
    );
  }

  async produce(batches: readonly PartitionBatch[]): Promise<readonly BatchAnswer[]> {
    try {
      const written = await this.#producer.sendBatch({
        acks: -1,
        compression: this.#compression,
        timeout: this.#times.deadlineMs,
        topicMessages: batches.map(({ topic, partition, records }) => ({
          topic,
          messages: records.map(({ key, value, headers }) => ({ partition, key, value, headers })),
        })),
      });
      return batches.map((batch) => answerFor(batch, written));
    } catch (error) {
      const answer = failureOf(error, batches.length);
      return batches.map(() => answer);
    }
  }

  probe(topic: string): Promise<boolean> {
    return this.#admin.listTopics().then(
      (there) => there.includes(topic),
      () => false,
    );
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    await Promise.allSettled([
      this.#producer.disconnect(),
      this.#admin.disconnect(),
      ...Array.from(this.#retired, (former) => this.#retire(former)),
    ]);
    this.#sockets.close();
  }

  #newProducer(): Producer {
    return this.#kafka.producer({
      allowAutoTopicCreation: false,
      // As soon as partitions that were added are chosen, the library must know who leads them.
      metadataMaxAge: this.#times.refreshEveryMs,
      // A partition queue retries by itself, with the records whose deadline has not passed.
      retry: { ...retry, retries: 0 },
      // Every record names its partition; the choice of a partitioner only keeps the library from warning.
      createPartitioner: Partitioners.DefaultPartitioner,
    });
  }

  /**
   * A producer of the library asks for the metadata of every topic that it ever sent to in one request, which fails
   * whole when one of them is gone: no topic could be written to. So another one takes its place.
   */
  async #replaceProducer(): Promise<void> {
    if (this.#isClosing) return;
    const former = this.#producer;
    this.#producer = this.#newProducer();
    this.#retired.add(former);
    // What it still has out gets its answer, or its deadline passes.
    setTimeout(() => void this.#retire(former), this.#times.silentMs).unref();
    await this.#producer.connect();
  }

  async #retire(former: Producer): Promise<void> {
    await former.disconnect().catch(() => undefined);
    this.#retired.delete(former);
  }
}

/** A send of several partitions may resolve without having sent all of them (kafkajs 2.2.4, after a leader moved). */
function answerFor({ topic, partition }: PartitionBatch, written: readonly RecordMetadata[]): BatchAnswer {
  const answer = written.find((one) => one.topicName === topic && one.partition === partition);
  if (answer?.errorCode !== 0 || answer.baseOffset === undefined) return { result: 'failed' };
  return { result: 'written', baseOffset: BigInt(answer.baseOffset) };
}

/** The library fails a request whole with the first error that a broker answered for any of its partitions. */
function failureOf(error: unknown, batches: number): BatchAnswer {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if (!(cause instanceof KafkaJSProtocolError)) continue;
    const { code, type: refusal } = cause;
    if (batches > 1) return { result: 'unattributed', refusal };
    return tooLargeCodes.has(code) ? { result: 'too-large' } : { result: 'failed', refusal };
  }
  return { result: 'failed' };
}

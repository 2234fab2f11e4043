import type { MessageToProduce } from '@platformatic/kafka';
import type { KafkaCompression, KafkaConnection } from '../client.ts';
import type { OutgoingRecord } from '../outgoing-record.ts';
import { endBrokenConnections, platformaticOptions } from './client-options.ts';
import { RequestFailed } from './errors.ts';
import {
  tooLargeCodes,
  type BatchAnswer,
  type PartitionBatch,
  type ProduceClient,
  type ProduceTimes,
} from '../produce-client.ts';

export class PlatformaticProduceClient implements ProduceClient {
  readonly #open: () => ReturnType<typeof openClients>;
  #opening: ReturnType<typeof openClients>;
  #hasBeenAnswered = false;
  readonly #compression: KafkaCompression;

  constructor(connection: KafkaConnection, times: ProduceTimes) {
    this.#open = () => openClients(connection, times);
    this.#opening = this.#open();
    this.#compression = connection.compression ?? 'none';
  }

  async findLeaders(topics: readonly string[]): Promise<ReadonlyMap<string, readonly number[]>> {
    const { producer, admin } = await this.#opening;
    // Asked for by name, a missing topic would fail the whole answer.
    try {
      const existing = new Set(await admin.listTopics());
      const there = topics.filter((topic) => existing.has(topic));
      const { topics: found } = await producer.metadata({ topics: there, forceUpdate: true, ...ofAnyBroker });
      this.#hasBeenAnswered = true;
      return new Map(
        Array.from(found, ([name, { partitions }]) => [name, partitions.map(({ leader }) => leader)]),
      );
    } catch (error) {
      // Clients that do not know yet what brokers understand ask the same one for ever.
      if (!this.#hasBeenAnswered) this.#beginElsewhere();
      throw new RequestFailed(error);
    }
  }

  async produce(batches: readonly PartitionBatch[]): Promise<readonly BatchAnswer[]> {
    const { producer } = await this.#opening;
    try {
      const { offsets = [] } = await producer.send({
        ...{ acks: -1, compression: this.#compression },
        messages: batches.flatMap(messagesOf),
      });
      return batches.map(({ topic, partition }) => {
        const written = offsets.find((one) => one.topic === topic && one.partition === partition);
        return written ? { result: 'written', baseOffset: written.offset } : { result: 'failed' };
      });
    } catch (error) {
      const answers = partitionAnswersIn(error);
      return batches.map(
        ({ topic, partition }) => answers.get(`${topic}/${partition}`) ?? { result: 'failed' },
      );
    }
  }

  async probe(topic: string): Promise<boolean> {
    const { admin } = await this.#opening;
    return admin.listTopics().then(
      (there) => there.includes(topic),
      () => false,
    );
  }

  async close(): Promise<void> {
    await closeClients(await this.#opening);
  }

  /** With another one of the brokers. */
  #beginElsewhere(): void {
    void this.#opening.then(closeClients, () => undefined);
    this.#opening = this.#open();
  }
}

async function closeClients({ producer, admin }: Awaited<ReturnType<typeof openClients>>): Promise<void> {
  await Promise.allSettled([producer.close(), admin.close()]);
}

/** Only with retries of its own, the library asks another broker when one says nothing. */
const ofAnyBroker = { retries: 2 };

/** Loads the library, which takes most of a second, only where it is chosen. */
async function openClients(connection: KafkaConnection, { deadlineMs, silentMs }: ProduceTimes) {
  const { Admin, Producer } = await import('@platformatic/kafka');
  const options = { ...platformaticOptions(connection, silentMs), retryDelay: 100 };
  const producer = new Producer({
    ...options,
    retries: 0,
    timeout: deadlineMs,
    repeatOnStaleMetadata: false,
    // The publisher asks for it: from time to time, and after each failure.
    metadataMaxAge: 2 ** 31,
  });
  const admin = new Admin({ ...options, ...ofAnyBroker });
  endBrokenConnections(producer);
  endBrokenConnections(admin);
  return { producer, admin };
}

const messagesOf = ({ topic, partition, records }: PartitionBatch): MessageToProduce[] =>
  records.map((record) => ({
    topic,
    partition,
    key: record.key,
    value: record.value,
    headers: headersOf(record),
  }));

/** The names of headers are few. */
const nameBytes = new Map<string, Buffer>();

function headersOf({ headers }: OutgoingRecord): Map<Buffer, Buffer> {
  const encoded = new Map<Buffer, Buffer>();
  for (const [name, value] of Object.entries(headers)) {
    let bytes = nameBytes.get(name);
    if (!bytes) nameBytes.set(name, (bytes = Buffer.from(name)));
    encoded.set(bytes, typeof value === 'string' ? Buffer.from(value) : value);
  }
  return encoded;
}

/**
 * What a broker answered for each partition, by `topic/partition`, where it refused some of them: the others are
 * written.
 */
function partitionAnswersIn(error: unknown): Map<string, BatchAnswer> {
  const answers = new Map<string, BatchAnswer>();
  const read = (one: LibraryError): void => {
    if (one.code === 'PLT_KFK_RESPONSE') {
      for (const { name, partitionResponses } of one.response?.responses ?? [])
        for (const answer of partitionResponses) answers.set(`${name}/${answer.index}`, answerOf(answer));
    } else one.errors?.forEach(read);
  };
  if (error instanceof Error) read(error);
  return answers;
}

/** What is read of the library's `ResponseError` and `MultipleErrors`. */
interface LibraryError extends Error {
  readonly code?: string;
  readonly errors?: readonly LibraryError[];
  readonly response?: Produced;
}

/** The body of a produce response, as the library parses it. */
interface Produced {
  readonly responses: readonly {
    readonly name: string;
    readonly partitionResponses: readonly PartitionProduced[];
  }[];
}

interface PartitionProduced {
  readonly index: number;
  readonly errorCode: number;
  readonly baseOffset: bigint;
}

function answerOf({ errorCode, baseOffset }: PartitionProduced): BatchAnswer {
  if (errorCode === 0) return { result: 'written', baseOffset };
  return { result: tooLargeCodes.has(errorCode) ? 'too-large' : 'failed' };
}

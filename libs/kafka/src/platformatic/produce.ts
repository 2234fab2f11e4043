import type { Broker } from '@platformatic/kafka';
import type { KafkaCompression, KafkaConnection } from '../client.ts';
import {
  tooLargeCodes,
  type BatchAnswer,
  type PartitionBatch,
  type ProduceClient,
  type ProduceTimes,
} from '../produce-client.ts';
import { endBrokenConnections, platformaticOptions } from './client-options.ts';
import { RequestFailed } from './errors.ts';
import {
  produceKey,
  produceRequestOf,
  produceVersion,
  readProduced,
  type ProducedPartition,
  type WrittenBatch,
} from './produce-request.ts';
import { writeRecordBatch } from './record-batch-writer.ts';

/**
 * Finds out with the library's admin client who leads what, and asks the leaders over the library's connections. Batches
 * are written and answers are read here: the library's producer makes objects of each record and header, and answers
 * with an error when one partition of a request is refused.
 */
export class PlatformaticProduceClient implements ProduceClient {
  readonly #open: () => ReturnType<typeof openClients>;
  #opening: ReturnType<typeof openClients>;
  #hasBeenAnswered = false;
  readonly #compression: KafkaCompression;
  readonly #timeoutMs: number;
  /** By node id, as they were last found. */
  #brokers: ReadonlyMap<number, Broker> = new Map();
  /** Node ids by partition, of each topic that is there. */
  #leaders: ReadonlyMap<string, readonly number[]> = new Map();

  constructor(connection: KafkaConnection, times: ProduceTimes) {
    this.#open = () => openClients(connection, times);
    this.#opening = this.#open();
    this.#compression = connection.compression ?? 'none';
    this.#timeoutMs = times.deadlineMs;
  }

  async findLeaders(topics: readonly string[]): Promise<ReadonlyMap<string, readonly number[]>> {
    const { admin } = await this.#opening;
    // Asked for by name, a missing topic would fail the whole answer.
    try {
      const existing = new Set(await admin.listTopics());
      const there = topics.filter((topic) => existing.has(topic));
      const found = await admin.metadata({ topics: there, forceUpdate: true, ...ofAnyBroker });
      this.#hasBeenAnswered = true;
      this.#brokers = found.brokers;
      this.#leaders = new Map(
        Array.from(found.topics, ([name, { partitions }]) => [name, partitions.map(({ leader }) => leader)]),
      );
      return this.#leaders;
    } catch (error) {
      // Clients that do not know yet what brokers understand ask the same one for ever.
      if (!this.#hasBeenAnswered) this.#beginElsewhere();
      throw new RequestFailed(error);
    }
  }

  async produce(batches: readonly PartitionBatch[]): Promise<readonly BatchAnswer[]> {
    const byLeader = Map.groupBy(batches, ({ topic, partition }) => this.#leaders.get(topic)?.[partition]);
    const answers = await Promise.all(
      Array.from(byLeader, ([nodeId, ofLeader]) => this.#ask(nodeId, ofLeader).catch(() => [])),
    );
    const { library } = await this.#opening;
    const nameOf = (code: number): string => library.protocolErrorsCodesById[code] ?? `error ${code}`;
    const byPlace = new Map(answers.flat().map((one) => [placeOf(one), one]));
    return batches.map((batch) => answerOf(byPlace.get(placeOf(batch)), nameOf));
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

  /** @throws when the broker is not known, or does not answer */
  async #ask(nodeId: number | undefined, batches: readonly PartitionBatch[]): Promise<ProducedPartition[]> {
    const { connections, library } = await this.#opening;
    const broker = nodeId === undefined ? undefined : this.#brokers.get(nodeId);
    if (!broker) throw new Error(`Broker ${nodeId} is not known.`);
    // First: nothing is encoded for a broker that is unavailable.
    const connection = await connections.get(broker);
    const writtenAtMs = Date.now();
    const written = await Promise.all(
      batches.map(async ({ topic, partition, records }): Promise<WrittenBatch> => {
        const bytes = await writeRecordBatch(records, this.#compression, writtenAtMs, library.crc32c);
        return { topic, partition, bytes };
      }),
    );
    const { promise, resolve, reject } = Promise.withResolvers<ProducedPartition[]>();
    connection.send(
      produceKey,
      produceVersion,
      () => {
        const request = library.Writer.create();
        for (const piece of produceRequestOf(written, this.#timeoutMs)) request.append(piece);
        return request;
      },
      readProduced,
      ...[false, false],
      (error, produced = []) => (error ? reject(error) : resolve(produced)),
    );
    return promise;
  }

  /** With another one of the brokers. */
  #beginElsewhere(): void {
    void this.#opening.then(closeClients, () => undefined);
    this.#opening = this.#open();
  }
}

async function closeClients({ admin, connections }: Awaited<ReturnType<typeof openClients>>): Promise<void> {
  await Promise.allSettled([connections.close(), admin.close()]);
}

/** Only with retries of its own, the library asks another broker when one says nothing. */
const ofAnyBroker = { retries: 2 };

/** Loads the library, which takes most of a second, only where it is chosen. */
async function openClients(connection: KafkaConnection, { silentMs }: ProduceTimes) {
  const library = await import('@platformatic/kafka');
  const { clientId, ...options } = platformaticOptions(connection, silentMs);
  const connections = new library.ConnectionPool(clientId, options);
  const admin = new library.Admin({ clientId, ...options, retryDelay: 100, ...ofAnyBroker });
  endBrokenConnections({ connections });
  endBrokenConnections(admin);
  return { library, admin, connections };
}

const placeOf = ({ topic, partition }: Pick<PartitionBatch, 'topic' | 'partition'>): string =>
  `${topic}/${partition}`;

/** @param nameOf of an error of the protocol */
function answerOf(produced: ProducedPartition | undefined, nameOf: (code: number) => string): BatchAnswer {
  if (!produced) return { result: 'failed' };
  const { errorCode, baseOffset } = produced;
  if (errorCode === 0) return { result: 'written', baseOffset };
  return tooLargeCodes.has(errorCode)
    ? { result: 'too-large' }
    : { result: 'failed', refusal: nameOf(errorCode) };
}

import type { Broker, ConnectionPool, Reader } from '@platformatic/kafka';
import type { KafkaConnection } from '../client.ts';
import { AnswerReader } from './answer-reader.ts';
import { platformaticOptions, endBrokenConnections } from './client-options.ts';
import type { AbortedTransaction } from './record-batches.ts';

/** What is wanted of one partition. */
export interface FetchPosition {
  readonly topic: string;
  readonly partition: number;
  /** Of the first record that is wanted. */
  readonly offset: number;
}

/** What a broker answered for one partition. */
export interface FetchedPartition {
  readonly topic: string;
  readonly partition: number;
  /** 0: no error (https://kafka.apache.org/protocol.html#protocol_error_codes). */
  readonly errorCode: number;
  /** The offset that follows the last record that consumers may read. */
  readonly highWatermark: number;
  readonly aborted: readonly AbortedTransaction[];
  /** Record batches as they are stored. */
  readonly bytes: Buffer;
}

export interface FetchLimits {
  /** How long a broker may wait for a first byte, in ms. */
  readonly maxWaitMs: number;
  readonly maxBytesPerPartition: number;
}

/** The way to one broker: a broker that moves to another address gets another one. */
interface Lane {
  readonly connections: ConnectionPool;
  breakOff: () => void;
}

/** A connection that cannot be closed is broken. */
function end({ breakOff, connections }: Lane): Promise<void> {
  breakOff();
  return connections.close().catch(() => undefined);
}

const addressOf = ({ host, port }: Broker): string => `${host}:${port}`;

/** Of one answer, in bytes. A batch that is larger comes alone. */
const maxBytes = 10 * 1024 * 1024;

/** Committed records only, of transactions. */
const readCommitted = 1;

/**
 * Asks brokers for records over connections of its own: a broker answers the requests of one connection in order, and
 * a heartbeat must not wait for a fetch that waits for a record. The library's `fetch` fails whole with one
 * partition's error, or with one batch that it cannot read, so that the answer is read here.
 */
export class FetchClient {
  readonly #library: typeof import('@platformatic/kafka');
  readonly #open: () => ConnectionPool;
  readonly #limits: FetchLimits;
  /** By the broker's address. */
  readonly #lanes = new Map<string, Lane>();

  private constructor(
    library: typeof import('@platformatic/kafka'),
    connection: KafkaConnection,
    limits: FetchLimits,
    silentMs: number,
  ) {
    this.#library = library;
    const { clientId, ...options } = platformaticOptions(connection, silentMs);
    this.#open = () => {
      const connections = new library.ConnectionPool(clientId, options);
      endBrokenConnections({ connections });
      return connections;
    };
    this.#limits = limits;
  }

  /** @param silentMs how long an answer may take, in ms: then the connection is broken */
  static async open(
    connection: KafkaConnection,
    limits: FetchLimits,
    silentMs: number,
  ): Promise<FetchClient> {
    return new FetchClient(await import('@platformatic/kafka'), connection, limits, silentMs);
  }

  /**
   * Asks a broker that is asked nothing else meanwhile. The answer is empty when it is broken off.
   * @throws when the broker does not answer
   */
  fetch(broker: Broker, positions: readonly FetchPosition[]): Promise<FetchedPartition[]> {
    const { promise, resolve, reject } = Promise.withResolvers<FetchedPartition[]>();
    const { fetchV11 } = this.#library;
    const lane = this.#lanes.get(addressOf(broker)) ?? {
      connections: this.#open(),
      breakOff: () => undefined,
    };
    this.#lanes.set(addressOf(broker), lane);
    lane.breakOff = () => resolve([]);
    lane.connections.get(broker, (failed, connection) => {
      if (!connection) {
        reject(failed);
        return;
      }
      connection.send(
        fetchV11.api.key,
        fetchV11.api.version,
        () => this.#requestOf(positions),
        readAnswer,
        ...[false, false],
        (error, fetched = []) => (error ? reject(error) : resolve(fetched)),
      );
    });
    return promise;
  }

  /** Breaks off what a broker is asked: it would be answered before anything else. */
  breakOff(broker: Broker): void {
    const lane = this.#lanes.get(addressOf(broker));
    if (!lane) return;
    this.#lanes.delete(addressOf(broker));
    void end(lane);
  }

  /** Breaks off what all brokers are asked. Never rejects. */
  async close(): Promise<void> {
    const lanes = [...this.#lanes.values()];
    this.#lanes.clear();
    await Promise.all(lanes.map(end));
  }

  #requestOf(positions: readonly FetchPosition[]) {
    const { maxWaitMs, maxBytesPerPartition: partitionMaxBytes } = this.#limits;
    const topics = Array.from(
      Map.groupBy(positions, ({ topic }) => topic),
      ([topicId, ofTopic]) => ({
        topicId,
        partitions: ofTopic.map(({ partition, offset }) => ({
          ...{ partition, fetchOffset: BigInt(offset), partitionMaxBytes },
          // Unknown: the broker that leads now answers.
          ...{ currentLeaderEpoch: -1, lastFetchedEpoch: -1 },
        })),
      }),
    );
    return this.#library.fetchV11.createRequest(maxWaitMs, 1, maxBytes, readCommitted, 0, -1, topics, [], '');
  }
}

/**
 * Reads a fetch response of version 11 (https://kafka.apache.org/protocol.html#The_Messages_Fetch).
 * @throws when the whole request was refused
 */
function readAnswer(_correlationId: number, _key: number, _version: number, reader: Reader) {
  const answer = new AnswerReader(reader);
  // Of the time that the broker throttled it.
  answer.skip(4);
  const errorCode = answer.int16();
  if (errorCode !== 0) throw new Error(`A broker refused a fetch with error ${errorCode}.`);
  // Of the session.
  answer.skip(4);
  return answer
    .array(() => {
      const topic = answer.text();
      return answer.array(() => readPartition(topic, answer));
    })
    .flat();
}

function readPartition(topic: string, answer: AnswerReader): FetchedPartition {
  const [partition, errorCode] = [answer.int32(), answer.int16()];
  const highWatermark = Number(answer.int64());
  // The last stable offset and the log's start.
  answer.skip(16);
  const aborted = answer.array(() => ({ producerId: answer.int64(), firstOffset: answer.int64() }));
  // The preferred replica.
  answer.skip(4);
  // A copy: a partition that is worked on for long would keep the whole answer in memory.
  const bytes = Buffer.from(answer.bytes());
  return { topic, partition, errorCode, highWatermark, aborted, bytes };
}

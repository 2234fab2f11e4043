import type { Broker, ConnectionPool, Reader } from '@platformatic/kafka';
import type { KafkaConnection } from '../client.ts';
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
    lane.breakOff();
    void lane.connections.close();
  }

  /** Breaks off what all brokers are asked. */
  async close(): Promise<void> {
    const lanes = [...this.#lanes.values()];
    this.#lanes.clear();
    for (const { breakOff } of lanes) breakOff();
    await Promise.all(lanes.map(({ connections }) => connections.close()));
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
  // Of the time that the broker throttled it.
  reader.skip(4);
  const errorCode = reader.readInt16();
  if (errorCode !== 0) throw new Error(`A broker refused a fetch with error ${errorCode}.`);
  // Of the session.
  reader.skip(4);
  const bytes = reader.buffer.slice(reader.position);
  return new AnswerReader(bytes).topics();
}

/** Reads from bytes that lie together: the library's reader looks for the right piece at each number. */
class AnswerReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  topics(): FetchedPartition[] {
    return this.#array(() => {
      const topic = this.#part(this.#int16()).toString();
      return this.#array(() => this.#partitionOf(topic));
    }).flat();
  }

  #partitionOf(topic: string): FetchedPartition {
    const [partition, errorCode] = [this.#int32(), this.#int16()];
    const highWatermark = Number(this.#int64());
    // The last stable offset and the log's start.
    this.#at += 16;
    const aborted = this.#array(() => ({ producerId: this.#int64(), firstOffset: this.#int64() }));
    // The preferred replica.
    this.#at += 4;
    const bytes = this.#part(this.#int32());
    return { topic, partition, errorCode, highWatermark, aborted, bytes };
  }

  #array<T>(read: () => T): T[] {
    return Array.from({ length: Math.max(0, this.#int32()) }, read);
  }
  /** Empty where the length is -1. */
  #part(length: number): Buffer {
    const start = this.#at;
    this.#at += Math.max(0, length);
    return this.#bytes.subarray(start, this.#at);
  }
  #int16(): number {
    this.#at += 2;
    return this.#bytes.readInt16BE(this.#at - 2);
  }
  #int32(): number {
    this.#at += 4;
    return this.#bytes.readInt32BE(this.#at - 4);
  }
  #int64(): bigint {
    this.#at += 8;
    return this.#bytes.readBigInt64BE(this.#at - 8);
  }
}

import type { Admin } from '@platformatic/kafka';
import type { BrokerAddress } from '../broker-address.ts';
import {
  groupNotFound,
  type AdminClient,
  type ByPartition,
  type Committed,
  type NewTopic,
  type OffsetRange,
  type PartitionPlace,
  type ShownSetting,
  type TopicSetting,
} from '../admin-client.ts';
import { beginAgain } from '../begin-again.ts';
import { patienceOf, type KafkaConnection, type KafkaPatience } from '../client.ts';
import { endBrokenConnections, platformaticOptions } from './client-options.ts';
import { isTransientOfPlatformatic, reasonsOf, RequestFailed } from './errors.ts';

export class PlatformaticAdminClient implements AdminClient {
  readonly #opening: ReturnType<typeof openAdmin>;
  readonly #retry: KafkaPatience['retry'];
  #isConnected = false;

  constructor(connection: KafkaConnection, patience: Partial<KafkaPatience>) {
    const whole = patienceOf(connection, patience);
    this.#opening = openAdmin(connection, whole);
    this.#retry = whole.retry;
  }

  async connect(): Promise<void> {
    await this.#ask(() => Promise.resolve());
  }

  topics(): Promise<string[]> {
    return this.#ask(({ admin }) => admin.listTopics());
  }

  async brokers(): Promise<BrokerAddress[]> {
    const { brokers } = await this.#ask(({ admin }) => admin.metadata({ topics: [], forceUpdate: true }));
    return Array.from(brokers.values(), ({ host, port }) => ({ host, port }));
  }

  async createTopics(topics: readonly NewTopic[]): Promise<void> {
    await this.#ask(({ admin }) =>
      // A request of the library has the same settings for all of its topics.
      allOf(
        topics.map(({ name, settings, ...sizes }) =>
          admin.createTopics({ topics: [name], ...sizes, configs: [...settings] }),
        ),
      ),
    );
  }

  async addPartitions(counts: ReadonlyMap<string, number>): Promise<void> {
    const topics = Array.from(counts, ([name, count]) => ({ name, count }));
    await this.#ask(({ admin }) => admin.createPartitions({ topics }));
  }

  async deleteTopics(names: readonly string[]): Promise<void> {
    await this.#ask(({ admin }) => admin.deleteTopics({ topics: [...names] }));
  }

  async partitions(topics: readonly string[]): Promise<ReadonlyMap<string, ByPartition<PartitionPlace>>> {
    const found = await this.#ask(({ admin }) => metadataOf(admin, topics));
    return new Map(
      Array.from(found, ([name, { partitions }]) => [
        name,
        new Map(
          partitions.map(({ leader, replicas }, partition) => [
            partition,
            { leader, replicas: replicas.length },
          ]),
        ),
      ]),
    );
  }

  async settings(
    topics: readonly string[],
    names: readonly string[],
  ): Promise<ReadonlyMap<string, ReadonlyMap<string, ShownSetting>>> {
    const shown = await this.#ask(({ admin, library }) =>
      admin.describeConfigs({
        resources: topics.map((resourceName) => ({
          resourceType: library.ConfigResourceTypes.TOPIC,
          resourceName,
          configurationKeys: [...names],
        })),
      }),
    );
    const { DYNAMIC_TOPIC_CONFIG: own } = (await this.#opening).library.ConfigSources;
    return new Map(
      shown.map(({ resourceName, configs }) => [
        resourceName,
        new Map(
          configs.map(({ name, value, configSource }) => [
            name,
            { value: value ?? '', isOwn: configSource === own },
          ]),
        ),
      ]),
    );
  }

  async alterSettings(wanted: ReadonlyMap<string, readonly TopicSetting[]>): Promise<void> {
    await this.#ask(({ admin, library }) =>
      admin.incrementalAlterConfigs({
        resources: Array.from(wanted, ([resourceName, settings]) => ({
          resourceType: library.ConfigResourceTypes.TOPIC,
          resourceName,
          configs: settings.map(({ name, value }) => ({
            ...{ name, value },
            configOperation: library.IncrementalAlterConfigOperationTypes.SET,
          })),
        })),
      }),
    );
  }

  async offsets(topics: readonly string[]): Promise<ReadonlyMap<string, ByPartition<OffsetRange>>> {
    // Asked for no topic, Kafka describes all.
    if (topics.length === 0) return new Map();
    const { EARLIEST } = (await this.#opening).library.ListOffsetTimestamps;
    const { found, ends } = await this.#offsetsAt(topics, EARLIEST);
    return new Map(
      Array.from(ends, ([topic, highs]) => {
        const lows = found.get(topic);
        const rangeOf = (high: bigint, partition: number) => ({ low: lows?.get(partition) ?? 0n, high });
        return [
          topic,
          new Map(Array.from(highs, ([partition, high]) => [partition, rangeOf(high, partition)])),
        ];
      }),
    );
  }

  async offsetsAtTime(topic: string, atMs: number): Promise<ByPartition<bigint>> {
    const { found, ends } = await this.#offsetsAt([topic], BigInt(Math.floor(atMs)));
    const offsets = new Map(ends.get(topic));
    // Of a partition without such a record the offset is -1.
    for (const [partition, offset] of found.get(topic) ?? [])
      if (offset >= 0n) offsets.set(partition, offset);
    return offsets;
  }

  async committed(
    groupId: string,
    topics: readonly string[],
  ): Promise<ReadonlyMap<string, ByPartition<Committed>>> {
    // Asked for no topic, Kafka describes all.
    if (topics.length === 0) return new Map();
    const [group] = await this.#ask(async ({ admin }) => {
      const found = await metadataOf(admin, topics);
      const wanted = Array.from(found, ([name, { partitions }]) => ({
        ...{ name, partitionIndexes: [...partitions.keys()] },
      }));
      return admin.listConsumerGroupOffsets({ groups: [{ groupId, topics: wanted }] });
    });
    return new Map(
      group?.topics.map(({ name, partitions }) => [
        name,
        new Map(
          partitions
            .map(({ partitionIndex, committedOffset, metadata }) => {
              const committed: Committed = { offset: committedOffset, metadata: metadata ?? '' };
              return [partitionIndex, committed] as const;
            })
            .filter(([, { offset }]) => offset >= 0n),
        ),
      ]),
    );
  }

  async members(groupId: string): Promise<string[]> {
    const groups = await this.#ask(({ admin }) => admin.describeGroups({ groups: [groupId] }));
    return [...(groups.get(groupId)?.members.keys() ?? [])];
  }

  async deleteGroups(groupIds: readonly string[]): Promise<void> {
    await this.#ask(async ({ admin }) => {
      try {
        await admin.deleteGroups({ groups: [...groupIds] });
      } catch (error) {
        if (!reasonsOf(error).every(({ apiCode }) => apiCode === groupNotFound)) throw error;
      }
    });
  }

  async close(): Promise<void> {
    await this.#opening.then(({ admin }) => admin.close()).catch(() => undefined);
  }

  /** By topic and partition, the offset of a moment and the end. A request can ask for one of them. */
  #offsetsAt(topics: readonly string[], timestamp: bigint) {
    return this.#ask(async ({ admin, library }) => {
      const places = Array.from(await metadataOf(admin, topics), ([name, { partitions }]) => ({
        name,
        indexes: [...partitions.keys()],
      }));
      const offsetsOf = async (moment: bigint): Promise<Map<string, Map<number, bigint>>> => {
        const listed = await admin.listOffsets({
          topics: places.map(({ name, indexes }) => ({
            name,
            partitions: indexes.map((partitionIndex) => ({ partitionIndex, timestamp: moment })),
          })),
          isolationLevel: library.FetchIsolationLevels.READ_COMMITTED,
        });
        return new Map(
          listed.map(({ name, partitions }) => [
            name,
            new Map(partitions.map(({ partitionIndex, offset }) => [partitionIndex, offset])),
          ]),
        );
      };
      const { LATEST } = library.ListOffsetTimestamps;
      const [ends, found] = await allOf([offsetsOf(LATEST), offsetsOf(timestamp)]);
      return { found, ends };
    });
  }

  /** As kafkajs does, it retries nothing but to connect, and to find a coordinator. */
  async #ask<T>(work: (opened: Awaited<ReturnType<typeof openAdmin>>) => Promise<T>): Promise<T> {
    const opened = await this.#opening;
    try {
      if (!this.#isConnected)
        await beginAgain(this.#retry, isTransientHere, () => metadataOf(opened.admin, []));
      this.#isConnected = true;
      return await beginAgain(this.#retry, lacksCoordinator, () => work(opened));
    } catch (error) {
      throw new RequestFailed(error);
    }
  }
}

/** Loads the library, which takes most of a second, only where it is chosen. */
async function openAdmin(connection: KafkaConnection, { requestTimeoutMs }: KafkaPatience) {
  const library = await import('@platformatic/kafka');
  const admin = new library.Admin({ ...platformaticOptions(connection, requestTimeoutMs), retries: 0 });
  endBrokenConnections(admin);
  return { library, admin };
}

/** What the brokers know of topics now. The library keeps what it was told, and sorts the array that it is given. */
async function metadataOf(admin: Admin, topics: readonly string[]) {
  return (await admin.metadata({ topics: [...topics], forceUpdate: true })).topics;
}

/** As `Promise.all`, when all have ended: a request that is still out would fail when the client is closed. */
async function allOf<T extends readonly Promise<unknown>[]>(
  promises: readonly [...T],
): Promise<{ [K in keyof T]: Awaited<T[K]> }> {
  const settled = await Promise.allSettled(promises);
  const errors = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
  if (errors.length > 0) throw new AggregateError(errors);
  return Promise.all(promises);
}

/** The library asks the same broker again. */
const isTransientHere = (error: unknown): boolean => isTransientOfPlatformatic(error, 1);

const coordinatorNotAvailable = 15;

function lacksCoordinator(error: unknown): boolean {
  return reasonsOf(error).every(({ apiCode }) => apiCode === coordinatorNotAvailable);
}

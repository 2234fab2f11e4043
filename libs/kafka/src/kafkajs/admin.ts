import kafkajs, { type Admin } from 'kafkajs';
import type { BrokerAddress } from '../broker-address.ts';
import {
  groupNotFound,
  transientCodes,
  type AdminClient,
  type ByPartition,
  type Committed,
  type NewTopic,
  type OffsetRange,
  type PartitionPlace,
  type ShownSetting,
  type TopicSetting,
} from '../admin-client.ts';
import type { KafkaConnection, KafkaPatience } from '../client.ts';
import { connectKafka } from './connect-kafka.ts';

const {
  ConfigResourceTypes,
  ConfigSource,
  KafkaJSAggregateError,
  KafkaJSConnectionError,
  KafkaJSDeleteGroupsError,
  KafkaJSNumberOfRetriesExceeded,
  KafkaJSProtocolError,
} = kafkajs;

export class KafkajsAdminClient implements AdminClient {
  readonly #admin: Admin;
  #connecting: Promise<void> | undefined;

  constructor(connection: KafkaConnection, patience: Partial<KafkaPatience>) {
    this.#admin = connectKafka(connection, patience).admin();
  }

  async connect(): Promise<void> {
    await this.#connected();
  }

  async topics(): Promise<string[]> {
    return (await this.#connected()).listTopics();
  }

  async brokers(): Promise<BrokerAddress[]> {
    const { brokers } = await (await this.#connected()).describeCluster();
    return brokers.map(({ host, port }) => ({ host, port }));
  }

  async createTopics(topics: readonly NewTopic[]): Promise<void> {
    const admin = await this.#connected();
    await admin.createTopics({
      // With several brokers `true` can throw UNKNOWN_TOPIC_OR_PARTITION.
      waitForLeaders: false,
      topics: topics.map(({ name, partitions, replicas, settings }) => ({
        topic: name,
        numPartitions: partitions,
        replicationFactor: replicas,
        configEntries: [...settings],
      })),
    });
  }

  async addPartitions(counts: ReadonlyMap<string, number>): Promise<void> {
    const topicPartitions = Array.from(counts, ([topic, count]) => ({ topic, count }));
    await (await this.#connected()).createPartitions({ topicPartitions });
  }

  async deleteTopics(names: readonly string[]): Promise<void> {
    const admin = await this.#connected();
    await admin.deleteTopics({ topics: [...names] });
  }

  async partitions(topics: readonly string[]): Promise<ReadonlyMap<string, ByPartition<PartitionPlace>>> {
    // Asked for no topic, Kafka describes all.
    if (topics.length === 0) return new Map();
    const admin = await this.#connected();
    const metadata = await admin.fetchTopicMetadata({ topics: [...topics] });
    return new Map(
      metadata.topics.map(({ name, partitions }) => [
        name,
        new Map(
          partitions.map(({ partitionId, leader, replicas }) => [
            partitionId,
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
    const shown = await this.#describe(topics, [...names]);
    return new Map(
      shown.map(({ resourceName, configEntries }) => [
        resourceName,
        new Map(
          configEntries.map(({ configName, configValue, configSource }) => [
            configName,
            { value: configValue, isOwn: configSource === ConfigSource.TOPIC_CONFIG },
          ]),
        ),
      ]),
    );
  }

  async alterSettings(wanted: ReadonlyMap<string, readonly TopicSetting[]>): Promise<void> {
    const resources = Array.from(wanted, ([name, settings]) => ({
      type: ConfigResourceTypes.TOPIC,
      ...{ name, configEntries: settings.map(({ name: setting, value }) => ({ name: setting, value })) },
    }));
    await (await this.#connected()).alterConfigs({ validateOnly: false, resources });
  }

  async offsets(topics: readonly string[]): Promise<ReadonlyMap<string, ByPartition<OffsetRange>>> {
    const admin = await this.#connected();
    const ofTopic = async (topic: string): Promise<[string, ByPartition<OffsetRange>]> => {
      const offsets = await admin.fetchTopicOffsets(topic);
      const ranges = offsets.map(({ partition, low, high }) => {
        return [partition, { low: BigInt(low), high: BigInt(high) }] as const;
      });
      return [topic, new Map(ranges)];
    };
    return new Map(await Promise.all(topics.map(ofTopic)));
  }

  async offsetsAtTime(topic: string, atMs: number): Promise<ByPartition<bigint>> {
    const offsets = await (await this.#connected()).fetchTopicOffsetsByTimestamp(topic, atMs);
    return new Map(offsets.map(({ partition, offset }) => [partition, BigInt(offset)]));
  }

  async committed(
    groupId: string,
    topics: readonly string[],
  ): Promise<ReadonlyMap<string, ByPartition<Committed>>> {
    // Asked for no topic, Kafka describes all.
    if (topics.length === 0) return new Map();
    const found = await (await this.#connected()).fetchOffsets({ groupId, topics: [...topics] });
    return new Map(
      found.map(({ topic, partitions }) => [
        topic,
        new Map(
          partitions
            .map(({ partition, offset, metadata }) => {
              const committed: Committed = { offset: BigInt(offset), metadata: metadata ?? '' };
              return [partition, committed] as const;
            })
            .filter(([, { offset }]) => offset >= 0n),
        ),
      ]),
    );
  }

  async members(groupId: string): Promise<string[]> {
    const { groups } = await (await this.#connected()).describeGroups([groupId]);
    return groups[0]?.members.map(({ memberId }) => memberId) ?? [];
  }

  async deleteGroups(groupIds: readonly string[]): Promise<void> {
    const admin = await this.#connected();
    try {
      await admin.deleteGroups([...groupIds]);
    } catch (error) {
      if (!(error instanceof KafkaJSDeleteGroupsError)) throw error;
      if (error.groups.some(({ errorCode }) => errorCode !== groupNotFound)) throw error;
    }
  }

  async close(): Promise<void> {
    await this.#admin.disconnect().catch(() => undefined);
  }

  async #connected(): Promise<Admin> {
    this.#connecting ??= this.#admin.connect();
    try {
      await this.#connecting;
    } catch (error) {
      this.#connecting = undefined;
      throw error;
    }
    return this.#admin;
  }

  async #describe(topics: readonly string[], configNames: string[] = []) {
    const admin = await this.#connected();
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: topics.map((name) => ({ type: ConfigResourceTypes.TOPIC, name, configNames })),
    });
    return resources;
  }
}

/** Whether the same work may succeed a moment later. */
export function isTransientOfKafkajs(error: unknown): boolean {
  if (error instanceof KafkaJSAggregateError) return error.errors.every(isTransientOfKafkajs);
  if (error instanceof KafkaJSNumberOfRetriesExceeded) return isTransientOfKafkajs(error.cause);
  if (error instanceof KafkaJSProtocolError) return transientCodes.has(error.code);
  // kafkajs reads metadata that did not come.
  return error instanceof KafkaJSConnectionError || error instanceof TypeError;
}

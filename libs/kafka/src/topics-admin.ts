import { setTimeout as delay } from 'node:timers/promises';
import kafkajs, { type Admin } from 'kafkajs';
import type { KafkaConnection } from './client.ts';
import { settingsToSend, type TopicSetting } from './topic-settings.ts';
import { withAdmin } from './with-admin.ts';

const { ConfigResourceTypes } = kafkajs;

/** A topic as it is wanted. */
export interface WantedTopic {
  readonly name: string;
  readonly partitions: number;
  /** Copies of each partition, of a topic that is not there yet. */
  readonly replicas: number;
  readonly retentionMs: number;
  readonly maxMessageBytes: number;
}

/** A topic as it is. */
export interface FoundTopic {
  readonly partitions: number;
  /** Copies of the partition that has the fewest. */
  readonly replicas: number;
  /** How many copies must have a record before acks=all acknowledges it. */
  readonly minInSyncReplicas: number;
  readonly maxMessageBytes: number;
  /** Infinite when the topic keeps its records permanently. */
  readonly retentionMs: number;
}

/**
 * Creates the topics that are missing and sets retention and sizes of all. Partitions are never taken away
 * and topics never compacted: several events share a key. Other settings of a topic that is there stay as they are,
 * and so does the number of its copies.
 * @returns the names of the topics that were created
 * @throws an error about a topic with a setting that Kafka does not show, and changes no topic then
 */
export async function applyTopics(
  connection: KafkaConnection,
  wanted: readonly WantedTopic[],
): Promise<string[]> {
  return withAdmin(connection, async (admin) => {
    const existing = new Set(await admin.listTopics());
    const missing = wanted.filter(({ name }) => !existing.has(name));
    if (missing.length > 0) {
      await admin.createTopics({
        // With several brokers `true` can throw UNKNOWN_TOPIC_OR_PARTITION; the metadata is polled instead.
        waitForLeaders: false,
        topics: missing.map((topic) => ({
          topic: topic.name,
          numPartitions: topic.partitions,
          replicationFactor: topic.replicas,
          configEntries: configOf(topic, topic.replicas),
        })),
      });
    }
    const present = wanted.filter(({ name }) => existing.has(name));
    await alterSettings(admin, present);
    await waitForLeaders(
      admin,
      wanted.map(({ name }) => name),
    );
    return missing.map(({ name }) => name);
  });
}

/** Alters what must be altered, and waits at most 5 s until Kafka shows it: workers look at it when they start. */
async function alterSettings(admin: Admin, wanted: readonly WantedTopic[]): Promise<void> {
  if (wanted.length === 0) return;
  const { topics } = await admin.fetchTopicMetadata({ topics: wanted.map(({ name }) => name) });
  const replicasOf = new Map(topics.map(({ name, partitions }) => [name, fewestReplicas(partitions)]));
  const settings = new Map(
    wanted.map((topic) => [topic.name, configOf(topic, replicasOf.get(topic.name) ?? topic.replicas)]),
  );
  const changed = await changesOf(admin, settings);
  if (changed.length === 0) return;
  await admin.alterConfigs({ validateOnly: false, resources: changed });
  const deadline = performance.now() + 5_000;
  while (performance.now() < deadline && (await changesOf(admin, settings)).length > 0) await delay(100);
}

/** What must be sent for each topic that does not have the settings. */
async function changesOf(
  admin: Admin,
  wanted: ReadonlyMap<string, TopicSetting[]>,
): Promise<{ type: typeof ConfigResourceTypes.TOPIC; name: string; configEntries: TopicSetting[] }[]> {
  const type = ConfigResourceTypes.TOPIC;
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [...wanted.keys()].map((name) => ({ type, name })),
  });
  return [...wanted].flatMap(([name, settings]) => {
    const found = resources.find(({ resourceName }) => resourceName === name);
    if (!found) throw new Error(`Kafka did not say which settings topic ${name} has: run this again.`);
    const configEntries = settingsToSend(name, found.configEntries, settings);
    return configEntries === null ? [] : [{ type, name, configEntries }];
  });
}

const fewestReplicas = (partitions: readonly { replicas: readonly number[] }[]): number =>
  Math.min(...partitions.map(({ replicas }) => replicas.length));

/**
 * How many copies must have a record before it is acknowledged: all but one, so that a broker may fail; of two
 * copies both, because one copy would be lost with its broker.
 */
export const minInSyncReplicasOf = (replicas: number): number =>
  Math.max(Math.min(2, replicas), replicas - 1);

/**
 * How long Kafka writes into one segment, in ms. It deletes a segment when its newest record is too old, so that the
 * oldest one stays for so much longer than the retention: Kafka's own 7 days would double that of raw payloads.
 */
export const segmentMsOf = (retentionMs: number): number => Math.max(3_600_000, Math.floor(retentionMs / 24));

function configOf(topic: WantedTopic, replicas: number): TopicSetting[] {
  return [
    { name: 'cleanup.policy', value: 'delete' },
    { name: 'retention.ms', value: String(topic.retentionMs) },
    { name: 'segment.ms', value: String(segmentMsOf(topic.retentionMs)) },
    { name: 'max.message.bytes', value: String(topic.maxMessageBytes) },
    { name: 'min.insync.replicas', value: String(minInSyncReplicasOf(replicas)) },
  ];
}

async function waitForLeaders(admin: Admin, names: string[]): Promise<void> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    try {
      const { topics } = await admin.fetchTopicMetadata({ topics: names });
      if (
        topics.every(
          ({ partitions }) => partitions.length > 0 && partitions.every(({ leader }) => leader >= 0),
        )
      )
        return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    if (Date.now() > deadline)
      throw new Error(
        `No leader for all partitions of ${names.join(', ')} within 30 s: check that all brokers are up.`,
      );
    await delay(100);
  }
}

/** Whether a topic exists that this user may describe. */
export async function isTopic(connection: KafkaConnection, name: string): Promise<boolean> {
  return withAdmin(connection, async (admin) => (await admin.listTopics()).includes(name));
}

/** What is known of each of the topics; one that does not exist is left out. */
export async function findTopics(
  connection: KafkaConnection,
  names: readonly string[],
): Promise<Map<string, FoundTopic>> {
  return withAdmin(connection, async (admin) => {
    const existing = new Set(await admin.listTopics());
    const present = names.filter((name) => existing.has(name));
    const found = new Map<string, FoundTopic>();
    if (present.length === 0) return found;
    const { topics } = await admin.fetchTopicMetadata({ topics: present });
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: present.map((name) => ({
        type: ConfigResourceTypes.TOPIC,
        name,
        configNames: ['max.message.bytes', 'retention.ms', 'min.insync.replicas'],
      })),
    });
    for (const { name, partitions } of topics) {
      const config = resources.find(({ resourceName }) => resourceName === name);
      const numberOf = (wanted: string): number =>
        Number(config?.configEntries.find(({ configName }) => configName === wanted)?.configValue ?? 0);
      const retentionMs = numberOf('retention.ms');
      found.set(name, {
        partitions: partitions.length,
        replicas: fewestReplicas(partitions),
        minInSyncReplicas: numberOf('min.insync.replicas'),
        maxMessageBytes: numberOf('max.message.bytes'),
        retentionMs: retentionMs < 0 ? Number.POSITIVE_INFINITY : retentionMs,
      });
    }
    return found;
  });
}

/**
 * Deletes topics, and waits at most 10 s until the broker no longer lists them: what looks for topics right afterwards
 * finds none. Topics that do not exist are passed over.
 */
export async function deleteTopics(connection: KafkaConnection, names: readonly string[]): Promise<void> {
  await withAdmin(
    connection,
    async (admin) => {
      const listed = async (): Promise<string[]> => {
        const existing = new Set(await admin.listTopics());
        return names.filter((name) => existing.has(name));
      };
      const present = await listed();
      if (present.length === 0) return;
      await admin.deleteTopics({ topics: present });
      const deadline = performance.now() + 10_000;
      while (performance.now() < deadline && (await listed()).length > 0) await delay(50);
    },
    // A retry of kafkajs would delete again what it has deleted, and fail with an unknown topic.
    { retry: { retries: 0 } },
  );
}

/** The end of each partition of a topic, as the offset that the next record gets. */
export async function endOffsets(connection: KafkaConnection, topic: string): Promise<Map<number, bigint>> {
  return withAdmin(connection, async (admin) => {
    const offsets = await admin.fetchTopicOffsets(topic);
    return new Map(offsets.map(({ partition, high }) => [partition, BigInt(high)]));
  });
}

/** What a partition holds: from its oldest record up to, not including, the offset that the next record gets. */
export interface OffsetRange {
  readonly low: bigint;
  readonly high: bigint;
}

/** What each partition of a topic holds. */
export async function offsetRanges(
  connection: KafkaConnection,
  topic: string,
): Promise<Map<number, OffsetRange>> {
  return withAdmin(connection, async (admin) => {
    const offsets = await admin.fetchTopicOffsets(topic);
    return new Map(
      offsets.map(({ partition, low, high }) => [partition, { low: BigInt(low), high: BigInt(high) }]),
    );
  });
}

/**
 * The offset of each partition's first record that was written at a moment or later; the end of a partition that has
 * none.
 * @param atMs epoch ms, by the clock of the producers
 */
export async function offsetsAtTime(
  connection: KafkaConnection,
  topic: string,
  atMs: number,
): Promise<Map<number, bigint>> {
  return withAdmin(connection, async (admin) => {
    const offsets = await admin.fetchTopicOffsetsByTimestamp(topic, atMs);
    return new Map(offsets.map(({ partition, offset }) => [partition, BigInt(offset)]));
  });
}

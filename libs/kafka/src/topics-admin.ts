import { setTimeout as delay } from 'node:timers/promises';
import { withAdmin } from './admin.ts';
import type { AdminClient, ByPartition, OffsetRange, PartitionPlace, TopicSetting } from './admin-client.ts';
import type { KafkaConnection } from './client.ts';

export type { OffsetRange } from './admin-client.ts';

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
 * @throws with kafkajs: an error about a topic with a setting that Kafka does not show, and changes no topic then
 */
export async function applyTopics(
  connection: KafkaConnection,
  wanted: readonly WantedTopic[],
): Promise<string[]> {
  return withAdmin(connection, async (admin) => {
    const existing = new Set(await admin.topics());
    const missing = wanted.filter(({ name }) => !existing.has(name));
    if (missing.length > 0)
      await admin.createTopics(
        missing.map((topic) => ({ ...topic, settings: settingsOf(topic, topic.replicas) })),
      );
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
async function alterSettings(admin: AdminClient, wanted: readonly WantedTopic[]): Promise<void> {
  if (wanted.length === 0) return;
  const places = await admin.partitions(wanted.map(({ name }) => name));
  const settings = new Map(
    wanted.map((topic) => {
      const partitions = places.get(topic.name);
      return [topic.name, settingsOf(topic, partitions ? fewestReplicas(partitions) : topic.replicas)];
    }),
  );
  const lacking = await lackingOf(admin, settings);
  if (lacking.size === 0) return;
  await admin.alterSettings(lacking);
  const deadline = performance.now() + 5_000;
  while (performance.now() < deadline && (await lackingOf(admin, settings)).size > 0) await delay(100);
}

/** The settings of the topics that lack one of them. */
async function lackingOf(
  admin: AdminClient,
  wanted: ReadonlyMap<string, readonly TopicSetting[]>,
): Promise<ReadonlyMap<string, readonly TopicSetting[]>> {
  const names = new Set([...wanted.values()].flat().map(({ name }) => name));
  const found = await admin.settings([...wanted.keys()], [...names]);
  return new Map(
    [...wanted].filter(([topic, settings]) => {
      const shown = found.get(topic);
      if (!shown) throw new Error(`Kafka did not say which settings topic ${topic} has: run this again.`);
      return settings.some(({ name, value }) => !shown.get(name)?.isOwn || shown.get(name)?.value !== value);
    }),
  );
}

const fewestReplicas = (partitions: ByPartition<PartitionPlace>): number =>
  Math.min(...Array.from(partitions.values(), ({ replicas }) => replicas));

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

function settingsOf(topic: WantedTopic, replicas: number): TopicSetting[] {
  return [
    { name: 'cleanup.policy', value: 'delete' },
    { name: 'retention.ms', value: String(topic.retentionMs) },
    { name: 'segment.ms', value: String(segmentMsOf(topic.retentionMs)) },
    { name: 'max.message.bytes', value: String(topic.maxMessageBytes) },
    { name: 'min.insync.replicas', value: String(minInSyncReplicasOf(replicas)) },
  ];
}

async function waitForLeaders(admin: AdminClient, names: string[]): Promise<void> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    try {
      const places = [...(await admin.partitions(names)).values()];
      if (places.every((one) => one.size > 0 && [...one.values()].every(({ leader }) => leader >= 0))) return;
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
  return withAdmin(connection, async (admin) => (await admin.topics()).includes(name));
}

/** What is known of each of the topics; one that does not exist is left out. */
export async function findTopics(
  connection: KafkaConnection,
  names: readonly string[],
): Promise<Map<string, FoundTopic>> {
  return withAdmin(connection, async (admin) => {
    const existing = new Set(await admin.topics());
    const present = names.filter((name) => existing.has(name));
    const found = new Map<string, FoundTopic>();
    if (present.length === 0) return found;
    const places = await admin.partitions(present);
    const settings = await admin.settings(present, [
      'max.message.bytes',
      'retention.ms',
      'min.insync.replicas',
    ]);
    for (const [name, partitions] of places) {
      const numberOf = (setting: string): number => Number(settings.get(name)?.get(setting)?.value ?? 0);
      const retentionMs = numberOf('retention.ms');
      found.set(name, {
        partitions: partitions.size,
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
        const existing = new Set(await admin.topics());
        return names.filter((name) => existing.has(name));
      };
      const present = await listed();
      if (present.length === 0) return;
      await admin.deleteTopics(present);
      const deadline = performance.now() + 10_000;
      while (performance.now() < deadline && (await listed()).length > 0) await delay(50);
    },
    // A retry of kafkajs would delete again what it has deleted, and fail with an unknown topic.
    { retry: { retries: 0 } },
  );
}

/** The end of each partition of a topic, as the offset that the next record gets. */
export async function endOffsets(connection: KafkaConnection, topic: string): Promise<Map<number, bigint>> {
  const ranges = await offsetRanges(connection, topic);
  return new Map(Array.from(ranges, ([partition, { high }]) => [partition, high]));
}

/** What each partition of a topic holds. */
export async function offsetRanges(
  connection: KafkaConnection,
  topic: string,
): Promise<Map<number, OffsetRange>> {
  return withAdmin(connection, async (admin) => new Map((await admin.offsets([topic])).get(topic)));
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
  return withAdmin(connection, async (admin) => new Map(await admin.offsetsAtTime(topic, atMs)));
}

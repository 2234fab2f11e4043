import { setTimeout as delay } from 'node:timers/promises';
import { withAdmin } from './admin.ts';
import type { AdminClient, ByPartition, OffsetRange, PartitionPlace, ShownSetting } from './admin-client.ts';
import { AdminRefused, orRefused, type AdminCall } from './admin-refusal.ts';
import type { BrokerAddress } from './broker-address.ts';
import type { KafkaConnection } from './client.ts';
import {
  plannedSettings,
  planOf,
  type PlannedTopic,
  type SeenTopic,
  type WantedTopic,
} from './topic-plan.ts';

export type { OffsetRange } from './admin-client.ts';
export type { AdminRefused } from './admin-refusal.ts';
export type { PlannedTopic, WantedTopic } from './topic-plan.ts';

/** A topic as it is. A setting that Kafka does not show to this user is null. */
export interface FoundTopic {
  readonly partitions: number;
  /** Copies of the partition that has the fewest. */
  readonly replicas: number;
  /** How many copies must have a record before acks=all acknowledges it. */
  readonly minInSyncReplicas: number | null;
  readonly maxMessageBytes: number | null;
  /** Infinite when the topic keeps its records permanently. */
  readonly retentionMs: number | null;
  /** Whether a copy that lacks acknowledged records may become the leader. */
  readonly uncleanElection: boolean | null;
}

/** Topics as they are, and what could not be learned of them. */
export interface InspectedTopics {
  /** By name; one that does not exist is left out. */
  readonly topics: ReadonlyMap<string, FoundTopic>;
  /** How many brokers the cluster has. */
  readonly brokers: number;
  /** Why the settings of the topics are not known; null when they are. */
  readonly unread: AdminRefused | null;
}

/** What is to be done so that topics are as they are wanted. */
export interface TopicsPlan {
  readonly planned: readonly PlannedTopic[];
  readonly now: InspectedTopics;
}

/** What became of a plan. */
export interface AppliedPlan {
  /** The names of the topics that were created. */
  readonly created: readonly string[];
  /** What Kafka did not do. The rest is done. */
  readonly refused: readonly AdminRefused[];
}

/**
 * Creates the topics that are missing and gives those that are there what they lack (`planOf`). Other settings of a
 * topic that is there stay as they are, and so does the number of its copies.
 * @returns the names of the topics that were created
 * @throws AdminRefused when Kafka does not do a part of it; the rest is done then
 */
export async function applyTopics(
  connection: KafkaConnection,
  wanted: readonly WantedTopic[],
): Promise<string[]> {
  const { planned, now } = await planTopics(connection, wanted);
  const { created, refused } = await applyPlan(connection, wanted, planned);
  const [first = now.unread] = refused;
  if (first) throw first;
  return [...created];
}

/** Looks what the topics lack, and changes nothing. */
export async function planTopics(
  connection: KafkaConnection,
  wanted: readonly WantedTopic[],
): Promise<TopicsPlan> {
  const names = wanted.map(({ name }) => name);
  return withAdmin(connection, async (admin) => {
    const looked = await look(admin, names);
    const planned = wanted.map((topic) => planOf(topic, looked.seen.get(topic.name)));
    return { planned, now: await inspectedOf(admin, looked) };
  });
}

/**
 * Does what a plan says, and waits until the topics have leaders. A topic that another process creates meanwhile gets
 * what it lacks.
 * @param wanted of which the plan was made
 */
export async function applyPlan(
  connection: KafkaConnection,
  wanted: readonly WantedTopic[],
  planned: readonly PlannedTopic[],
): Promise<AppliedPlan> {
  const planFor = new Set(planned.flatMap((one) => (one.outcome === 'create' ? [one.topic.name] : [])));
  return withAdmin(connection, async (admin) => {
    const names = wanted.map(({ name }) => name);
    const { seen } = await look(admin, names);
    const present = wanted.map((topic) => planOf(topic, seen.get(topic.name)));
    const refused = await carryOut(admin, present);
    if (!refused.some(({ call }) => call === 'IncrementalAlterConfigs'))
      await untilShown(admin, wanted, present);
    const hasCreated = !refused.some(({ call }) => call === 'CreateTopics');
    await waitForLeaders(admin, hasCreated ? names : [...seen.keys()]);
    return { refused, created: hasCreated ? names.filter((name) => planFor.has(name)) : [] };
  });
}

/** @returns what Kafka refused; the rest is done */
async function carryOut(admin: AdminClient, planned: readonly PlannedTopic[]): Promise<AdminRefused[]> {
  const missing = planned.flatMap((one) => (one.outcome === 'create' ? [one.topic] : []));
  const changes = planned.flatMap((one) => (one.outcome === 'change' ? [one] : []));
  const partitions = new Map(
    changes.flatMap(({ name, partitions: more }) => (more ? [[name, more.to] as const] : [])),
  );
  const settings = new Map(
    changes.flatMap((one) => (one.settings.length > 0 ? [[one.name, one.settings] as const] : [])),
  );
  const refused: AdminRefused[] = [];
  const attempt = async (call: AdminCall, request: () => Promise<void>): Promise<void> => {
    try {
      await orRefused(call, request);
    } catch (error) {
      if (!(error instanceof AdminRefused)) throw error;
      refused.push(error);
    }
  };
  if (missing.length > 0) await attempt('CreateTopics', () => admin.createTopics(missing));
  if (partitions.size > 0) await attempt('CreatePartitions', () => admin.addPartitions(partitions));
  if (settings.size > 0) await attempt('IncrementalAlterConfigs', () => admin.alterSettings(settings));
  return refused;
}

/** Waits at most 5 s until Kafka shows what was changed: workers look at it when they start. */
async function untilShown(
  admin: AdminClient,
  wanted: readonly WantedTopic[],
  planned: readonly PlannedTopic[],
): Promise<void> {
  const changed = new Set(planned.flatMap((one) => (one.outcome === 'change' ? [one.name] : [])));
  const topics = wanted.filter(({ name }) => changed.has(name));
  const deadline = performance.now() + 5_000;
  const isShown = async (): Promise<boolean> => {
    const { seen } = await look(admin, [...changed]);
    return topics.every((topic) => {
      const plan = planOf(topic, seen.get(topic.name));
      return plan.outcome !== 'change' || plan.settings.length === 0;
    });
  };
  while (topics.length > 0 && !(await isShown()) && performance.now() < deadline) await delay(100);
}

const lookedAt = [...plannedSettings, 'unclean.leader.election.enable'];

/** Topics as Kafka shows them now. */
async function look(
  admin: AdminClient,
  names: readonly string[],
): Promise<{ readonly seen: ReadonlyMap<string, SeenTopic>; readonly unread: AdminRefused | null }> {
  const existing = new Set(await admin.topics());
  const present = names.filter((name) => existing.has(name));
  if (present.length === 0) return { seen: new Map(), unread: null };
  const places = await admin.partitions(present);
  const shown = await orRefused('DescribeConfigs', () => admin.settings(present, lookedAt)).catch(
    (error: unknown) => {
      if (error instanceof AdminRefused) return error;
      throw error;
    },
  );
  const settingsOf = (name: string): SeenTopic['settings'] =>
    shown instanceof AdminRefused ? null : (shown.get(name) ?? new Map<string, ShownSetting>());
  // In the order of the caller: Kafka has its own.
  const seen = present.flatMap((name): [string, SeenTopic][] => {
    const partitions = places.get(name);
    if (!partitions) return [];
    const replicas = fewestReplicas(partitions);
    return [[name, { partitions: partitions.size, replicas, settings: settingsOf(name) }]];
  });
  return { seen: new Map(seen), unread: shown instanceof AdminRefused ? shown : null };
}

async function inspectedOf(
  admin: AdminClient,
  { seen, unread }: Awaited<ReturnType<typeof look>>,
): Promise<InspectedTopics> {
  const topics = new Map(Array.from(seen, ([name, topic]) => [name, foundOf(topic)]));
  return { topics, unread, brokers: (await admin.brokers()).length };
}

const fewestReplicas = (partitions: ByPartition<PartitionPlace>): number =>
  Math.min(...Array.from(partitions.values(), ({ replicas }) => replicas));

function foundOf({ partitions, replicas, settings }: SeenTopic): FoundTopic {
  const textOf = (name: string): string | null => settings?.get(name)?.value ?? null;
  const numberOf = (name: string): number | null => {
    const text = textOf(name);
    return text === null ? null : Number(text);
  };
  const retentionMs = numberOf('retention.ms');
  const unclean = textOf('unclean.leader.election.enable');
  return {
    ...{ partitions, replicas },
    minInSyncReplicas: numberOf('min.insync.replicas'),
    maxMessageBytes: numberOf('max.message.bytes'),
    retentionMs: retentionMs !== null && retentionMs < 0 ? Number.POSITIVE_INFINITY : retentionMs,
    uncleanElection: unclean === null ? null : unclean === 'true',
  };
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

/** Where clients are told to find the brokers. @throws when none answers, or this user may not log in */
export async function advertisedBrokers(connection: KafkaConnection): Promise<BrokerAddress[]> {
  return withAdmin(connection, (admin) => admin.brokers());
}

/** Whether a topic exists that this user may describe. */
export async function isTopic(connection: KafkaConnection, name: string): Promise<boolean> {
  return withAdmin(connection, async (admin) => (await admin.topics()).includes(name));
}

/** What is known of each of the topics; one that does not exist is left out. */
export async function findTopics(
  connection: KafkaConnection,
  names: readonly string[],
): Promise<ReadonlyMap<string, FoundTopic>> {
  return (await inspectTopics(connection, names)).topics;
}

/** Topics as they are, also where Kafka does not show their settings to this user. */
export async function inspectTopics(
  connection: KafkaConnection,
  names: readonly string[],
): Promise<InspectedTopics> {
  return withAdmin(connection, async (admin) => inspectedOf(admin, await look(admin, names)));
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

import type { NewTopic, ShownSetting, TopicSetting } from './admin-client.ts';

/** A topic as it is wanted. */
export interface WantedTopic {
  readonly name: string;
  /** Of a topic that is not there yet. */
  readonly partitions: number;
  /** A topic that is there and has fewer gets this many. Default: its number stays. */
  readonly minPartitions?: number;
  /** Copies of each partition, of a topic that is not there yet. */
  readonly replicas: number;
  readonly retentionMs: number;
  /** A topic that is there keeps the retention that it has. Default: it gets `retentionMs`. */
  readonly keepsRetention?: boolean;
  /** A topic that is there and takes larger batches continues to. */
  readonly maxMessageBytes: number;
}

/** A topic as it is. */
export interface SeenTopic {
  readonly partitions: number;
  /** Copies of the partition that has the fewest. */
  readonly replicas: number;
  /** By Kafka's names; null where Kafka does not show them to this user. */
  readonly settings: ReadonlyMap<string, ShownSetting> | null;
}

/** A setting that a topic gets. */
interface SettingChange extends TopicSetting {
  /** What it is now. */
  readonly from: string;
  /** Whether the topic itself has it now: otherwise it is the cluster's, or Kafka's default. */
  readonly isOwn: boolean;
}

/** What is to be done with a topic. `unknown`: Kafka does not show its settings, so nobody knows whether it has these. */
export type PlannedTopic =
  | { readonly outcome: 'create'; readonly topic: NewTopic; readonly retentionMs: number }
  | {
      readonly outcome: 'change';
      readonly name: string;
      readonly partitions: { readonly from: number; readonly to: number } | null;
      readonly settings: readonly SettingChange[];
    }
  | { readonly outcome: 'unchanged'; readonly name: string }
  | { readonly outcome: 'unknown'; readonly name: string; readonly settings: readonly TopicSetting[] };

/** The settings that a plan looks at. */
export const plannedSettings = [
  'cleanup.policy',
  'retention.ms',
  'segment.ms',
  'max.message.bytes',
  'min.insync.replicas',
] as const;

type PlannedSetting = (typeof plannedSettings)[number];

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

/**
 * What a topic lacks. Partitions are never taken away and topics never compacted: several events share a key. What an
 * operator raised stays: the largest batch, and the copies that must be in sync.
 * @param seen undefined when the topic does not exist
 */
export function planOf(wanted: WantedTopic, seen: SeenTopic | undefined): PlannedTopic {
  const { name, partitions, replicas, minPartitions = 0, retentionMs } = wanted;
  if (!seen) {
    const settings = listed(settingsOf(wanted, replicas));
    return { outcome: 'create', topic: { name, partitions, replicas, settings }, retentionMs };
  }
  if (seen.settings === null)
    return { outcome: 'unknown', name, settings: listed(settingsOf(wanted, seen.replicas)) };
  const more = minPartitions > seen.partitions ? { from: seen.partitions, to: minPartitions } : null;
  const settings = changesOf(wanted, seen.replicas, seen.settings);
  if (more === null && settings.length === 0) return { outcome: 'unchanged', name };
  return { outcome: 'change', name, partitions: more, settings };
}

const listed = (settings: Readonly<Record<PlannedSetting, string>>): TopicSetting[] =>
  plannedSettings.map((name) => ({ name, value: settings[name] }));

const settingsOf = (
  { retentionMs, maxMessageBytes }: WantedTopic,
  replicas: number,
): Record<PlannedSetting, string> => ({
  'cleanup.policy': 'delete',
  'retention.ms': String(retentionMs),
  'segment.ms': String(segmentMsOf(retentionMs)),
  'max.message.bytes': String(maxMessageBytes),
  'min.insync.replicas': String(minInSyncReplicasOf(replicas)),
});

function changesOf(
  wanted: WantedTopic,
  replicas: number,
  shown: ReadonlyMap<string, ShownSetting>,
): SettingChange[] {
  return listed(settingsOf(wanted, replicas)).flatMap((setting) => {
    const found = shown.get(setting.name);
    if (found === undefined)
      throw new Error(`Kafka did not say what ${setting.name} of topic ${wanted.name} is: run this again.`);
    if (stays(setting, found, wanted, replicas)) return [];
    return [{ ...setting, from: found.value, isOwn: found.isOwn }];
  });
}

/** Whether a topic keeps a setting as it is. */
function stays(
  { name, value }: TopicSetting,
  found: ShownSetting,
  { keepsRetention = false }: WantedTopic,
  replicas: number,
): boolean {
  const isSame = found.isOwn && found.value === value;
  switch (name as PlannedSetting) {
    case 'cleanup.policy':
      return isSame;
    case 'retention.ms':
      return isSame || keepsRetention;
    case 'segment.ms':
      return isSame || (keepsRetention && found.isOwn);
    case 'max.message.bytes':
      return isSame || Number(found.value) > Number(value);
    case 'min.insync.replicas':
      // With more than there are copies, no record is ever acknowledged.
      return isSame || (Number(found.value) > Number(value) && Number(found.value) <= replicas);
  }
}

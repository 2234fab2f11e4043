import { briefPatience, type KafkaConnection } from '@sluice/kafka/client';
import { committedOffsets } from '@sluice/kafka/group-lag';
import { offsetRanges, offsetsAtTime } from '@sluice/kafka/topics-admin';
import type { Log } from '@sluice/service/log';
import { repeat } from '@sluice/service/repeat';
import type { Telemetry } from '@sluice/telemetry/telemetry';

export interface WatchedSubscribers {
  readonly connection: KafkaConnection;
  /** Consumer groups of other teams. */
  readonly groups: readonly string[];
  /** Full names of the topics that they may read. */
  readonly topics: readonly string[];
  /** Of each topic; of one that is not among them nothing expires. */
  readonly retentionMs: ReadonlyMap<string, number>;
  readonly everyMs: number;
}

/** How far a group is behind in one topic, in records. */
interface GroupLag {
  readonly lag: number;
  /** Of the lag: deleted within a day. */
  readonly expiring: number;
  /** Deleted before the group finished them. */
  readonly lost: number;
}

/**
 * Exposes how many records each group has not finished, by topic, and how many of them retention takes or took; what a
 * group never committed to it does not read. A group that Kafka does not describe is not exposed
 * meanwhile, and is logged once.
 */
export function watchSubscribers(
  { connection, groups, topics, retentionMs, everyMs }: WatchedSubscribers,
  { telemetry, log }: { telemetry: Pick<Telemetry, 'gauges'>; log: Pick<Log, 'warn'> },
): { stop(): Promise<void> } {
  const asking = { ...connection, patience: briefPatience };
  const lags = new Map<string, ReadonlyMap<string, GroupLag>>();
  const failing = new Set<string>();
  const expose = (
    name:
      | 'sluice_subscriber_lag_records'
      | 'sluice_subscriber_expiring_records'
      | 'sluice_subscriber_lost_records',
    read: (one: GroupLag) => number,
  ): void =>
    telemetry.gauges(name, () =>
      [...lags].flatMap(([group, ofGroup]) =>
        [...ofGroup].map(([topic, one]) => [{ group, topic }, read(one)] as const),
      ),
    );
  expose('sluice_subscriber_lag_records', ({ lag }) => lag);
  expose('sluice_subscriber_expiring_records', ({ expiring }) => expiring);
  expose('sluice_subscriber_lost_records', ({ lost }) => lost);
  return repeat(everyMs, async () => {
    for (const group of groups) {
      try {
        lags.set(group, await lagsOf(asking, group, topics, retentionMs));
        failing.delete(group);
      } catch (error) {
        lags.delete(group);
        if (!failing.has(group)) log.warn({ err: error, group }, 'the lag of a subscriber is unknown');
        failing.add(group);
      }
    }
  });
}

/** How far behind what it committed the group is, by topic. */
async function lagsOf(
  connection: KafkaConnection,
  group: string,
  topics: readonly string[],
  retentionMs: ReadonlyMap<string, number>,
): Promise<Map<string, GroupLag>> {
  const lags = new Map<string, GroupLag>();
  for (const [topic, committed] of await committedOffsets(connection, group, topics)) {
    if (committed.size === 0) continue;
    const safe = await safeOffsets(connection, topic, retentionMs.get(topic) ?? Number.POSITIVE_INFINITY);
    let [lag, expiring, lost] = [0n, 0n, 0n];
    for (const [partition, { low, high }] of await offsetRanges(connection, topic)) {
      const done = committed.get(partition);
      // What retention took away nobody can finish.
      const from = largest(low, done ?? low);
      lag += largest(0n, high - from);
      expiring += largest(0n, (safe.get(partition) ?? low) - from);
      lost += largest(0n, low - (done ?? low));
    }
    lags.set(topic, { lag: Number(lag), expiring: Number(expiring), lost: Number(lost) });
  }
  return lags;
}

const dayMs = 86_400_000;

/** By partition: the first offset whose record stays for a day, or for half a short retention. */
async function safeOffsets(
  connection: KafkaConnection,
  topic: string,
  retentionMs: number,
): Promise<Map<number, bigint>> {
  if (!Number.isFinite(retentionMs)) return new Map();
  return offsetsAtTime(connection, topic, Date.now() - retentionMs + Math.min(dayMs, retentionMs / 2));
}

const largest = (a: bigint, b: bigint): bigint => (a > b ? a : b);

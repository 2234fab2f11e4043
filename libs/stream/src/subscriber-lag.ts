import type { KafkaConnection } from '@sluice/kafka/client';
import { committedOffsets } from '@sluice/kafka/group-lag';
import { offsetRanges } from '@sluice/kafka/topics-admin';
import type { Log } from '@sluice/service/log';
import { repeat } from '@sluice/service/repeat';
import type { Telemetry } from '@sluice/telemetry/telemetry';

export interface WatchedSubscribers {
  readonly connection: KafkaConnection;
  /** Consumer groups of other teams. */
  readonly groups: readonly string[];
  /** Full names of the topics that they may read. */
  readonly topics: readonly string[];
  readonly everyMs: number;
}

/**
 * Exposes how many records each group has not finished, by topic; what a group never committed to it does not read.
 * A group that cannot be asked after is exposed no more until it can, and is told of once.
 */
export function watchSubscribers(
  { connection, groups, topics, everyMs }: WatchedSubscribers,
  { telemetry, log }: { telemetry: Pick<Telemetry, 'gauges'>; log: Pick<Log, 'warn'> },
): { stop(): Promise<void> } {
  const lags = new Map<string, ReadonlyMap<string, number>>();
  const failing = new Set<string>();
  telemetry.gauges('sluice_subscriber_lag_records', () =>
    [...lags].flatMap(([group, ofGroup]) =>
      [...ofGroup].map(([topic, lag]) => [{ group, topic }, lag] as const),
    ),
  );
  return repeat(everyMs, async () => {
    for (const group of groups) {
      try {
        lags.set(group, await lagOf(connection, group, topics));
        failing.delete(group);
      } catch (error) {
        lags.delete(group);
        if (!failing.has(group)) log.warn({ err: error, group }, 'the lag of a subscriber is not known');
        failing.add(group);
      }
    }
  });
}

/** Records behind what the group committed, by topic. */
async function lagOf(
  connection: KafkaConnection,
  group: string,
  topics: readonly string[],
): Promise<Map<string, number>> {
  const lags = new Map<string, number>();
  for (const [topic, committed] of await committedOffsets(connection, group, topics)) {
    if (committed.size === 0) continue;
    let records = 0n;
    for (const [partition, { low, high }] of await offsetRanges(connection, topic)) {
      // What retention took away nobody can finish.
      const from = [committed.get(partition) ?? low, low].reduce((a, b) => (a > b ? a : b));
      if (high > from) records += high - from;
    }
    lags.set(topic, Number(records));
  }
  return lags;
}

import type { Log } from '@sluice/service/log';
import type { Telemetry } from '@sluice/telemetry/telemetry';
import type { StreamEvents } from './stream-options.ts';

interface Dependencies {
  readonly log: Pick<Log, 'warn'>;
  readonly telemetry: Telemetry;
  readonly fail: (error: Error) => void;
}

/** What is known of a partition that this process works on. */
interface PartitionState {
  readonly topic: string;
  readonly partition: number;
  lag: number;
  /** When the oldest record that has not ended was written, epoch ms; null when all have. */
  oldestMs: number | null;
  /** When `oldestMs` became known, epoch ms: of null, until when all had ended. */
  knownMs: number;
  /** Unread records were seen that nothing is known of. */
  unseen: boolean;
  /** The log says that retention will delete unread data. */
  isAtRisk: boolean;
}

/** The share of a topic's retention below which unread data is at risk of deletion. */
const riskShare = 0.25;

/**
 * Corrects what is known by a look at the end of the log that began later. Unread records of which nothing came until
 * the second look count from the last moment at which all had ended. Where the partition was assigned with unread
 * records, and nothing of it was ever fetched, they count from the assignment: they may be older.
 */
function correct(state: PartitionState, records: number, atMs: number): void {
  if (records === 0) Object.assign(state, { oldestMs: null, knownMs: atMs, unseen: false });
  else if (state.oldestMs !== null) return;
  else if (state.unseen) state.oldestMs = state.knownMs;
  else state.unseen = true;
}

/**
 * What a worker reports about its stream: metrics, log lines, and whether it is ready. It is once it has joined its group:
 * how much it has to catch up says nothing about whether it can work, and a deployment that waits for readiness would
 * take back exactly the release that catches up. Alerts watch the lag. The lag and the retention clock continue while a partition
 * is blocked, since they are read when scraped, and while nothing of it is fetched, since its log's end is looked at; a partition
 * that another process has got is no longer reported.
 * @param retentionMs of each topic, by its full name
 */
export function streamEvents(
  { log, telemetry, fail }: Dependencies,
  retentionMs: ReadonlyMap<string, number>,
  nowMs: () => number = Date.now,
): StreamEvents & { notReady(): string[] } {
  let hasJoined = false;
  const states = new Map<string, PartitionState>();
  const stateOf = (topic: string, partition: number): PartitionState => {
    const name = `${topic}/${partition}`;
    const known: PartitionState = states.get(name) ?? {
      ...{ topic, partition, lag: 0, oldestMs: null },
      ...{ knownMs: nowMs(), unseen: false, isAtRisk: false },
    };
    states.set(name, known);
    return known;
  };
  const wholeOf = (topic: string): number => retentionMs.get(topic) ?? Number.POSITIVE_INFINITY;
  const ageMs = ({ oldestMs }: PartitionState): number =>
    oldestMs === null ? 0 : Math.max(0, nowMs() - oldestMs);
  const expose = (
    name: 'sluice_consumer_lag_records' | 'sluice_consumer_lag_seconds' | 'sluice_retention_seconds',
    value: (state: PartitionState) => number,
  ): void =>
    telemetry.gauges(name, () =>
      [...states.values()].map(
        (one) => [{ topic: one.topic, partition: String(one.partition) }, value(one)] as const,
      ),
    );
  expose('sluice_consumer_lag_records', ({ lag }) => lag);
  expose('sluice_consumer_lag_seconds', (one) => ageMs(one) / 1000);
  expose('sluice_retention_seconds', (one) => (wholeOf(one.topic) - ageMs(one)) / 1000);

  const judge = (state: PartitionState): void => {
    const { topic, partition, isAtRisk: isReported } = state;
    const [whole, left] = [wholeOf(topic), wholeOf(topic) - ageMs(state)];
    state.isAtRisk = left < whole * riskShare;
    if (isReported || !state.isAtRisk) return;
    log.warn(
      { topic, partition, leftMs: left },
      `Kafka deletes unread records of ${topic}/${partition} in ${Math.round(left / 1000)} s: fix what blocks the partition, or raise the topic's retention.ms.`,
    );
  };

  return {
    received: (topic, records) => telemetry.count('sluice_records_received_total', { topic }, records),
    assigned(partitions) {
      hasJoined = true;
      for (const [name, { topic, partition }] of states)
        if (!partitions[topic]?.includes(partition)) states.delete(name);
      for (const [topic, numbers] of Object.entries(partitions))
        for (const partition of numbers) stateOf(topic, partition);
    },
    blocked(error, about) {
      telemetry.count('sluice_partition_retries_total', { topic: about.topic });
      log.warn({ err: error, ...about }, 'a chunk could not be finished and will be retried');
    },
    lag: (topic, partition, records) => void (stateOf(topic, partition).lag = records),
    oldest(topic, partition, writtenAtMs) {
      const state = stateOf(topic, partition);
      Object.assign(state, { oldestMs: writtenAtMs, knownMs: nowMs(), unseen: false });
      judge(state);
    },
    looked(topic, partition, records, atMs) {
      // It went to another process while Kafka was asked.
      const state = states.get(`${topic}/${partition}`);
      if (!state) return;
      state.lag = records;
      if (state.knownMs < atMs) correct(state, records, atMs);
      judge(state);
    },
    fatalError: fail,
    notReady: () => (hasJoined ? [] : ['It has not joined its consumer group yet.']),
  };
}

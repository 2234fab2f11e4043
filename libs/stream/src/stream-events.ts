import type { Log } from '@sluice/service/log';
import type { Telemetry } from '@sluice/telemetry/telemetry';
import type { StreamEvents } from './consume-stream.ts';

interface Surroundings {
  readonly log: Pick<Log, 'warn'>;
  readonly telemetry: Telemetry;
  readonly fail: (error: Error) => void;
}

/** The share of a topic's retention below which unread data is in danger. */
const dangerShare = 0.25;

/**
 * What a worker tells of its stream: metrics and log lines.
 * @param retentionMs of each topic, by its full name
 */
export function streamEvents(
  { log, telemetry, fail }: Surroundings,
  retentionMs: ReadonlyMap<string, number>,
): StreamEvents & { inDanger(): string[] } {
  const dangers = new Map<string, string>();
  return {
    held(error, about) {
      telemetry.count('sluice_holds_total', { topic: about.topic });
      log.warn({ err: error, ...about }, 'a chunk could not be finished and is tried again');
    },
    lag: (topic, partition, records) =>
      telemetry.set('sluice_consumer_lag_records', { topic, partition: String(partition) }, records),
    oldest(topic, partition, writtenAtMs) {
      const whole = retentionMs.get(topic) ?? Number.POSITIVE_INFINITY;
      const left = writtenAtMs === null ? whole : whole - (Date.now() - writtenAtMs);
      telemetry.set('sluice_retention_seconds', { topic, partition: String(partition) }, left / 1000);
      const name = `${topic}/${partition}`;
      if (left >= whole * dangerShare) {
        dangers.delete(name);
        return;
      }
      const danger = `Unread records of ${name} are deleted in ${Math.round(left / 1000)} s: mend what holds it, or raise the topic's retention.ms.`;
      if (!dangers.has(name)) log.warn({ topic, partition, leftMs: left }, danger);
      dangers.set(name, danger);
    },
    dead: fail,
    inDanger: () => [...dangers.values()],
  };
}

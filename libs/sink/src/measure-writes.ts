import { exposeHeartbeatAge } from '@sluice/stream/heartbeat-age';
import type { Telemetry } from '@sluice/telemetry/telemetry';
import { PartlyFailed, type Store, type StoreItem, type StoreResult } from './store.ts';

/**
 * Writes into the store as it is, and measures each write: how long it took, how much it held, and the age of every
 * event that is in the store now. What the store rejects has not come through: neither an event nor a heartbeat.
 * @param name `sink-clickhouse`: the labels `store` and `stage`
 */
export function measureWrites(
  store: Pick<Store, 'write'>,
  name: string,
  telemetry: Pick<Telemetry, 'observe' | 'gauges'>,
  nowMs: () => number = Date.now,
): Pick<Store, 'write'> {
  const heartbeatAge = exposeHeartbeatAge(telemetry, name, nowMs);
  const observeAges = (items: readonly StoreItem[], results: readonly StoreResult[]): void => {
    const kept = new Set(results.flatMap(({ id, outcome }) => (outcome === 'rejected' ? [] : [id])));
    const now = nowMs();
    for (const { id, topic, event } of items) {
      const receivedAtMs = event.meta.received_at;
      if (!kept.has(id)) continue;
      if (topic === 'heartbeat.v1') heartbeatAge.seen(receivedAtMs);
      else telemetry.observe('sluice_event_age_seconds', { stage: name }, (now - receivedAtMs) / 1000);
    }
  };
  return {
    async write(items) {
      const results = await timed(
        () =>
          store.write(items).catch((error: unknown) => {
            if (error instanceof PartlyFailed) observeAges(items, error.results);
            throw error;
          }),
        (outcome, seconds) =>
          telemetry.observe('sluice_store_write_duration_seconds', { store: name, outcome }, seconds),
      );
      telemetry.observe('sluice_store_batch_records', { store: name }, items.length);
      observeAges(items, results);
      return results;
    },
  };
}

async function timed<T>(
  work: () => Promise<T>,
  tell: (outcome: 'answered' | 'failed', seconds: number) => void,
): Promise<T> {
  const startedAt = performance.now();
  let outcome: 'answered' | 'failed' = 'failed';
  try {
    const result = await work();
    outcome = 'answered';
    return result;
  } finally {
    tell(outcome, (performance.now() - startedAt) / 1000);
  }
}

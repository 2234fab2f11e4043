import type { Telemetry } from '@sluice/telemetry/telemetry';

/**
 * Exposes how old the newest heartbeat is that passed a stage. It grows while none passes, since it is read when
 * scraped.
 * @param stage `normalizer`, or the name of a sink
 */
export function exposeHeartbeatAge(
  telemetry: Pick<Telemetry, 'gauges'>,
  stage: string,
  nowMs: () => number = Date.now,
): { seen(madeAtMs: number): void } {
  const startedAtMs = nowMs();
  let newestMs: number | null = null;
  telemetry.gauges('sluice_heartbeat_age_seconds', () => [
    [{ stage }, Math.max(0, nowMs() - (newestMs ?? startedAtMs)) / 1000],
  ]);
  // Partitions are worked through side by side: a beat may come behind a newer one.
  return { seen: (madeAtMs) => void (newestMs = Math.max(newestMs ?? madeAtMs, madeAtMs)) };
}

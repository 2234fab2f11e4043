import { createTelemetry } from '@sluice/telemetry/telemetry';
import { exposeHeartbeatAge } from './heartbeat-age.ts';

test('the age grows from the start, then from the newest beat, also behind one that came late', async () => {
  const telemetry = createTelemetry('sink-clickhouse');
  const clock = { nowMs: 100_000 };
  const age = exposeHeartbeatAge(telemetry, 'sink-clickhouse', () => clock.nowMs);
  const shown = async (): Promise<number> =>
    Number(/^sluice_heartbeat_age_seconds\{.*\} (.*)$/m.exec(await telemetry.text())?.[1]);
  clock.nowMs += 7_000;
  expect(await shown()).toBe(7);
  // Made before this process began: as old as it is.
  age.seen(80_000);
  expect(await shown()).toBe(27);
  age.seen(106_000);
  age.seen(101_000);
  expect(await shown()).toBe(1);
  clock.nowMs += 60_000;
  expect(await shown()).toBe(61);
  // A host whose clock is ahead.
  age.seen(clock.nowMs + 5_000);
  expect(await shown()).toBe(0);
});

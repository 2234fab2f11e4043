import { createTelemetry } from '@sluice/telemetry/telemetry';
import { createFakeStore } from '../testing/fake-store.ts';
import { measureWrites } from './measure-writes.ts';
import { sampleItem } from '../testing/sample-items.ts';

const nowMs = Date.UTC(2026, 0, 1);
const receivedBefore = (seconds: number) => ({ received_at: nowMs - seconds * 1000 });

test('each write is measured, and the age of every event that the store took', async () => {
  const telemetry = createTelemetry('sink-clickhouse', 'shop');
  const refused = sampleItem('message.v1', receivedBefore(500));
  const store = createFakeStore({ refuse: ({ id }) => (id === refused.id ? 'too odd' : undefined) });
  const items = [
    sampleItem('message.v1', receivedBefore(3)),
    refused,
    sampleItem('rating.v1', receivedBefore(4)),
  ];
  const results = await measureWrites(store, 'sink-clickhouse', telemetry, () => nowMs).write(items);
  expect(results.map(({ outcome }) => outcome)).toEqual(['written', 'rejected', 'written']);
  const text = await telemetry.text();
  const labels = 'component="sink-clickhouse",stream="shop"';
  expect(text).toContain(`sluice_event_age_seconds_sum{${labels},stage="sink-clickhouse"} 7\n`);
  expect(text).toContain(`sluice_event_age_seconds_count{${labels},stage="sink-clickhouse"} 2\n`);
  expect(text).toContain(`sluice_store_batch_records_sum{${labels},store="sink-clickhouse"} 3\n`);
  expect(text).toMatch(/^sluice_store_write_duration_seconds_count\{.*outcome="answered"\} 1$/m);
});

test('a heartbeat counts when it is in the store, and not as an event', async () => {
  const telemetry = createTelemetry('sink-clickhouse');
  const refuse: { why?: string } = { why: 'no such table' };
  const store = createFakeStore({ refuse: () => refuse.why });
  const clock = { nowMs };
  const measured = measureWrites(store, 'sink-clickhouse', telemetry, () => clock.nowMs);
  const age = async (): Promise<number> =>
    Number(/^sluice_heartbeat_age_seconds\{.*\} (.*)$/m.exec(await telemetry.text())?.[1]);
  clock.nowMs += 60_000;
  const beat = sampleItem('heartbeat.v1', { received_at: clock.nowMs - 2_000 });
  await measured.write([beat]);
  expect(await age()).toBe(60);
  delete refuse.why;
  await measured.write([beat]);
  expect(await age()).toBe(2);
  expect(await telemetry.text()).not.toMatch(/^sluice_event_age_seconds_count/m);
});

test('a write that fails is measured as failed, and throws as before', async () => {
  const telemetry = createTelemetry('sink-clickhouse');
  const store = createFakeStore();
  store.failWith(new Error('away'));
  const measured = measureWrites(store, 'sink-clickhouse', telemetry);
  await expect(measured.write([sampleItem('message.v1')])).rejects.toThrow('away');
  const text = await telemetry.text();
  expect(text).toMatch(/^sluice_store_write_duration_seconds_count\{.*outcome="failed"\} 1$/m);
  expect(text).not.toMatch(/^sluice_store_batch_records_count/m);
});

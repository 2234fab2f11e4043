import { createTelemetry } from '@sluice/telemetry/telemetry';
import { streamEvents } from './stream-events.ts';

const day = 86_400_000;

function start() {
  let now = 10 * day;
  const telemetry = createTelemetry('test');
  const warnings: string[] = [];
  const warn = (_fields: unknown, text: string): void => void warnings.push(text);
  const events = streamEvents(
    { log: { warn } as never, telemetry, fail: () => undefined },
    new Map([['t', 8 * day]]),
    () => now,
  );
  const values = async (name: string): Promise<string[]> =>
    (await telemetry.text()).split('\n').filter((line) => line.startsWith(`${name}{`));
  return { events, values, warnings, later: (ms: number) => void (now += ms) };
}

test('while a partition is held its lag in seconds grows and its retention runs out', async () => {
  const { events, values, later, warnings } = start();
  events.oldest('t', 0, 10 * day);
  later(90_000);
  expect(await values('sluice_consumer_lag_seconds')).toEqual([
    'sluice_consumer_lag_seconds{topic="t",partition="0",service="test"} 90',
  ]);
  expect(await values('sluice_retention_seconds')).toEqual([
    `sluice_retention_seconds{topic="t",partition="0",service="test"} ${(8 * day) / 1000 - 90}`,
  ]);
  later(7 * day);
  events.oldest('t', 0, 10 * day);
  events.oldest('t', 0, 10 * day);
  expect([events.inDanger(), warnings]).toEqual([
    [expect.stringContaining('t/0 are deleted in')],
    [expect.stringContaining('t/0 are deleted in')],
  ]);
  events.oldest('t', 0, null);
  expect(events.inDanger()).toEqual([]);
});

test('a partition that went to another process is told of no more', async () => {
  const { events, values } = start();
  events.lag('t', 0, 5);
  events.lag('t', 1, 6);
  events.assigned({ t: [1, 2] });
  expect(await values('sluice_consumer_lag_records')).toEqual([
    'sluice_consumer_lag_records{topic="t",partition="1",service="test"} 6',
    'sluice_consumer_lag_records{topic="t",partition="2",service="test"} 0',
  ]);
});

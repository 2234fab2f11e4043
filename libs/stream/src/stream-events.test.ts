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

test('while a partition is blocked its lag in seconds grows and its retention runs out', async () => {
  const { events, values, later, warnings } = start();
  events.oldest('t', 0, 10 * day);
  later(90_000);
  expect(await values('sluice_consumer_lag_seconds')).toEqual([
    'sluice_consumer_lag_seconds{topic="t",partition="0",component="test"} 90',
  ]);
  expect(await values('sluice_retention_seconds')).toEqual([
    `sluice_retention_seconds{topic="t",partition="0",component="test"} ${(8 * day) / 1000 - 90}`,
  ]);
  later(7 * day);
  events.oldest('t', 0, 10 * day);
  events.oldest('t', 0, 10 * day);
  const warning = expect.stringContaining('unread records of t/0 in') as string;
  expect(warnings).toEqual([warning]);
  // It is told again when it comes again.
  events.oldest('t', 0, null);
  events.oldest('t', 0, 10 * day);
  expect(warnings).toEqual([warning, warning]);
});

test('a worker is ready once it has joined its group, however late it is', () => {
  const { events, later, warnings } = start();
  expect(events.notReady()).toEqual(['It has not joined its consumer group yet.']);
  events.assigned({ t: [0] });
  events.oldest('t', 0, 10 * day);
  later(7 * day);
  events.oldest('t', 0, 10 * day);
  events.blocked(new Error('away'), { topic: 't', partition: 0, attempt: 9, waitMs: 1 });
  expect([warnings.length, events.notReady()]).toEqual([2, []]);
  // The group may have more members than partitions.
  events.assigned({});
  expect(events.notReady()).toEqual([]);
});

test('a partition that went to another process is no longer reported', async () => {
  const { events, values } = start();
  events.lag('t', 0, 5);
  events.lag('t', 1, 6);
  events.assigned({ t: [1, 2] });
  expect(await values('sluice_consumer_lag_records')).toEqual([
    'sluice_consumer_lag_records{topic="t",partition="1",component="test"} 6',
    'sluice_consumer_lag_records{topic="t",partition="2",component="test"} 0',
  ]);
});

describe('what a look at the end of the log tells', () => {
  const minute = 60_000;
  const seconds = async (values: ReturnType<typeof start>['values'], name: string): Promise<number> =>
    Number((await values(name))[0]?.split(' ').at(-1));

  test('a partition of which nothing is fetched grows late, and its retention runs out', async () => {
    const { events, values, later, warnings } = start();
    events.assigned({ t: [0] });
    events.oldest('t', 0, null);
    later(minute);
    events.looked('t', 0, 0, 10 * day + minute);
    later(minute);
    // What came a moment ago is on its way.
    events.looked('t', 0, 5, 10 * day + 2 * minute);
    expect(await seconds(values, 'sluice_consumer_lag_records')).toBe(5);
    expect(await seconds(values, 'sluice_consumer_lag_seconds')).toBe(0);
    later(minute);
    events.looked('t', 0, 6, 10 * day + 3 * minute);
    expect(await seconds(values, 'sluice_consumer_lag_seconds')).toBe(120);
    later(7 * day);
    events.looked('t', 0, 6, 17 * day + 3 * minute);
    expect(await seconds(values, 'sluice_retention_seconds')).toBe(day / 1000 - 120);
    expect(warnings).toEqual([expect.stringContaining('unread records of t/0 in')]);
    later(minute);
    events.looked('t', 0, 0, 17 * day + 4 * minute);
    expect(await seconds(values, 'sluice_consumer_lag_seconds')).toBe(0);
  });

  test('a blocked partition is as late as its record, and as far behind as its log', async () => {
    const { events, values, later } = start();
    events.assigned({ t: [0] });
    events.lag('t', 0, 1);
    events.oldest('t', 0, 10 * day - minute);
    later(minute);
    events.looked('t', 0, 70, 10 * day + minute);
    expect(await seconds(values, 'sluice_consumer_lag_records')).toBe(70);
    expect(await seconds(values, 'sluice_consumer_lag_seconds')).toBe(120);
  });

  test('what was learnt after the look began stands', async () => {
    const { events, values, later } = start();
    events.assigned({ t: [0] });
    later(minute);
    events.oldest('t', 0, 10 * day);
    events.looked('t', 0, 0, 10 * day + 1);
    expect(await seconds(values, 'sluice_consumer_lag_seconds')).toBe(60);
  });

  test('a partition that went to another process meanwhile is no longer reported', async () => {
    const { events, values } = start();
    events.looked('t', 0, 5, 10 * day + 1);
    expect(await values('sluice_consumer_lag_records')).toEqual([]);
  });
});

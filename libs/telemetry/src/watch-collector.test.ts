import { watchCollector } from './watch-collector.ts';

function watched() {
  const told: string[] = [];
  const clock = { nowMs: 0 };
  const ended = watchCollector(
    'http://c:4318',
    (level, message) => told.push(`${level}: ${message}`),
    () => clock.nowMs,
  );
  return { told, clock, ended };
}

const away =
  'warn: The collector at http://c:4318 accepts no spans (Not Found). They are dropped until it does. Nothing else is affected.';
const back = 'info: The collector at http://c:4318 accepts spans again.';

test('a collector that takes what it gets is not logged', () => {
  const { told, ended } = watched();
  ended(null);
  expect(told).toEqual([]);
});

test('one that goes away is logged once, and once that it has been back for a minute', () => {
  const { told, clock, ended } = watched();
  for (let count = 0; count < 5; count += 1) ended(new Error('Not Found'));
  expect(told).toEqual([away]);
  ended(null);
  clock.nowMs = 60_000;
  ended(null);
  ended(null);
  expect(told).toEqual([away, back]);
  ended(new Error('Not Found'));
  expect(told).toEqual([away, back, away]);
});

test('one that comes and goes is logged once', () => {
  const { told, clock, ended } = watched();
  for (let count = 0; count < 100; count += 1) {
    clock.nowMs += 30_000;
    ended(count % 2 === 0 ? new Error('Not Found') : null);
  }
  expect(told).toEqual([away]);
});

test('an error without words is told by its code', () => {
  const { told, ended } = watched();
  ended(Object.assign(new Error(''), { code: 'ECONNREFUSED' }));
  expect(told[0]).toContain('accepts no spans (ECONNREFUSED)');
});

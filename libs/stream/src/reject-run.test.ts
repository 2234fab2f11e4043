import type { ConsumedRecord } from '@sluice/kafka/consumer';
import { createRejectRun } from './reject-run.ts';

function chunk(from: number, count: number, partition = 0): ConsumedRecord[] {
  return Array.from({ length: count }, (_one, at) => ({
    topic: 't',
    partition,
    offset: String(from + at),
    key: null,
    value: null,
    headers: {},
    timestampMs: 0,
  }));
}
const bad = (count: number): boolean[] => Array<boolean>(count).fill(true);

test('a row beyond the limit is told, over chunks too', () => {
  const run = createRejectRun(3);
  run.check(chunk(0, 2), bad(2));
  run.check(chunk(2, 1), bad(1));
  expect(() => run.check(chunk(3, 1), bad(1))).toThrow(
    'More than 3 records in a row of t/0 were rejected, so it is held: roll the deployment back',
  );
});

test('a chunk that comes again is counted once', () => {
  const run = createRejectRun(3);
  run.check(chunk(0, 2), bad(2));
  run.check(chunk(0, 2), bad(2));
  run.check(chunk(2, 1), bad(1));
  expect(() => run.check(chunk(3, 1), bad(1))).toThrow();
  // And it is still told when it comes again.
  expect(() => run.check(chunk(3, 1), bad(1))).toThrow();
});

test('a good record ends the row; partitions have rows of their own', () => {
  const run = createRejectRun(3);
  run.check(chunk(0, 3), bad(3));
  run.check(chunk(0, 3, 1), bad(3));
  run.check(chunk(3, 4), [false, true, true, true]);
  expect(() => run.check(chunk(3, 1, 1), bad(1))).toThrow('t/1');
});

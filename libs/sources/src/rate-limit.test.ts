import { createRateLimit } from './rate-limit.ts';

test('what was taken grows back over a minute, and no further', () => {
  let nowMs = 0;
  const limit = createRateLimit(() => nowMs);
  const takeAll = (): number[] => Array.from({ length: 4 }, () => limit.take('a', 3));
  expect(takeAll()).toEqual([0, 0, 0, 20]);
  nowMs += 20_000;
  expect(limit.take('a', 3)).toBe(0);
  expect(limit.take('a', 3)).toBe(20);
  nowMs += 600_000;
  expect(takeAll()).toEqual([0, 0, 0, 20]);
});

test('a clock that goes back gives nothing, and one key takes nothing from another', () => {
  let nowMs = 1_000;
  const limit = createRateLimit(() => nowMs);
  expect([limit.take('a', 1), limit.take('b', 1), limit.take('a', 1)]).toEqual([0, 0, 60]);
  nowMs = 0;
  expect(limit.take('a', 1)).toBe(60);
});

test('made-up keys are forgotten, the longest unused first', () => {
  const limit = createRateLimit(() => 0, 2);
  for (const key of ['a', 'b', 'a', 'c']) limit.take(key, 2);
  // b was forgotten and is new; a was used twice.
  expect([limit.take('a', 2), limit.take('b', 2)]).toEqual([30, 0]);
});

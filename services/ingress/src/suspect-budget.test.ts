import { createSuspectBudget } from './suspect-budget.ts';

const hourMs = 3_600_000;

test('a source may use its bytes at once, and gets them again over an hour', () => {
  let now = 0;
  const budget = createSuspectBudget(() => now);
  expect([budget.take('a', 600, 1_000), budget.take('a', 400, 1_000), budget.take('a', 1, 1_000)]).toEqual([
    true,
    true,
    false,
  ]);
  now += hourMs / 2;
  expect([budget.take('a', 501, 1_000), budget.take('a', 500, 1_000)]).toEqual([false, true]);
  now += 10 * hourMs;
  expect([budget.take('a', 1_000, 1_000), budget.take('a', 1, 1_000)]).toEqual([true, false]);
});

test('one source uses nothing of another, and a larger body takes all of a full bucket', () => {
  const budget = createSuspectBudget(() => 0);
  expect([budget.take('a', 5_000, 1_000), budget.take('a', 1, 1_000)]).toEqual([true, false]);
  expect(budget.take('b', 1_000, 1_000)).toBe(true);
});

import { percentile } from './percentile.ts';

test('a percentile is one of the values, by the nearest rank', () => {
  const values = Array.from({ length: 1000 }, (_, at) => at + 1);
  expect([50, 99, 99.9, 100].map((percent) => percentile(values, percent))).toEqual([500, 990, 999, 1000]);
});

test('of few values a high percentile is the greatest one', () => {
  expect(percentile([1, 2, 3], 99.9)).toBe(3);
  expect(percentile([7], 1)).toBe(7);
  expect(percentile([], 50)).toBeNaN();
});

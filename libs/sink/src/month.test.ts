import { monthOf } from './month.ts';

test.each([
  [null, 'undated'],
  [Date.UTC(2024, 4, 31, 23, 59, 59, 999), '2024-05'],
  [Date.UTC(2024, 5, 1), '2024-06'],
  [0, '2000-01'],
  [Date.UTC(1900, 0), '2000-01'],
  [-1e300, '2000-01'],
  [Date.UTC(2100, 11, 31), '2100-12'],
  [Date.UTC(2101, 0), '2100-12'],
  [Date.UTC(9999, 0), '2100-12'],
  [1e300, '2100-12'],
])('%p is filed under %s', (occurredAt, month) => {
  expect(monthOf(occurredAt)).toBe(month);
});

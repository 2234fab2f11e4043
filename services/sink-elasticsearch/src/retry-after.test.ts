import { retryAfterMs } from './retry-after.ts';

const nowMs = Date.UTC(2024, 4, 6, 7, 8, 9);

test.each([
  [undefined, 0],
  ['0', 0],
  ['120', 120_000],
  ['Mon, 06 May 2024 07:08:19 GMT', 10_000],
  ['Mon, 06 May 2024 07:08:00 GMT', 0],
  ['soon', 0],
])('%s is %i ms', (header, ms) => {
  expect(retryAfterMs(header, nowMs)).toBe(ms);
});

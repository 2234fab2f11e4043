import { secondsLeft, timeLeft } from './time-left.ts';

test.each([
  [0, 100, 1_000, 'time left unknown'],
  [50, 100, 1_000, 'about 1 s left'],
  [1, 101, 1_000, 'about 2 min left'],
  [1, 10_001, 1_000, 'about 3 h left'],
  [100, 100, 1_000, 'about 0 s left'],
  [120, 100, 1_000, 'about 0 s left'],
])('%d of %d in %d ms: %s', (done, total, elapsedMs, text) => {
  expect(timeLeft(secondsLeft(done, total, elapsedMs))).toBe(text);
});

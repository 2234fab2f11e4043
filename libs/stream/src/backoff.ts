const firstMs = 200;
const longestMs = 15_000;

/**
 * How long to wait before the next attempt: doubling from 200 ms to 15 s, with "equal jitter" so that many
 * partitions do not return at once.
 * @param attempt from 1
 * @param random in [0, 1)
 */
export function backoffMs(attempt: number, random: number): number {
  const ceiling = Math.min(longestMs, firstMs * 2 ** Math.min(attempt - 1, 20));
  return Math.round(ceiling / 2 + (ceiling / 2) * random);
}

/** Counts how often somebody asks. */
export interface RateLimit {
  /**
   * Takes one of the requests that `key` has left; they grow back over a minute.
   * @returns 0, or the seconds until there is one again
   */
  take(key: string, perMinute: number): number;
}

/** @param maxKeys of which the longest unused are forgotten, so that made-up names fill no memory */
export function createRateLimit(nowMs: () => number, maxKeys = 10_000): RateLimit {
  const buckets = new Map<string, { left: number; atMs: number }>();
  return {
    take(key, perMinute) {
      const atMs = nowMs();
      const known = buckets.get(key) ?? { left: perMinute, atMs };
      const grown = Math.min(perMinute, known.left + (Math.max(0, atMs - known.atMs) / 60_000) * perMinute);
      const isLeft = grown >= 1;
      buckets.delete(key);
      buckets.set(key, { left: isLeft ? grown - 1 : grown, atMs });
      const [oldest] = buckets.keys();
      if (buckets.size > maxKeys && oldest !== undefined) buckets.delete(oldest);
      return isLeft ? 0 : Math.ceil(((1 - grown) / perMinute) * 60);
    },
  };
}

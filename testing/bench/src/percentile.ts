/**
 * The value that a share of the values does not exceed: one of them, by the nearest rank.
 * @param sorted ascending
 * @param percent above 0, at most 100
 * @returns NaN for no values
 */
export function percentile(sorted: readonly number[], percent: number): number {
  // 99.9 / 100 * 1000 is more than 999.
  const rank = Math.ceil((Math.round(percent * 1000) * sorted.length) / 100_000);
  return sorted[rank - 1] ?? NaN;
}

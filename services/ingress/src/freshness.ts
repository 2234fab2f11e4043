import type { Source } from '@sluice/sources/source';

/**
 * How a signed timestamp stands to now, by the source's window and policy.
 * @param timestamp epoch seconds (10 digits) or ms (13 digits); other forms are refused, because the parts
 *   of a signature are joined without a separator
 */
export function judgeTimestamp(
  timestamp: string,
  source: Source,
  nowMs: number,
): 'fresh' | 'stale' | 'refused' {
  if (!/^(\d{10}|\d{13})$/.test(timestamp)) return 'refused';
  const sentMs = timestamp.length === 10 ? Number(timestamp) * 1000 : Number(timestamp);
  if (Math.abs(nowMs - sentMs) <= source.freshnessMs) return 'fresh';
  // A vendor may resend after an outage without signing anew.
  return source.staleTimestamps === 'accept' ? 'stale' : 'refused';
}

import type { Source } from '@sluice/sources/source';

/**
 * How a signed timestamp stands to now, by the source's window and policy.
 * @param timestamp epoch seconds (10 digits) or ms (13 digits)
 * @param form which of them the vendor sends; others are refused, because the parts of a signature are joined
 *   without a separator, and what is cut off one could be put before the next
 */
export function judgeTimestamp(
  timestamp: string,
  form: RegExp,
  source: Source,
  nowMs: number,
): 'fresh' | 'stale' | 'refused' {
  if (!form.test(timestamp)) return 'refused';
  const sentMs = timestamp.length === 10 ? Number(timestamp) * 1000 : Number(timestamp);
  if (Math.abs(nowMs - sentMs) <= source.freshnessMs) return 'fresh';
  // A vendor may resend after an outage without signing anew.
  return source.staleTimestamps === 'accept' ? 'stale' : 'refused';
}

import type { Source } from '@sluice/sources/source';
import type { Freshness } from './receiving.ts';

/** How far the vendor's clock may be ahead of ours, in ms. */
const aheadMs = 300_000;

/**
 * How a signed timestamp stands to now, by the source's window; `malformed` if it has not the form.
 * @param timestamp epoch seconds (10 digits) or ms (13 digits)
 * @param form which of them the vendor sends; others are refused, because the parts of a signature are joined
 *   without a separator, and what is cut off one could be put before the next
 */
export function checkTimestamp(
  timestamp: string,
  form: RegExp,
  source: Source,
  nowMs: number,
): Freshness | 'malformed' {
  if (!form.test(timestamp)) return 'malformed';
  const sentMs = timestamp.length === 10 ? Number(timestamp) * 1000 : Number(timestamp);
  return judgeAge(sentMs, source, nowMs);
}

/** How a signed time, epoch ms, stands to now, by the source's window. */
export function judgeAge(sentMs: number, source: Source, nowMs: number): Freshness {
  const ageMs = nowMs - sentMs;
  return ageMs <= source.freshnessMs && ageMs >= -aheadMs ? 'verified' : 'stale';
}

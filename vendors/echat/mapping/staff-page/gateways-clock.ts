import type { Fields } from '@sluice/vendor-kit/mapping/fields';
import type { MapContext, Mapping } from '@sluice/vendor-kit/mapping/mapping';
import { readWhole } from '@sluice/vendor-kit/mapping/reader';
import { readEpochMs } from '@sluice/vendor-kit/mapping/times';

/** Gateways differ by so much, in ms, and the page's own measure too. */
const aheadMs = 60_000;

/**
 * Corrects when the actions of a page occurred, where the page knew how far its clock is from the gateway's: what they
 * are compared with has the times of servers. The page's own time is `meta.vendor_sent_at` still, and the correction
 * stays an attribute.
 */
export function byGatewaysClock(mapping: Mapping): Mapping {
  return {
    ...mapping,
    map(fields, context) {
      const occurredAt = correctedTime(fields, context);
      const events = mapping.map(fields, context);
      return occurredAt === null ? events : events.map((event) => ({ ...event, occurredAt }));
    },
  };
}

/** Null where there is nothing to correct, or the result is no time, or is after the receipt. */
function correctedTime(fields: Fields, { receivedAtMs }: MapContext): number | null {
  const offset = readWhole(fields.peek('clockOffsetMs') ?? '');
  const at = readWhole(fields.peek('at') ?? '');
  if (offset === null || at === null) return null;
  const corrected = readEpochMs(String(at + offset));
  return corrected !== null && corrected <= receivedAtMs + aheadMs ? corrected : null;
}

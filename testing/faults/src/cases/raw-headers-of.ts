import { writeRawHeaders } from '@sluice/raw-event/raw-headers';
import type { PlainPush } from '@sluice/simulator/push';

/** The headers that ingress would give a raw record, for one that somebody else writes. */
export function rawHeadersOf(
  { sourceId, vendor, dataType, id }: Pick<PlainPush, 'sourceId' | 'vendor' | 'dataType' | 'id'>,
  payloadHash: string,
): Record<string, string> {
  return writeRawHeaders({
    ...{ sourceId, vendor, dataType, receivedAtMs: Date.now(), requestId: id, contentType: 'text/plain' },
    ...{ keyUsed: 'none', signed: true, encrypted: false, payloadHash, traceparent: '' },
  });
}

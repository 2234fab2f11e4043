import { staffActionType } from '@sluice/raw-event/raw-headers';
import type { Decoded, Undecodable } from '@sluice/vendor-kit/receiving/receiving';

/** Who sent a batch, as far as ingress authenticated it. */
export interface PageIdentity {
  readonly pageId: string;
  /** By a ticket; null when there was none, or it did not say. */
  readonly staffId: string | null;
}

/**
 * The payload of a batch of staff actions: `{"page":…,"staff":…,"batch":…}`, the body being the batch, byte for byte.
 * What the gateway vouches for stands outside of what the page wrote.
 * @param page null for a batch that was kept without it
 */
export function decodeStaffBatch(body: Buffer, page: PageIdentity | null): Decoded {
  const decoded = {
    payload: null,
    dataType: staffActionType,
    keyUsed: 'none',
    undecodable: [],
    warnings: [],
  } satisfies Decoded;
  const undecodable = (reason: Undecodable['reason'], detail: string): Decoded => ({
    ...decoded,
    undecodable: [{ payload: body, reason, detail }],
  });
  if (body.length === 0) return undecodable('EMPTY', 'The body is empty.');
  // Only what is whole by itself may be within another document.
  if (!isJson(body)) return undecodable('NOT_JSON', 'The body is not JSON.');
  const members = [
    page === null ? [] : [`"page":${JSON.stringify(page.pageId)}`],
    typeof page?.staffId === 'string' ? [`"staff":${JSON.stringify(page.staffId)}`] : [],
    ['"batch":'],
  ];
  const head = `{${members.flat().join(',')}`;
  return { ...decoded, payload: Buffer.concat([Buffer.from(head), body, Buffer.from('}')]) };
}

function isJson(body: Buffer): boolean {
  try {
    JSON.parse(body.toString('utf8'));
    return true;
  } catch {
    return false;
  }
}

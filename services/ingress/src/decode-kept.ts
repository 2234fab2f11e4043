import { staffActionType } from '@sluice/raw-event/raw-headers';
import type { Source } from '@sluice/sources/source';
import type { Decoded } from '@sluice/vendor-kit/receiving/receiving';
import { receivingOf, type Receivers } from '@sluice/vendor-kit/vendor';
import { decodeStaffBatch } from './staff/decode.ts';

/**
 * Decodes the body of a kept push again, by the code that decodes a push.
 * @param dataType as the head of the push named it, for vendors that name it there
 */
export function decodeKept(body: Buffer, dataType: string, source: Source, vendors: Receivers): Decoded {
  // Which page sent it is not kept with a batch that could not be read.
  if (dataType === staffActionType) return decodeStaffBatch(body, null);
  return receivingOf(source, vendors).decode(body, { query: { dataType }, header: () => undefined }, source);
}

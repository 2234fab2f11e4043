import { staffActionType } from '@sluice/raw-event/raw-headers';
import type { Source } from '@sluice/sources/source';
import type { Opened } from '@sluice/vendor-kit/receiving/receiving';
import { receivingOf, type Receivers } from '@sluice/vendor-kit/vendor';
import { openStaffBatch } from './staff/open.ts';

/**
 * Opens a body that was kept: the code that opens a push, for whoever tries it again.
 * @param dataType as the head of the push named it, for vendors that name it there
 */
export function openKept(body: Buffer, dataType: string, source: Source, vendors: Receivers): Opened {
  // Which page sent it is not kept with a batch that could not be read.
  if (dataType === staffActionType) return openStaffBatch(body, null);
  return receivingOf(source, vendors).open(body, { query: { dataType }, header: () => undefined }, source);
}

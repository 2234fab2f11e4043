import { staffActionType } from '@sluice/raw-event/raw-headers';
import type { Source } from '@sluice/sources/source';
import { echat } from './echat/echat.ts';
import { sobot } from './sobot/sobot.ts';
import { openStaffBatch } from './staff/open.ts';
import type { Opened } from './vendor.ts';

/**
 * Opens a body that was kept: the code that opens a push, for whoever tries it again.
 * @param dataType as the push named it: Echat says it in the query, Sobot in the body
 */
export function openKept(body: Buffer, dataType: string, source: Source): Opened {
  // Which page sent it is not kept with a batch that could not be read.
  if (dataType === staffActionType) return openStaffBatch(body, null);
  const head = { query: { dataType }, header: () => undefined };
  return source.vendor === 'echat' ? echat.open(body, head, source) : sobot.open(body, head, source);
}

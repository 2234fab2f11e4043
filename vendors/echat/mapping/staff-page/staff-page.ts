import { staffActionType } from '@sluice/raw-event/raw-headers';
import { epochTime } from '@sluice/vendor-kit/mapping/reader';
import { payloadMapping } from '@sluice/vendor-kit/mapping/mapping';
import { byGatewaysClock } from './gateways-clock.ts';
import { parseStaffPage } from './parse.ts';
import { staffAction } from './staff-action.ts';

/** Pages that a company embeds in Echat's workbench: what staff do there comes in batches, by way of ingress. */
export const staffPages = payloadMapping({
  parse: parseStaffPage,
  recognize: (_fields, declared) => declared,
  // By the clock of the browser.
  meta: { vendor_sent_at: epochTime('at') },
  mappings: new Map([[staffActionType, byGatewaysClock(staffAction)]]),
  other: (_fields, dataType) => ({
    topic: 'other.v1',
    role: 'record',
    type: `staff-page.${dataType}`,
    entityKey: '',
    occurredAt: null,
    fields: {},
  }),
});

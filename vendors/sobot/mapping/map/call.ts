import { coded } from '@sluice/vendor-kit/mapping/codes';
import { eventMapping } from '@sluice/vendor-kit/mapping/mapping';
import { anyTime, text } from '@sluice/vendor-kit/mapping/reader';
import { directions } from '../codes.ts';

/** calllog (通话记录): the page names the type alone; the fields are those of an older page's sample. */
export const calllog = eventMapping({
  topic: 'call.v1',
  role: 'call',
  type: 'call.recorded',
  key: (event) => event.call_id,
  at: (event) => event.started_at ?? event.ended_at,
  fields: {
    call_id: text('callId', 'callid'),
    company_id: text('companyId', 'companyid'),
    staff_id: text('staffId'),
    staff_account: text('staffEmail'),
    staff_name: text('staffName'),
    customer_phone: text('customerPhoneNo'),
    ...coded('direction', 'direction', directions),
    started_at: anyTime('startTime'),
    ended_at: anyTime('endTime'),
    recording_url: text('recordURL'),
  },
});

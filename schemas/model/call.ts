import { coded, enumeration, text, time } from './avro.ts';
import { eventRecord } from './meta.ts';
import { companyId, staffFields } from './parts.ts';

const direction = enumeration('CallDirection', 'INBOUND', 'OUTBOUND');

export const call = eventRecord(
  'Call',
  'A telephone call. The vendor documents few of its fields: look into attributes.',
  [
    text('call_id', 'Sobot callId or callid, where it is sent.'),
    companyId,
    ...staffFields('Sobot staffId, where it is sent.', 'Sobot staffEmail.', 'Sobot staffName.'),
    text('customer_phone', 'Sobot customerPhoneNo.'),
    ...coded('direction', direction, 'Who called.', 'Sobot direction'),
    time('started_at', 'UTC. Sobot startTime, as epoch ms or clock time.'),
    time('ended_at', 'UTC. Sobot endTime, as epoch ms or clock time.'),
    text('recording_url', 'Sobot recordURL.'),
  ],
);

import { text, time } from './avro.ts';
import { eventRecord } from './meta.ts';
import { companyId, conversationIdFields, staffFields } from './parts.ts';

export const ticket = eventRecord(
  'Ticket',
  "A ticket. The vendor does not document its push: the fields are named as in the vendor's ticket interface, and everything else is in attributes.",
  [
    text('ticket_id', 'Sobot ticketid.'),
    companyId,
    ...conversationIdFields,
    text('contact_id', 'Sobot userid.'),
    text('number', 'The number that people see. Sobot ticket_code.'),
    text('title', 'Sobot ticket_title.'),
    text('content', 'May hold HTML. Sobot ticket_content.'),
    text('status_code', 'Sobot ticket_status.'),
    text('level_code', 'Sobot ticket_level.'),
    ...staffFields(
      'Who works on it. Sobot deal_agentid.',
      'Not sent by a vendor yet.',
      'Sobot deal_agent_name.',
    ),
    text('department_id', 'Sobot deal_groupid.'),
    text('department_name', 'Sobot deal_group_name.'),
    time('created_at', 'UTC. Sobot create_time, as epoch ms or clock time.'),
    time('updated_at', 'UTC. Sobot update_time, as epoch ms or clock time.'),
  ],
);

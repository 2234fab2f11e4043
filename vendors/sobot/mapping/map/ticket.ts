import { eventMapping } from '@sluice/vendor-kit/mapping/mapping';
import { anyTime, text } from '@sluice/vendor-kit/mapping/reader';

/**
 * ticket (工单消息): the page names the type alone; the fields are named as in the vendor's ticket interface
 * (developer.zhichi.com, 工单 API).
 */
export const ticket = eventMapping({
  topic: 'ticket.v1',
  role: 'ticket',
  type: 'ticket.recorded',
  key: (event) => event.ticket_id,
  at: (event) => event.updated_at ?? event.created_at,
  fields: {
    ticket_id: text('ticketid'),
    company_id: text('companyid'),
    conversation_id: text('cid'),
    contact_id: text('userid'),
    number: text('ticket_code'),
    title: text('ticket_title'),
    content: text('ticket_content'),
    status_code: text('ticket_status'),
    level_code: text('ticket_level'),
    staff_id: text('deal_agentid'),
    staff_name: text('deal_agent_name'),
    department_id: text('deal_groupid'),
    department_name: text('deal_group_name'),
    created_at: anyTime('create_time'),
    updated_at: anyTime('update_time'),
  },
});

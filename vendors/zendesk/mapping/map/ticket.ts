import { eventMapping, type Mapping } from '@sluice/vendor-kit/mapping/mapping';
import { text } from '@sluice/vendor-kit/mapping/reader';
import { isoTime } from '../iso-time.ts';

/** What changed, and what it was: no field of the model says that, so `event` stays in the attributes. */
const actions = [
  'created',
  'agent_assignment_changed',
  'brand_changed',
  'custom_field_changed',
  'custom_status_changed',
  'description_changed',
  'external_id_changed',
  'form_changed',
  'group_assignment_changed',
  'marked_as_spam',
  'merged',
  'organization_changed',
  'permanently_deleted',
  'priority_changed',
  'problem_link_changed',
  'requester_changed',
  'soft_deleted',
  'status_changed',
  'subject_changed',
  'submitter_changed',
  'tags_changed',
  'type_changed',
  'undeleted',
] as const;

/** Each event says what the ticket is since: the same fields, under an event type of its own. */
const ticketMapping = (action: string): Mapping =>
  eventMapping({
    topic: 'ticket.v1',
    role: 'ticket',
    type: `ticket.${action.replaceAll('_', '-')}`,
    key: (event) => event.ticket_id,
    fields: {
      ticket_id: text('detail.id'),
      company_id: text('account_id'),
      contact_id: text('detail.requester_id'),
      title: text('detail.subject'),
      content: text('detail.description'),
      status_code: text('detail.status'),
      level_code: text('detail.priority'),
      staff_id: text('detail.assignee_id'),
      department_id: text('detail.group_id'),
      created_at: isoTime('detail.created_at'),
      updated_at: isoTime('detail.updated_at'),
    },
  });

export const tickets = actions.map((action) => [`ticket.${action}`, ticketMapping(action)] as const);

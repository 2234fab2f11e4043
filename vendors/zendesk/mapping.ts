import { codeTablesIn } from '@sluice/vendor-kit/mapping/codes';
import type { Fields } from '@sluice/vendor-kit/mapping/fields';
import {
  payloadMapping,
  type MappedEvent,
  type Mapping,
  type VendorMapping,
} from '@sluice/vendor-kit/mapping/mapping';
import { text } from '@sluice/vendor-kit/mapping/reader';
import { dataTypeOf } from './data-type.ts';
import * as codes from './mapping/codes.ts';
import { isoTime } from './mapping/iso-time.ts';
import { agentState } from './mapping/map/availability.ts';
import { users } from './mapping/map/contact.ts';
import { chatMessage, comment } from './mapping/map/message.ts';
import { tickets } from './mapping/map/ticket.ts';
import { parseZendesk } from './mapping/parse.ts';
import type { ZendeskSource } from './settings.ts';

/** Documented, and nothing of the model: an event of `other.v1`, which is no unknown one. */
const noTopic: Mapping = { origins: [], map: () => [] };

/** The event types that the vendor's pages list. */
const mappings = new Map<string, Mapping>([
  ...tickets,
  ['ticket.comment_added', comment],
  ['messaging_ticket.message_added', chatMessage],
  ['agent.unified_state_changed', agentState],
  // The state on one channel, which says nothing of the others.
  ['agent.state_changed', noTopic],
  ['agent.work_item_added', noTopic],
  ['agent.work_item_updated', noTopic],
  ['agent.work_item_removed', noTopic],
  ...users,
]);

const entityPaths = ['detail.id', 'detail.agent_id', 'subject'];

function other(fields: Fields, dataType: string): MappedEvent {
  const entityPath = entityPaths.find((path) => fields.has(path));
  return {
    topic: 'other.v1',
    role: 'record',
    type: `zendesk.${dataType || 'unnamed'}`,
    entityKey: entityPath === undefined ? '' : (fields.peek(entityPath) ?? ''),
    occurredAt: null,
    fields: {},
  };
}

/** The account of an event that its source does not list; null where it lists none, or the event says none. */
function unlistedIdOf(fields: Fields, { settings }: ZendeskSource): string | null {
  const id = (fields.peek('account_id') ?? '').trim();
  if (id === '' || settings.accountIds.length === 0 || settings.accountIds.includes(id)) return null;
  return id.replaceAll(/[^\w-]/g, '?').slice(0, 64);
}

const pushes = payloadMapping<ZendeskSource['settings']>({
  parse: parseZendesk,
  recognize: (fields, declared) => dataTypeOf(fields.peek('type') ?? '') ?? declared,
  meta: { vendor_message_id: text('id'), vendor_sent_at: isoTime('time') },
  mappings,
  other,
  unlistedIdOf,
});

export const mapping: VendorMapping<ZendeskSource['settings']> = {
  version: 1,
  pushes,
  staffPages: null,
  repairs: {},
  codes: codeTablesIn(codes),
};

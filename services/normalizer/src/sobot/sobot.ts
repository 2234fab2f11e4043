import type { Fields } from '../fields.ts';
import type { MappedEvent, Mapping, VendorMapping } from '../mapping.ts';
import { readEpochMs } from '../times.ts';
import { calllog } from './map/call.ts';
import { user, userinfo } from './map/contact.ts';
import { conversation } from './map/conversation.ts';
import { evaluation } from './map/evaluation.ts';
import { message } from './map/message.ts';
import { summary } from './map/summary.ts';
import { ticket } from './map/ticket.ts';
import { parseSobot } from './parse.ts';

/** The six data types of the vendor's page, in its order, and the two that it only names. */
const mappings = new Map<string, Mapping>([
  ['conversation', conversation],
  ['evaluation', evaluation],
  ['user', user],
  ['userinfo', userinfo],
  ['msg', message],
  ['summary', summary],
  ['ticket', ticket],
  ['calllog', calllog],
]);

const entityPaths = ['cid', 'userid', 'visitorid', 'ticketid', 'staffid'];
const timePaths = ['update_time', 'date_time', 'timems', 'start_time', 'startTime'];

function other(fields: Fields, dataType: string): MappedEvent {
  const entityPath = entityPaths.find((path) => fields.has(path));
  const times = timePaths.map((path) => readEpochMs(fields.peek(path) ?? ''));
  return {
    topic: 'other.v1',
    role: 'record',
    type: `sobot.${dataType || 'unnamed'}`,
    entityKey: entityPath === undefined ? '' : (fields.peek(entityPath) ?? ''),
    occurredAt: times.find((time) => time !== null) ?? null,
    fields: {},
  };
}

/** Sobot 智齿: an envelope of up to 20 records of one type. */
export const sobot: VendorMapping = {
  parse: parseSobot,
  // The type stands in the envelope, beside the records: nothing contradicts it.
  recognize: (_fields, declared) => declared,
  meta: {},
  mappings,
  other,
};

import type { Fields } from '../fields.ts';
import type { MapContext, MappedEvent, Mapper, VendorMapping } from '../mapping.ts';
import { readEpochMs } from '../times.ts';
import { mapConversation } from './map/conversation.ts';
import { mapEvaluation } from './map/evaluation.ts';
import { mapMessage } from './map/message.ts';
import { parseSobot } from './parse.ts';

/** Types that the page names and that have no mapper; anything else is counted as unknown. */
const documented = new Set(['user', 'userinfo', 'summary', 'ticket', 'calllog']);
const entityPaths = ['cid', 'userid', 'visitorid', 'ticketid', 'staffid'];
const timePaths = ['update_time', 'date_time', 'timems', 'start_time', 'startTime'];

function mapOther(fields: Fields, context: MapContext, dataType: string): [MappedEvent] {
  if (!documented.has(dataType)) context.unknown('data-type');
  const entityPath = entityPaths.find((path) => fields.peek(path) !== null);
  const times = timePaths.map((path) => readEpochMs(fields.peek(path) ?? ''));
  return [
    {
      topic: 'other.v1',
      role: 'record',
      type: `sobot.${dataType || 'unnamed'}`,
      entityKey: entityPath === undefined ? '' : (fields.peek(entityPath) ?? ''),
      occurredAt: times.find((time) => time !== null) ?? null,
      fields: {},
    },
  ];
}

const mappers = new Map<string, Mapper>([
  ['conversation', mapConversation],
  ['msg', mapMessage],
  ['evaluation', mapEvaluation],
]);

/** Sobot 智齿: an envelope of up to 20 records of one type. */
export const sobot: VendorMapping = { parse: parseSobot, mappers, other: mapOther };

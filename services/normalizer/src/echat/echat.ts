import type { Fields } from '../fields.ts';
import type { MapContext, MappedEvent, Mapper, VendorMapping } from '../mapping.ts';
import { mapChatContent, mapLeaveMsgContent, mapRobotChatContent } from './map/chat-content.ts';
import { mapChatEnd } from './map/chat-end.ts';
import { mapChatScore } from './map/chat-score.ts';
import { mapChatStart } from './map/chat-start.ts';
import { madeAt } from './occurred-at.ts';
import { parseEchat } from './parse.ts';

/** What an event without a mapper is about: the first of these that it has. */
const entityPaths = [
  'chatData.chatRecordId',
  'chatRecordId',
  'transferData.chatRecordId',
  'visitorId',
  'crmData.visitorId',
  'visitorData.visitorId',
  'trackData.trackRecordId',
  'trackRecordId',
  'staffId',
  'skillId',
  'routeId',
];

/** Data types of the page that have no mapper; anything else is counted as unknown. */
const documented = new Set([
  'companyStatus',
  'skillStatus',
  'staffStatus',
  'routeStatus',
  'leaveMsgOwner',
  'chatAnswer',
  'chatTransfer',
  'chatSubject',
  'crmStatus',
  'visitorEnter',
  'keywordReturn',
  'visitorOut',
  'visitorTrackPage',
]);

function mapOther(fields: Fields, context: MapContext, dataType: string): [MappedEvent] {
  if (!documented.has(dataType)) context.unknown('data-type');
  const entityPath = entityPaths.find((path) => fields.peek(path) !== null);
  return [
    {
      topic: 'other.v1',
      role: 'record',
      type: `echat.${dataType || 'unnamed'}`,
      entityKey: entityPath === undefined ? '' : (fields.peek(entityPath) ?? ''),
      occurredAt: madeAt(fields),
      fields: {},
    },
  ];
}

const mappers = new Map<string, Mapper>([
  ['chatStart', mapChatStart],
  ['robotChatStart', mapChatStart],
  ['chatEnd', mapChatEnd],
  ['robotChatEnd', mapChatEnd],
  ['chatContent', mapChatContent],
  ['robotChatContent', mapRobotChatContent],
  ['leaveMsgContent', mapLeaveMsgContent],
  ['chatScore', mapChatScore],
]);

/** Echat 一洽: one XML document is one record. */
export const echat: VendorMapping = { parse: parseEchat, mappers, other: mapOther };

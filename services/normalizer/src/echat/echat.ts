import type { Fields } from '../fields.ts';
import { all, type MappedEvent, type Mapping, type VendorMapping } from '../mapping.ts';
import { contactOwner, leaveMsgOwner } from './map/assignment.ts';
import { companyStatus, routeStatus, skillStatus, staffStatus } from './map/availability.ts';
import { contactChanged } from './map/contact.ts';
import { chatAnswer, chatEnd, chatStart, chatTransfer } from './map/conversation.ts';
import { chatScore } from './map/rating.ts';
import { chatContent, leaveMsgContent, robotChatContent } from './map/transcript.ts';
import { keywordReturn, visitorEnter, visitorOut, visitorTrackPage } from './map/visit.ts';
import { chatSubject } from './map/wrap-up.ts';
import { parseEchat } from './parse.ts';
import { echatMeta } from './parts.ts';
import { recognizeEchat } from './recognize.ts';

/** Every data type of the vendor's page, in its order; robotChatContent is seen in the field. */
const mappings = new Map<string, Mapping>([
  ['companyStatus', companyStatus],
  ['skillStatus', skillStatus],
  ['staffStatus', staffStatus],
  ['routeStatus', routeStatus],
  ['leaveMsgOwner', leaveMsgOwner],
  ['chatStart', chatStart],
  ['robotChatStart', chatStart],
  ['chatEnd', chatEnd],
  ['robotChatEnd', chatEnd],
  ['chatAnswer', chatAnswer],
  ['chatTransfer', chatTransfer],
  ['chatContent', chatContent],
  ['robotChatContent', robotChatContent],
  ['leaveMsgContent', leaveMsgContent],
  ['chatSubject', chatSubject],
  ['chatScore', chatScore],
  ['crmStatus', all(contactChanged, contactOwner)],
  ['visitorEnter', visitorEnter],
  ['keywordReturn', keywordReturn],
  ['visitorOut', visitorOut],
  ['visitorTrackPage', visitorTrackPage],
]);

/** What an event without a mapping is about: the first of these that it has. */
const entityPaths = [
  'chatData.chatRecordId',
  'chatRecordId',
  'visitorId',
  'crmData.visitorId',
  'visitorData.visitorId',
  'trackData.trackRecordId',
  'trackRecordId',
  'staffId',
  'skillId',
  'routeId',
];

function other(fields: Fields, dataType: string): MappedEvent {
  const entityPath = entityPaths.find((path) => fields.has(path));
  return {
    topic: 'other.v1',
    role: 'record',
    type: `echat.${dataType || 'unnamed'}`,
    entityKey: entityPath === undefined ? '' : (fields.peek(entityPath) ?? ''),
    occurredAt: null,
    fields: {},
  };
}

/** Echat 一洽: one XML document is one record. */
export const echat: VendorMapping = {
  parse: parseEchat,
  recognize: recognizeEchat,
  meta: echatMeta,
  mappings,
  other,
};

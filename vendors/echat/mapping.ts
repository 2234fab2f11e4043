import type { Fields } from '@sluice/vendor-kit/mapping/fields';
import {
  combineMappings,
  payloadMapping,
  type MappedEvent,
  type Mapping,
  type VendorMapping,
} from '@sluice/vendor-kit/mapping/mapping';
import { codeTablesIn } from '@sluice/vendor-kit/mapping/codes';
import { contactOwner, leaveMsgOwner } from './mapping/map/assignment.ts';
import { companyStatus, routeStatus, skillStatus, staffStatus } from './mapping/map/availability.ts';
import { contactChanged } from './mapping/map/contact.ts';
import { chatAnswer, chatEnd, chatStart, chatTransfer } from './mapping/map/conversation.ts';
import { chatScore } from './mapping/map/rating.ts';
import { chatContent, leaveMsgContent, robotChatContent } from './mapping/map/transcript.ts';
import { keywordReturn, visitorEnter, visitorOut, visitorTrackPage } from './mapping/map/visit.ts';
import { chatSubject } from './mapping/map/wrap-up.ts';
import * as codes from './mapping/codes.ts';
import { parseEchat } from './mapping/parse.ts';
import { echatMeta } from './mapping/parts.ts';
import { recognizeEchat } from './mapping/recognize.ts';
import { xmlRepairs } from './mapping/repairs/repairs.ts';
import { staffPages } from './mapping/staff-page/staff-page.ts';
import type { EchatSource } from './settings.ts';

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
  ['crmStatus', combineMappings(contactChanged, contactOwner)],
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

/** One XML document is one record. */
const pushes = payloadMapping<EchatSource['settings']>({
  parse: parseEchat,
  recognize: recognizeEchat,
  meta: echatMeta,
  mappings,
  other,
});

export const mapping: VendorMapping<EchatSource['settings']> = {
  version: 3,
  pushes,
  staffPages,
  repairs: xmlRepairs,
  codes: codeTablesIn(codes),
};

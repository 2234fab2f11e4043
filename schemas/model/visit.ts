import { coded, count, duration, enumeration, list, part, symbol, text, time } from './avro.ts';
import { channel } from './enums.ts';
import { eventRecord } from './meta.ts';
import {
  browser,
  customFields,
  departmentFields,
  member,
  page,
  route,
  search,
  visitor,
  visitorIdFields,
} from './parts.ts';

const phase = enumeration('VisitPhase', 'ENTERED', 'KEYWORD_FOUND', 'LEFT');

export const visit = eventRecord(
  'Visit',
  'A visitor entered or left the site, or what they had searched became known.',
  [
    text('visit_id', 'Echat trackRecordId.'),
    symbol('phase', phase, 'Which step of the visit. KEYWORD_FOUND: only visit_id and search are sent.'),
    count('visit_number', 'Which visit of this visitor it is. Echat trackData visitTimes.'),
    ...visitorIdFields,
    text('visitor_name', 'Echat visitorName.'),
    text('visitor_ip', 'As sent. Echat visitorIp.'),
    text('partner_id', "The customer's own id of the visitor. Echat metaData uid."),
    ...coded('channel', channel, 'Where the visitor is.', 'Echat visitorMedia'),
    part('visitor', visitor, 'What else is known of the visitor. Echat visitorData.'),
    part('member', member, "The visitor as a member of the customer's own system. Echat metaData."),
    part('browser', browser, 'What the visitor uses. Echat visitorData.'),
    part('search', search, 'How the visitor found the site. Echat visitorData and keywordReturn.'),
    part('landing_page', page, 'The first page of the visit. Echat firstPage.'),
    text('route_id', 'Echat routeId; -1, -2, -3 are the default routes of web, WeChat and SDK.'),
    text('route_name', 'Echat routeName.'),
    part(
      'route',
      route,
      'What else is known of the route. Echat routeData; in visitorOut routeStatus alone.',
    ),
    ...departmentFields,
    time('entered_at', 'When the visit began, UTC. Echat visitorEnterTime.'),
    time('left_at', 'When it ended, UTC. Echat visitorOutTime.'),
    ...duration('total', 'How long pages were looked at. Echat visitTotalTime.'),
    count('page_count', 'Pages looked at. Echat visitPageCount.'),
    list(
      'conversation_ids',
      'string',
      'Conversations of the visit, by human, robot or left message. Echat chatRecordId, split at commas.',
    ),
    text('conversation_ids_sent', 'As sent. Echat chatRecordId.'),
    list(
      'abandoned_request_ids',
      'string',
      'Clicks that led to no conversation; no conversation ids. Echat giveupRecordId, split at commas.',
    ),
    text('abandoned_request_ids_sent', 'As sent. Echat giveupRecordId.'),
    text('custom_data', "The customer's own data, as sent. Echat myData."),
    customFields('The pairs of custom_data, where it is a query string. Echat myData.'),
  ],
);

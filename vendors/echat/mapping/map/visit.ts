import type { Page, Route } from '@sluice/schemas/schemas';
import { coded } from '@sluice/vendor-kit/mapping/codes';
import { customFields, queryFields } from '@sluice/vendor-kit/mapping/custom-fields';
import { eventMapping, listMapping } from '@sluice/vendor-kit/mapping/mapping';
import { clockTime, constant, count, part, split, text } from '@sluice/vendor-kit/mapping/reader';
import { serviceStates } from '../codes.ts';
import { department, firstId, search, visitParts } from '../parts.ts';
import { duration } from '../duration.ts';

/** visitorEnter (访客进入), section 3.4.1. */
export const visitorEnter = eventMapping({
  topic: 'visit.v1',
  role: 'visit',
  type: 'visit.entered',
  key: (event) => firstId(event.visit_id, event.visitor_id),
  at: (event) => event.entered_at,
  fields: {
    visit_id: text('trackData.trackRecordId'),
    phase: constant('ENTERED'),
    visit_number: count('trackData.visitTimes'),
    ...visitParts,
    ...department('routeData.'),
    entered_at: clockTime('visitorData.visitorEnterTime'),
    custom_fields: customFields(queryFields('myData')),
  },
});

/** keywordReturn (关键字数据), section 3.4.1.1: what was searched for became known later. */
export const keywordReturn = eventMapping({
  topic: 'visit.v1',
  role: 'visit',
  type: 'visit.keyword-found',
  key: (event) => event.visit_id,
  fields: {
    visit_id: text('trackRecordId'),
    phase: constant('KEYWORD_FOUND'),
    search: part(search('')),
  },
});

/** visitorOut (访客离开), section 3.4.2. */
export const visitorOut = eventMapping({
  topic: 'visit.v1',
  role: 'visit',
  type: 'visit.left',
  key: (event) => event.visit_id,
  at: (event) => event.left_at,
  fields: {
    visit_id: text('trackData.trackRecordId'),
    phase: constant('LEFT'),
    left_at: clockTime('trackData.visitorOutTime'),
    ...duration('total', 'trackData.visitTotalTime', 'visitorOut.visitTotalTime'),
    page_count: count('trackData.visitPageCount'),
    conversation_ids: split('trackData.chatRecordId'),
    conversation_ids_sent: text('trackData.chatRecordId'),
    abandoned_request_ids: split('trackData.giveupRecordId'),
    abandoned_request_ids_sent: text('trackData.giveupRecordId'),
    route: part<Route>(coded('status', 'routeStatus', serviceStates)),
  },
});

/** visitorTrackPage (轨迹数据), section 3.4.3: an event for each page. */
export const visitorTrackPage = listMapping({
  topic: 'page-view.v1',
  role: 'page',
  type: 'page-view.seen',
  key: (event) => event.visit_id,
  at: (event) => event.viewed_at,
  common: { visit_id: text('trackData.trackRecordId') },
  list: 'trackData.visitPageDatas.pageData',
  ordinal: (ordinal) => ({ ordinal }),
  fields: {
    viewed_at: clockTime('visitTime'),
    page: part<Page>({ url: text('pageUrl'), title: text('pageTitle'), alias: text('pageUrlAlias') }),
  },
});

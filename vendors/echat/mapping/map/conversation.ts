import type { StaffShare } from '@sluice/schemas/schemas';
import { coded, symbol } from '@sluice/vendor-kit/mapping/codes';
import { customFields, queryFields } from '@sluice/vendor-kit/mapping/custom-fields';
import { eventMapping } from '@sluice/vendor-kit/mapping/mapping';
import { clockTime, constant, count, flag, listOf, text } from '@sluice/vendor-kit/mapping/reader';
import { conversationKinds, endReasons, kindsOfStatus, openings } from '../codes.ts';
import { conversationId, department, staff, visitParts } from '../parts.ts';
import { duration } from '../duration.ts';

/** Where the kind is not said by chatType, chatStatus says it; its code is kept once, as status_code. */
const kind = {
  kind: symbol(
    { path: 'chatData.chatType', table: conversationKinds },
    { path: 'chatStatus', table: kindsOfStatus },
  ),
  kind_code: text('chatData.chatType'),
  status_code: text('chatStatus'),
};

/** chatStart and robotChatStart (对话开始), section 3.2.1: a conversation began. */
export const chatStart = eventMapping({
  topic: 'conversation.v1',
  role: 'conversation',
  type: 'conversation.started',
  key: (event) => event.conversation_id,
  at: (event) => event.requested_at,
  fields: {
    ...conversationId('chatData.chatRecordId'),
    phase: constant('STARTED'),
    ...kind,
    ...coded('opening', 'chatData.chatEvent', openings),
    entrance: text('chatData.chatEntrance'),
    ...visitParts,
    ...staff('chatData.chatStaff'),
    staff_role_name: text('chatData.chatStaffRole'),
    ...department('routeData.'),
    requested_at: clockTime('chatData.chatRequestTime'),
    answered_at: clockTime('chatData.chatAnswerTime'),
    page_url: text('chatData.chatPage'),
    page_title: text('chatData.chatPageTitle'),
    custom_fields: customFields(queryFields('myData')),
  },
});

/** chatAnswer (对话接通), section 3.2.3: a conversation that waited was answered. */
export const chatAnswer = eventMapping({
  topic: 'conversation.v1',
  role: 'conversation',
  type: 'conversation.answered',
  key: (event) => event.conversation_id,
  at: (event) => event.answered_at,
  fields: {
    ...conversationId('chatData.chatRecordId'),
    phase: constant('ANSWERED'),
    ...kind,
    ...staff('chatData.chatStaff'),
    staff_role_name: text('chatData.chatStaffRole'),
    ...department('chatData.'),
    answered_at: clockTime('chatData.chatAnswerTime'),
    ...duration('wait', 'chatData.chatWaitTime', 'chatAnswer.chatWaitTime'),
  },
});

/** chatTransfer (对话转接), section 3.2.4: another agent took it over. */
export const chatTransfer = eventMapping({
  topic: 'conversation.v1',
  role: 'conversation',
  type: 'conversation.transferred',
  key: (event) => event.conversation_id,
  at: (event) => event.transferred_at,
  fields: {
    ...conversationId('transferData.chatRecordId'),
    phase: constant('TRANSFERRED'),
    transferred_at: clockTime('transferData.transferTime'),
    from_staff_id: text('transferData.fromStaffId'),
    from_staff_account: text('transferData.fromStaffLogname'),
    from_staff_name: text('transferData.fromStaffName'),
    to_staff_id: text('transferData.toStaffId'),
    to_staff_account: text('transferData.toStaffLogname'),
    to_staff_name: text('transferData.toStaffName'),
  },
});

const staffShares = listOf<StaffShare>('staffKpis.staffKpi', {
  ...staff('staff'),
  ...duration('first_response', 'firstAnswerTime', 'staffKpi.firstAnswerTime'),
  ...duration('average_response', 'avgAnswerTime', 'staffKpi.avgAnswerTime'),
  ...duration('handle', 'duration', 'staffKpi.duration'),
  visitor_message_count: count('visitorSendMsg'),
  staff_message_count: count('staffSendMsg'),
});

/** chatEnd and robotChatEnd (对话结束), section 3.2.2: a conversation ended. */
export const chatEnd = eventMapping({
  topic: 'conversation.v1',
  role: 'conversation',
  type: 'conversation.ended',
  key: (event) => event.conversation_id,
  at: (event) => event.ended_at,
  fields: {
    ...conversationId('chatData.chatRecordId'),
    phase: constant('ENDED'),
    ...kind,
    ended_at: clockTime('chatData.chatEndTime'),
    ...coded('end_reason', 'chatData.chatEndType', endReasons),
    ...duration('total', 'chatData.chatTotalTime', 'chatEnd.chatTotalTime'),
    ...duration('wait', 'chatData.chatWaitTime', 'chatEnd.chatWaitTime'),
    ...duration('first_response', 'chatData.firstAnswerTime', 'chatEnd.firstAnswerTime'),
    ...duration('average_response', 'chatData.avgAnswerTime', 'chatEnd.avgAnswerTime'),
    visitor_message_count: count('chatData.visitorSendMsg'),
    staff_message_count: count('chatData.staffSendMsg'),
    perfect_match_count: count('chatData.perfectMatchs'),
    exact_match_count: count('chatData.exactMatchs'),
    similar_match_count: count('chatData.similarityMatchs'),
    miss_count: count('chatData.misMatchCount'),
    solved_count: count('chatData.solvedCount'),
    unsolved_count: count('chatData.unsolvedCount'),
    rating_invited: flag('chatData.activelyInviteEvaluating'),
    staff_shares: staffShares,
  },
});

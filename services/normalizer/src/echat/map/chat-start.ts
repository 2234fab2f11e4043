import { readCode } from '../../codes.ts';
import type { Mapper } from '../../mapping.ts';
import { readClockTime } from '../../times.ts';
import { readConversationId } from '../conversation-id.ts';
import { madeAt } from '../occurred-at.ts';
import { channels, conversationKinds } from '../tables.ts';

/** chatStart and robotChatStart (对话开始), section 3.2.1: a conversation began. */
export const mapChatStart: Mapper = (fields, context) => {
  const clock = (text: string): number | null => readClockTime(text, context.utcOffsetMinutes);
  const id = readConversationId(fields, 'chatData.chatRecordId');
  const kind = readCode(fields, 'chatData.chatType', conversationKinds, context, 'conversation-kind');
  const channel = readCode(fields, 'visitorData.visitorMedia', channels, context, 'channel');
  const requestedAt = fields.convert('chatData.chatRequestTime', clock);
  return [
    {
      topic: 'conversation.v1',
      role: 'conversation',
      type: 'conversation.started',
      entityKey: id.conversation_id ?? '',
      occurredAt: requestedAt ?? madeAt(fields),
      fields: {
        ...id,
        phase: 'STARTED',
        kind: kind.symbol,
        kind_code: kind.code,
        channel: channel.symbol,
        channel_code: channel.code,
        visitor_id: fields.text('visitorData.visitorId'),
        visitor_name: fields.text('visitorData.visitorName'),
        partner_id: fields.text('metaData.uid'),
        visitor_ip: fields.text('visitorData.visitorIp'),
        staff_id: fields.text('chatData.chatStaffId'),
        staff_account: fields.text('chatData.chatStaffLogname'),
        staff_name: fields.text('chatData.chatStaffName'),
        department_id: fields.text('routeData.chatDepartmentId'),
        department_name: fields.text('routeData.chatDepartmentName'),
        route_id: fields.text('routeData.routeId'),
        route_name: fields.text('routeData.routeName'),
        requested_at: requestedAt,
        answered_at: fields.convert('chatData.chatAnswerTime', clock),
        page_url: fields.text('chatData.chatPage'),
        page_title: fields.text('chatData.chatPageTitle'),
      },
    },
  ];
};

import { readCode } from '../../codes.ts';
import type { Fields } from '../../fields.ts';
import type { Mapper } from '../../mapping.ts';
import { readClockTime } from '../../times.ts';
import { readConversationId } from '../conversation-id.ts';
import { madeAt } from '../occurred-at.ts';
import { endReasons, kindsOfStatus } from '../tables.ts';

/** chatEnd and robotChatEnd (对话结束), section 3.2.2: a conversation ended. Its durations are documented in ms. */
export const mapChatEnd: Mapper = (fields, context) => {
  const id = readConversationId(fields, 'chatData.chatRecordId');
  const kind = readCode(fields, 'chatStatus', kindsOfStatus, context, 'conversation-kind');
  const endReason = readCode(fields, 'chatData.chatEndType', endReasons, context, 'end-reason');
  const endedAt = fields.convert('chatData.chatEndTime', (text) =>
    readClockTime(text, context.utcOffsetMinutes),
  );
  const total = readMs(fields, 'chatData.chatTotalTime');
  const wait = readMs(fields, 'chatData.chatWaitTime');
  const first = readMs(fields, 'chatData.firstAnswerTime');
  const average = readMs(fields, 'chatData.avgAnswerTime');
  return [
    {
      topic: 'conversation.v1',
      role: 'conversation',
      type: 'conversation.ended',
      entityKey: id.conversation_id ?? '',
      occurredAt: endedAt ?? madeAt(fields),
      fields: {
        ...id,
        phase: 'ENDED',
        kind: kind.symbol,
        kind_code: kind.code,
        ended_at: endedAt,
        end_reason: endReason.symbol,
        end_reason_code: endReason.code,
        total_ms: total.ms,
        total_sent: total.sent,
        wait_ms: wait.ms,
        wait_sent: wait.sent,
        first_response_ms: first.ms,
        first_response_sent: first.sent,
        average_response_ms: average.ms,
        average_response_sent: average.sent,
        visitor_message_count: fields.integer('chatData.visitorSendMsg'),
        staff_message_count: fields.integer('chatData.staffSendMsg'),
      },
    },
  ];
};

function readMs(fields: Fields, path: string): { ms: number | null; sent: string | null } {
  return { ms: fields.integer(path), sent: fields.text(path) };
}

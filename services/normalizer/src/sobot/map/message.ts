import { readCode } from '../../codes.ts';
import type { Mapper } from '../../mapping.ts';
import { readEpochMs } from '../../times.ts';
import { participantRoles } from '../tables.ts';

/**
 * msg (在线聊天消息): one message, or with `revoke_flag` the withdrawal of one. A withdrawal has no msgid and
 * so does not say which message it means.
 */
export const mapMessage: Mapper = (fields, context) => {
  const revoked = fields.peek('revoke_flag')?.trim() === '1';
  const conversationId = fields.text('cid');
  const sentAt = fields.convert('timems', readEpochMs);
  const sender = readCode(fields, 'sender_type', participantRoles, context, 'participant-role');
  const receiver = readCode(fields, 'receiver_type', participantRoles, context, 'participant-role');
  return [
    {
      topic: 'message.v1',
      role: 'message',
      type: revoked ? 'message.revoked' : 'message.sent',
      entityKey: conversationId ?? '',
      occurredAt: sentAt,
      fields: {
        conversation_id: conversationId,
        message_id: fields.text('msgid'),
        kind: revoked ? 'REVOKED' : 'TEXT',
        sent_at: sentAt,
        sender_role: sender.symbol,
        sender_role_code: sender.code,
        sender_id: fields.text('senderid'),
        sender_name: fields.text('sender_name'),
        receiver_role: receiver.symbol,
        receiver_role_code: receiver.code,
        receiver_id: fields.text('receiverid'),
        receiver_name: fields.text('receiver_name'),
        text: fields.text('msg'),
        knowledge_id: fields.text('docid'),
        knowledge_title: fields.text('doc_name'),
        offline: fields.convert('msg_offline', readFlag),
      },
    },
  ];
};

function readFlag(text: string): boolean | null {
  const flag = text.trim();
  return flag === '1' ? true : flag === '0' ? false : null;
}

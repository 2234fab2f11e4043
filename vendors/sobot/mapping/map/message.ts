import type { MessageKind } from '@sluice/schemas/schemas';
import { coded } from '@sluice/vendor-kit/mapping/codes';
import { eventMapping } from '@sluice/vendor-kit/mapping/mapping';
import { epochTime, flag, readFlag, text, type Reader } from '@sluice/vendor-kit/mapping/reader';
import { participantRoles } from '../codes.ts';

const kind: Reader<MessageKind> = {
  origins: [{ path: 'revoke_flag' }],
  read: (fields) => (readFlag(fields.peek('revoke_flag') ?? '') === true ? 'REVOKED' : 'TEXT'),
};

/**
 * msg (在线聊天消息): one message, or with `revoke_flag` the withdrawal of one. A withdrawal has no msgid and
 * so does not say which message it means.
 */
export const message = eventMapping({
  topic: 'message.v1',
  role: 'message',
  type: (event) => (event.kind === 'REVOKED' ? 'message.revoked' : 'message.sent'),
  key: (event) => event.conversation_id,
  at: (event) => event.sent_at,
  fields: {
    conversation_id: text('cid'),
    company_id: text('companyid'),
    message_id: text('msgid'),
    kind,
    revoked: flag('revoke_flag'),
    sent_at: epochTime('timems'),
    sent_clock: text('format_time'),
    ...coded('sender_role', 'sender_type', participantRoles),
    sender_id: text('senderid'),
    sender_name: text('sender_name'),
    ...coded('receiver_role', 'receiver_type', participantRoles),
    receiver_id: text('receiverid'),
    receiver_name: text('receiver_name'),
    text: text('msg'),
    knowledge_id: text('docid'),
    knowledge_title: text('doc_name'),
    offline: flag('msg_offline'),
  },
});

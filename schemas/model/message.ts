import { coded, enumeration, flag, int, symbol, text, time } from './avro.ts';
import { participantRole } from './enums.ts';
import { eventRecord } from './meta.ts';
import { companyId, conversationIdFields } from './parts.ts';

const messageKind = enumeration('MessageKind', 'TEXT', 'REVOKED');

export const message = eventRecord('Message', 'One message of a conversation, or the revocation of one.', [
  ...conversationIdFields,
  companyId,
  text('message_id', 'Sobot msgid. Echat turns have none.'),
  int(
    'ordinal',
    'Place within the transcript, Echat chatContent, from 0. Null where messages come one by one.',
  ),
  symbol(
    'kind',
    messageKind,
    'REVOKED: a message was withdrawn; the vendor does not say which. Sobot revoke_flag.',
  ),
  flag('revoked', 'Sobot revoke_flag.'),
  time('sent_at', 'UTC. The time of the turn in Echat chatContent, Sobot timems.'),
  text('sent_clock', 'The same time as a clock text, as sent. Sobot format_time.'),
  ...coded(
    'sender_role',
    participantRole,
    'Who sent it. Of Echat chatContent: 访客 is the visitor, the frames are SYSTEM.',
    'Sobot sender_type',
  ),
  text('sender_id', 'As sent. Sobot senderid.'),
  text('sender_name', 'As sent. The name before the > in Echat chatContent, Sobot sender_name.'),
  flag(
    'sender_from_text',
    'True where role, name and time of the sender were read from a line of a transcript, which a participant can type as well: they are not proven. Null where the vendor sends them as fields. Echat chatContent.',
  ),
  ...coded(
    'receiver_role',
    participantRole,
    'Who it was for. NONE: an offline message without receiver.',
    'Sobot receiver_type',
  ),
  text('receiver_id', 'As sent. Sobot receiverid.'),
  text('receiver_name', 'As sent. Sobot receiver_name.'),
  text('text', 'The content as sent; may hold HTML. Sobot msg, one turn of Echat chatContent.'),
  text('knowledge_id', 'Knowledge base entry that a robot answered with. Sobot docid.'),
  text('knowledge_title', 'Its title. Sobot doc_name.'),
  flag('offline', 'Sent while nobody was there. Sobot msg_offline.'),
]);

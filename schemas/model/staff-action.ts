import { coded, count, duration, enumeration, flag, int, list, part, record, text } from './avro.ts';
import { gender } from './enums.ts';
import { eventRecord } from './meta.ts';
import { conversationIdFields, staffFields, visitorIdFields } from './parts.ts';

const action = enumeration(
  'StaffActionKind',
  'CONNECTED',
  'PARAMETER_READ',
  'VISITOR_SELECTED',
  'CARD_PUSHED',
  'TEXT_SENT',
  'IMAGE_SENT',
  'VIDEO_SENT',
  'VOICE_SENT',
  'FILE_SENT',
  'CONVERSATION_SIGNED',
  'MESSAGE_RECEIVED',
  'CONTACT_UPDATED',
);
const result = enumeration('StaffActionResult', 'DONE', 'FAILED', 'INVALID', 'UNSUPPORTED');
const messageType = enumeration('StaffMessageType', 'TEXT', 'IMAGE', 'VIDEO', 'VOICE', 'FILE');
const chatPhase = enumeration('StaffChatPhase', 'NOT_STARTED', 'STARTED', 'ENDED');

const card = record('StaffCard', 'What was pushed to the visitor.', [
  text('id', "The company's own id of the card. Staff SDK card.eventId."),
  text('title', 'Staff SDK card.title.'),
  text('content', 'HTML, as the page gave it. Staff SDK card.content.'),
  text('image_url', 'Staff SDK card.imageUrl.'),
  text('url', 'A URL, or what the vendor runs: apiUrl(…). Staff SDK card.url.'),
  text('memo', 'Staff SDK card.memo.'),
]);

const message = record('StaffMessage', 'A message to the visitor, or from them.', [
  ...coded('type', messageType, 'By code.', 'Staff SDK message.msgType'),
  text('text', 'Kept, hashed or left out by the page: see hashed. Staff SDK message.content.'),
  text('thumbnail_url', 'Of an image or a video. Staff SDK message.smallImg or message.videoThumbUrl.'),
  text('url', 'Of an image, video, voice or file. Staff SDK message.sourceImg or message.fileUrl.'),
  text('file_name', 'Staff SDK message.fileName.'),
  count('file_bytes', 'Staff SDK message.fileSize.'),
  ...duration('voice', 'How long it plays. Staff SDK message.voiceDuration, in seconds.'),
]);

const contact = record('StaffContact', 'What staff changed about the visitor.', [
  text('name', 'Staff SDK contact.name.'),
  text('nickname', 'Staff SDK contact.nickName.'),
  ...coded('gender', gender, 'By code.', 'Staff SDK contact.gender'),
  int('age', 'In years. Staff SDK contact.age.'),
  text('phone', 'Staff SDK contact.phone.'),
  text('qq', 'Staff SDK contact.qq.'),
  text('wechat', 'Staff SDK contact.wechat.'),
  text('email', 'Staff SDK contact.email.'),
  text('memo', 'Staff SDK contact.memo.'),
]);

export const staffAction = eventRecord(
  'StaffAction',
  "What staff did, or were told, on a page within the vendor's workbench. What neither the vendor's script nor the page knows is null.",
  [
    text('action_id', 'Made by the page: one for each action. Staff SDK id.'),
    ...coded('action', action, 'What was done, or came.', 'Staff SDK action'),
    ...coded(
      'result',
      result,
      'DONE: the vendor took it; FAILED: it refused, or broke; INVALID: the arguments were refused; UNSUPPORTED: its script does not have it.',
      'Staff SDK result',
    ),
    text('reason', "Why it was not done, in the vendor's or the SDK's words. Staff SDK reason."),
    text('page_id', 'The page that sent it, as the gateway authenticated it. Gateway page.'),
    text('session_id', 'One opening of the page. Staff SDK session.'),
    text('sdk_version', 'Staff SDK sdk.'),
    ...staffFields('Staff SDK staffId, or Gateway staff.', 'Staff SDK staffAccount.', 'Staff SDK staffName.'),
    flag(
      'staff_verified',
      'Whether the staff id comes from a signed ticket; else the page says it, and nobody vouches for it. Gateway staff.',
    ),
    ...visitorIdFields,
    ...conversationIdFields,
    ...coded('chat_phase', chatPhase, 'Of the visitor who was selected.', 'Staff SDK selected.chatStatus'),
    text('parameter', 'Which parameter of the page was read; its value is not. Staff SDK parameter.'),
    int('sign', 'The business state that the conversation was given, 0 or 1. Staff SDK sign.'),
    part('card', card, 'Null unless a card was pushed.'),
    part('message', message, 'Null unless a message was sent or received.'),
    part('contact', contact, 'Null unless a contact was changed.'),
    list(
      'changed',
      'string',
      'Which fields of the contact were changed, also those whose values were left out. Staff SDK changed.',
    ),
    list('hashed', 'string', 'Fields that the page sent as the SHA-256 of their value. Staff SDK hashed.'),
    list('left_out', 'string', 'Fields that the page did not send. Staff SDK leftOut.'),
  ],
);

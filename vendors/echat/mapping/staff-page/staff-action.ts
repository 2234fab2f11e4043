import type { StaffActionKind, StaffCard, StaffContact, StaffMessage } from '@sluice/schemas/schemas';
import { coded } from '@sluice/vendor-kit/mapping/codes';
import { conversationId, firstId, visitorId } from '../parts.ts';
import { eventMapping } from '@sluice/vendor-kit/mapping/mapping';
import type { Fields } from '@sluice/vendor-kit/mapping/fields';
import { count, int, part, text, type Reader } from '@sluice/vendor-kit/mapping/reader';
import * as codes from './codes.ts';

const types: Readonly<Record<StaffActionKind, string>> = {
  UNKNOWN: 'staff-action.unknown',
  CONNECTED: 'staff-action.connected',
  PARAMETER_READ: 'staff-action.parameter-read',
  VISITOR_SELECTED: 'staff-action.visitor-selected',
  CARD_PUSHED: 'staff-action.card-pushed',
  TEXT_SENT: 'staff-action.text-sent',
  IMAGE_SENT: 'staff-action.image-sent',
  VIDEO_SENT: 'staff-action.video-sent',
  VOICE_SENT: 'staff-action.voice-sent',
  FILE_SENT: 'staff-action.file-sent',
  CONVERSATION_SIGNED: 'staff-action.conversation-signed',
  MESSAGE_RECEIVED: 'staff-action.message-received',
  CONTACT_UPDATED: 'staff-action.contact-updated',
};

/** `changed[0]`, `changed[1]`…: a list of texts. */
const texts = (path: string): Reader<string[]> => ({
  origins: [{ path }],
  read(fields) {
    const found: string[] = [];
    for (let at = 0; ; at += 1) {
      const value = fields.text(`${path}[${at}]`);
      if (value === null) return found;
      found.push(value);
    }
  },
});

/** The document's unit is the second. */
const voiceMs: Reader<number | null> = {
  origins: [{ path: 'message.voiceDuration' }],
  read(fields) {
    const sent = fields.peek('message.voiceDuration')?.trim() ?? '';
    return /^\d{1,9}(?:\.\d{1,9})?$/.test(sent) ? Math.round(Number(sent) * 1000) : null;
  },
};

/**
 * Whether the ticket under which an action came is that of anybody who did it. A page sends what others left behind in the
 * browser: the SDK says under whose ticket each action was made.
 */
function isVerified(fields: Fields): boolean {
  const vouched = fields.peek('gateway.staff');
  const [madeBy, says] = [fields.peek('madeBy'), fields.peek('staffId')];
  const isTheirs = (id: string | null): boolean => id === null || id === vouched;
  // An empty `madeBy` says that there was no ticket; an empty `staffId` says nothing.
  return vouched !== null && isTheirs(madeBy) && (says === '' || isTheirs(says));
}

const staffPaths = ['gateway.staff', 'madeBy', 'staffId'];

/** Who did it: the ticket's staff where it is verified, else anybody who the page says. Other names stay attributes. */
const staffId: Reader<string | null> = {
  origins: staffPaths.map((path) => ({ path })),
  read(fields) {
    const said = isVerified(fields) ? staffPaths : staffPaths.slice(1);
    const id = said.map((path) => fields.peek(path)).find(Boolean) ?? null;
    for (const path of said) if (fields.peek(path) === id) fields.text(path);
    return id;
  },
};

/** One action of a staff page. */
export const staffAction = eventMapping({
  topic: 'staff-action.v1',
  role: 'staff-action',
  type: ({ action }) => types[action ?? 'UNKNOWN'],
  key: (event) => firstId(event.conversation_id, event.visitor_id, event.staff_id),
  fields: {
    action_id: text('id'),
    ...coded('action', 'action', codes.actions),
    ...coded('result', 'result', codes.results),
    reason: text('reason'),
    page_id: text('gateway.page'),
    session_id: text('session'),
    sdk_version: text('batch.sdk'),
    staff_verified: {
      origins: [{ path: 'gateway.staff' }],
      read: isVerified,
    },
    staff_id: staffId,
    staff_account: text('staffAccount'),
    staff_name: text('staffName'),
    ...visitorId('visitorId'),
    ...conversationId('conversationId'),
    ...coded('chat_phase', 'selected.chatStatus', codes.chatPhases),
    parameter: text('parameter'),
    sign: int('sign'),
    card: part<StaffCard>({
      id: text('card.eventId'),
      title: text('card.title'),
      content: text('card.content'),
      image_url: text('card.imageUrl'),
      url: text('card.url'),
      memo: text('card.memo'),
    }),
    message: part<StaffMessage>({
      ...coded('type', 'message.msgType', codes.messageTypes),
      text: text('message.content'),
      thumbnail_url: text('message.smallImg', 'message.videoThumbUrl'),
      url: text('message.sourceImg', 'message.fileUrl'),
      file_name: text('message.fileName'),
      file_bytes: count('message.fileSize'),
      voice_ms: voiceMs,
      voice_sent: text('message.voiceDuration'),
    }),
    contact: part<StaffContact>({
      name: text('contact.name'),
      nickname: text('contact.nickName'),
      ...coded('gender', 'contact.gender', codes.genders),
      age: int('contact.age'),
      phone: text('contact.phone'),
      qq: text('contact.qq'),
      wechat: text('contact.wechat'),
      email: text('contact.email'),
      memo: text('contact.memo'),
    }),
    changed: texts('changed'),
    hashed: texts('hashed'),
    left_out: texts('leftOut'),
  },
});

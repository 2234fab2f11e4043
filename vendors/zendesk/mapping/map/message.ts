import { coded } from '@sluice/vendor-kit/mapping/codes';
import type { Fields } from '@sluice/vendor-kit/mapping/fields';
import { combineMappings, eventMapping } from '@sluice/vendor-kit/mapping/mapping';
import { constant, text } from '@sluice/vendor-kit/mapping/reader';
import { actorTypes, commentAuthors } from '../codes.ts';
import { isoTime } from '../iso-time.ts';

const isNote = (fields: Fields): boolean => fields.peek('event.comment.is_public')?.trim() === 'false';

const publicComment = eventMapping({
  topic: 'message.v1',
  role: 'message',
  type: 'message.sent',
  key: (event) => event.conversation_id,
  when: (fields) => !isNote(fields),
  fields: {
    conversation_id: text('detail.id'),
    company_id: text('account_id'),
    message_id: text('event.comment.id'),
    kind: constant('TEXT'),
    sent_at: isoTime('time'),
    ...coded('sender_role', 'event.comment.author.is_staff', commentAuthors),
    sender_id: text('event.comment.author.id'),
    sender_name: text('event.comment.author.name'),
    text: text('event.comment.body'),
  },
});

const privateComment = eventMapping({
  topic: 'wrap-up.v1',
  role: 'wrap-up',
  type: 'wrap-up.noted',
  key: (event) => event.conversation_id,
  when: isNote,
  fields: {
    conversation_id: text('detail.id'),
    company_id: text('account_id'),
    note: text('event.comment.body'),
    staff_id: text('event.comment.author.id'),
    staff_name: text('event.comment.author.name'),
    updated_at: isoTime('time'),
  },
});

/** ticket.comment_added: a message of the ticket's conversation; a private comment is a note of staff about it. */
export const comment = combineMappings(publicComment, privateComment);

/** messaging_ticket.message_added: a chat message. */
export const chatMessage = eventMapping({
  topic: 'message.v1',
  role: 'message',
  type: 'message.sent',
  key: (event) => event.conversation_id,
  fields: {
    conversation_id: text('detail.id'),
    company_id: text('account_id'),
    message_id: text('event.message.id'),
    kind: constant('TEXT'),
    sent_at: isoTime('time'),
    ...coded('sender_role', 'event.actor.type', actorTypes),
    sender_id: text('event.actor.id'),
    sender_name: text('event.actor.name'),
    text: text('event.message.body'),
  },
});

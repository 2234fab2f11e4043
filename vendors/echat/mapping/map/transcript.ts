import type { ConversationKind, ParticipantRole } from '@sluice/schemas/schemas';
import { checkEvents } from '@sluice/vendor-kit/mapping/budget';
import type { Fields } from '@sluice/vendor-kit/mapping/fields';
import {
  combineMappings,
  topicOrigins,
  type MapContext,
  type MappedEvent,
  type Mapping,
} from '@sluice/vendor-kit/mapping/mapping';
import { compileSpec, originsOf } from '@sluice/vendor-kit/mapping/reader';
import { conversationId } from '../parts.ts';
import { parseTranscript, type Turn } from '../transcript.ts';
import { contactOfTranscript } from './contact.ts';

const contentPath = 'chatData.chatContent';
const ids = conversationId('chatData.chatRecordId');
const readIds = compileSpec(ids);

/**
 * chatContent and robotChatContent (对话内容) and leaveMsgContent (留言内容), section 3.2.5: the transcript of a
 * conversation, as one event that carries it as it came, and one message event for each turn.
 */
function transcriptMapping(kind: ConversationKind, staffRole: ParticipantRole): Mapping {
  const fromContent = (...fields: string[]) => fields.map((field) => ({ field, path: contentPath }));
  return {
    origins: [
      ...topicOrigins('conversation.v1', [
        ...originsOf(ids),
        ...fromContent('transcript', 'started_at', 'ended_at'),
      ]),
      ...topicOrigins('message.v1', [
        ...originsOf(ids),
        ...fromContent('ordinal', 'sent_at', 'sender_role', 'sender_name', 'sender_from_text', 'text'),
      ]),
    ],
    map: (fields, context) => mapTranscript(fields, context, kind, staffRole),
  };
}

function mapTranscript(
  fields: Fields,
  context: MapContext,
  kind: ConversationKind,
  staffRole: ParticipantRole,
): MappedEvent[] {
  const id = readIds(fields, context);
  const transcript = fields.text(contentPath);
  const turns = parseTranscript(transcript ?? '', context.utcOffsetMinutes);
  checkEvents(turns.length);
  const messages = turns.flatMap((turn, ordinal) =>
    isSilent(turn) ? [] : [messageOf(turn, ordinal, id, staffRole)],
  );
  return [
    {
      topic: 'conversation.v1',
      role: 'conversation',
      type: 'conversation.recorded',
      entityKey: id.conversation_id ?? '',
      occurredAt: turns.at(-1)?.sentAt ?? null,
      fields: {
        ...id,
        phase: 'RECORDED',
        kind,
        started_at: turns.find(({ role }) => role === 'start')?.sentAt ?? null,
        ended_at: turns.find(({ role }) => role === 'end')?.sentAt ?? null,
        transcript,
      },
    },
    ...messages,
  ];
}

function messageOf(
  turn: Turn,
  ordinal: number,
  id: ReturnType<typeof readIds>,
  staffRole: ParticipantRole,
): MappedEvent {
  return {
    topic: 'message.v1',
    role: `message/${ordinal}`,
    type: 'message.sent',
    entityKey: id.conversation_id ?? '',
    occurredAt: turn.sentAt,
    fields: {
      ...id,
      ordinal,
      kind: 'TEXT',
      sent_at: turn.sentAt,
      sender_role: roleOf(turn, staffRole),
      sender_name: turn.name,
      // Anybody who writes a message can write such a line into it.
      sender_from_text: true,
      text: turn.text,
    },
  };
}

/** The opening frame says when, and nothing else. */
function isSilent(turn: Turn): boolean {
  return turn.role !== 'speaker' && turn.text === '';
}

function roleOf(turn: Turn, staffRole: ParticipantRole): ParticipantRole {
  if (turn.role === 'speaker') return turn.name === '访客' ? 'VISITOR' : staffRole;
  return 'SYSTEM';
}

export const chatContent = combineMappings(transcriptMapping('HUMAN', 'STAFF'), contactOfTranscript);
export const robotChatContent = combineMappings(transcriptMapping('ROBOT', 'ROBOT'), contactOfTranscript);
export const leaveMsgContent = combineMappings(
  transcriptMapping('LEAVE_MESSAGE', 'STAFF'),
  contactOfTranscript,
);

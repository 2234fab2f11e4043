import type { ConversationKind, ParticipantRole } from '@sluice/schemas/schemas';
import type { MappedEvent, Mapper } from '../../mapping.ts';
import { readConversationId } from '../conversation-id.ts';
import { madeAt } from '../occurred-at.ts';
import { parseTranscript, type Turn } from '../transcript.ts';

/**
 * chatContent and robotChatContent (对话内容) and leaveMsgContent (留言内容), section 3.2.5: the transcript of a
 * conversation, as one event that carries it as it came, and one message event for each turn.
 */
function mapTranscript(kind: ConversationKind, staffRole: ParticipantRole): Mapper {
  return (fields, context) => {
    const id = readConversationId(fields, 'chatData.chatRecordId');
    const transcript = fields.text('chatData.chatContent');
    const turns = parseTranscript(transcript ?? '', context.utcOffsetMinutes);
    const made = madeAt(fields);
    const entityKey = id.conversation_id ?? '';
    return [
      {
        topic: 'conversation.v1',
        role: 'conversation',
        type: 'conversation.recorded',
        entityKey,
        occurredAt: turns.at(-1)?.sentAt ?? made,
        fields: {
          ...id,
          phase: 'RECORDED',
          kind,
          started_at: turns.find(({ role }) => role === 'start')?.sentAt ?? null,
          ended_at: turns.find(({ role }) => role === 'end')?.sentAt ?? null,
          transcript,
        },
      },
      ...turns.flatMap((turn, ordinal): MappedEvent[] =>
        isSilent(turn)
          ? []
          : [
              {
                topic: 'message.v1',
                role: `message/${ordinal}`,
                type: 'message.sent',
                entityKey,
                occurredAt: turn.sentAt ?? made,
                fields: {
                  ...id,
                  ordinal,
                  kind: 'TEXT',
                  sent_at: turn.sentAt,
                  sender_role: roleOf(turn, staffRole),
                  sender_name: turn.name,
                  text: turn.text,
                },
              },
            ],
      ),
    ];
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

export const mapChatContent = mapTranscript('HUMAN', 'STAFF');
export const mapRobotChatContent = mapTranscript('ROBOT', 'ROBOT');
export const mapLeaveMsgContent = mapTranscript('LEAVE_MESSAGE', 'STAFF');

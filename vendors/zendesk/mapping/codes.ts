import type { ParticipantRole, Presence } from '@sluice/schemas/schemas';
import { codeTable } from '@sluice/vendor-kit/mapping/codes';

/** Zendesk's codes. It sends words: the code and its text are the same, or the text says what the code means. */

/** `event.new_unified_state.name`. Accounts add states of their own, which are UNKNOWN. */
export const agentStates = codeTable<Presence>('agent-state', [
  ['online', 'takes work on all channels', 'ONLINE'],
  ['away', 'takes no new work', 'AWAY'],
  ['offline', 'signed out of all channels', 'OFFLINE'],
  ['transfers_only', 'takes transfers alone', 'BUSY'],
]);

/** `event.actor.type` of a chat message. */
export const actorTypes = codeTable<ParticipantRole>('actor-type', [
  ['end_user', 'the customer', 'VISITOR'],
  ['agent', 'an agent', 'STAFF'],
  ['trigger', 'a trigger', 'SYSTEM'],
  ['system', 'the system, bots included', 'SYSTEM'],
]);

/** `event.comment.author.is_staff`. */
export const commentAuthors = codeTable<ParticipantRole>('comment-author', [
  ['true', 'an agent', 'STAFF'],
  ['false', 'the customer', 'VISITOR'],
]);

import type { Fields } from '../fields.ts';

/**
 * `chatRecordId` as sent, and the number behind its prefix. The prefix is the chat type (`1_2800` and
 * `3_2800` are different conversations) and some types send the id bare, so the number is kept beside it.
 */
export function readConversationId(
  fields: Fields,
  path: string,
): { conversation_id: string | null; conversation_number: string | null } {
  const id = fields.text(path);
  const number = /^(?:\d+_)?(\d+)$/.exec(id?.trim() ?? '')?.[1] ?? null;
  return { conversation_id: id, conversation_number: number };
}

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where the ready-made views stand, each a file named for it: what it answers, then one statement. */
export const viewFolder = join(import.meta.dirname, '../views');

/** The ready-made views; those that others read come first. */
export const readyMadeViews = [
  'bare_conversation_id',
  'conversation_state',
  'agent_day',
  'agent_satisfaction',
  'queue_hour',
  'message_volume',
  'page_path',
  'card_outcome',
] as const;

/** The statement that creates a ready-made view or replaces it. */
export async function createReadyMadeView(view: (typeof readyMadeViews)[number]): Promise<string> {
  return readFile(join(viewFolder, `${view}.sql`), 'utf8');
}

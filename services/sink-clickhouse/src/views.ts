import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { literal } from './scope-sql.ts';

/** Where the ready-made views stand, each a file named for it: what it answers, then one statement. */
export const viewFolder = join(import.meta.dirname, '../views');

/** The ready-made views; those that others read come first. */
export const readyMadeViews = [
  'bare_conversation_id',
  'agent_identity',
  'conversation_state',
  'conversation_rating',
  'agent_directory',
  'agent_day',
  'agent_satisfaction',
  'satisfaction_day',
  'channel_day',
  'conversation_hour',
  'queue_hour',
  'transfer',
  'message_volume',
  'page_path',
  'card_outcome',
  'late_event',
] as const;

export type ReadyMadeView = (typeof readyMadeViews)[number];

/** The name of the view that reads a span of time: `agent_day_between(from = …, to = …)`. */
export const betweenViewOf = <View extends ReadyMadeView>(view: View): `${View}_between` => `${view}_between`;

/** The statement that creates a ready-made view or replaces it. What its file says at the top is its comment. */
export async function createReadyMadeView(view: ReadyMadeView): Promise<string> {
  const text = await readFile(join(viewFolder, `${view}.sql`), 'utf8');
  const [head = ''] = /^(?:--.*\n)*/.exec(text) ?? [];
  const comment = head
    .replaceAll(/^-- ?/gm, '')
    .split(/\n\n+/)
    .map((paragraph) => paragraph.trim().replaceAll('\n', ' '))
    .join('\n');
  return `${text.trimEnd()}\nCOMMENT ${literal(comment)}`;
}

/**
 * The statement that creates the view of a span of time, made of the view's own: each table is read from 3 days
 * before the span to 3 days after it, and lines that begin with `-- between:` count.
 * @param statement as `createReadyMadeView` gives it
 * @param database quoted: ClickHouse looks for a view with parameters in the reader's database, not in the view's
 */
export function createBetweenView(view: ReadyMadeView, statement: string, database: string): string {
  const between = statement
    .replace(`VIEW ${view} AS`, `VIEW ${betweenViewOf(view)} AS`)
    .replaceAll(/^( *)-- between: /gm, '$1')
    .replaceAll(
      /\b(FROM|JOIN) (\w+)_latest\b/g,
      (_, word: string, table: string) => `${word} ${within(table)}`,
    )
    .replaceAll(sources, (_, word: string, source: string, earlier: string | undefined) => {
      const from = earlier === undefined ? fromSql : `${fromSql} - ${reachSql}`;
      return `${word} ${database}.${source}_between(from = ${from}, to = ${toSql})`;
    });
  // Groups go to the disk early, so that a query stays within a small limit of memory.
  const comment = between.lastIndexOf('\nCOMMENT ');
  return `${between.slice(0, comment)}\nSETTINGS max_bytes_before_external_group_by = 134217728${between.slice(comment)}`;
}

/** Days and hours are of Asia/Shanghai: so is a time that somebody writes. */
const fromSql = "{from: DateTime64(3, 'Asia/Shanghai')}";
const toSql = "{to: DateTime64(3, 'Asia/Shanghai')}";
const reachSql = 'INTERVAL 3 DAY';

const sources =
  /\b(FROM|JOIN) (bare_conversation_id|agent_identity|conversation_state|conversation_rating)\b( -- between: a week earlier)?/g;

/**
 * The events of a table from 3 days before the span to 3 days after it. Partitions are chosen by their names, those
 * of months and 0 for what has no month: FINAL would read all of them, whatever the WHERE says of times. One thread merges
 * them: each thread that does has buffers for every column of every part.
 */
function within(table: string): string {
  const from = `(${fromSql} - ${reachSql})`;
  const to = `(${toSql} + ${reachSql})`;
  const at = 'coalesce(occurred_at, received_at)';
  const month = (time: string) => `toYYYYMM(toTimeZone(${time}, 'UTC'))`;
  const months = `toUInt32OrZero(_partition_id) BETWEEN ${month(from)} AND ${month(to)}`;
  return `(
    SELECT * FROM ${table} FINAL
    WHERE (_partition_id = '0' OR ${months}) AND ${at} >= ${from} AND ${at} < ${to}
    SETTINGS do_not_merge_across_partitions_select_final = 0, max_final_threads = 1
  )`;
}

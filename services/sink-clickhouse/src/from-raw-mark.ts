import type { CanonicalTopic } from '@sluice/schemas/topics';
import { readOffsets, writeOffsets } from '@sluice/sink/settled';
import { tableOf } from './columns.ts';
import type { ClickHouse } from './connection.ts';
import { literal } from './scope-sql.ts';

/** What a table's comment says about the rebuild from the raw topics that filled it. */
export interface FromRaw {
  /** When that began, epoch ms. */
  readonly atMs: number;
  /** Up to where the canonical topic is settled, by partition; empty until the rebuild has ended. */
  readonly before: ReadonlyMap<number, bigint>;
}

/** Part of a table's comment, after what somebody may have written there. */
const mark = / ?\[filled from raw (\d+)(?: up to ([\d:,]+))?\]/;

export function readFromRaw(comment: string): FromRaw | null {
  const [, atMs, before = ''] = mark.exec(comment) ?? [];
  return atMs === undefined ? null : { atMs: Number(atMs), before: readOffsets(before) };
}

/** @param fromRaw null takes the mark away */
export function markFromRaw(comment: string, fromRaw: FromRaw | null): string {
  const others = comment.replace(mark, '');
  if (!fromRaw) return others;
  const upTo = fromRaw.before.size === 0 ? '' : ` up to ${writeOffsets(fromRaw.before)}`;
  return `${others} [filled from raw ${fromRaw.atMs}${upTo}]`.trim();
}

export async function findFromRaw(
  client: ClickHouse,
  database: string,
  topic: CanonicalTopic,
): Promise<FromRaw | null> {
  return readFromRaw(await commentOf(client, database, topic));
}

export async function commentOf(
  client: ClickHouse,
  database: string,
  topic: CanonicalTopic,
): Promise<string> {
  const [found] = await client.rows<{ comment: string }>(
    `SELECT comment FROM system.tables WHERE database = ${literal(database)} AND name = ${literal(tableOf(topic))}`,
  );
  return found?.comment ?? '';
}

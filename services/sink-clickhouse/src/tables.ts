import { ofVendors, type MonthWindow } from '@sluice/sink/month';
import type { Replication } from './cluster.ts';
import type { Column } from './columns.ts';
import type { TableState } from './database-state.ts';
import { literal } from './scope-sql.ts';

/**
 * The partition is the month that `monthOf` of libs/sink files an event under, as a number, and 0 for `undated`.
 * Merges stay within a partition; the views merge copies of one event over all of them.
 */
function partition({ before, after }: MonthWindow): string {
  const occurred = clamped('assumeNotNull(occurred_at)');
  const ahead = `toRelativeMonthNum(${occurred}) - toRelativeMonthNum(${clamped('received_at')})`;
  return `if(isNull(occurred_at) OR NOT (${ahead} BETWEEN -${before} AND ${after}), 0, toYYYYMM(${occurred}))`;
}

const clamped = (time: string): string =>
  `least(greatest(${time}, toDateTime64('2000-01-01 00:00:00', 3, 'UTC')), toDateTime64('2100-12-31 23:59:59', 3, 'UTC'))`;

export interface NewTable {
  readonly window?: MonthWindow;
  /** What a row is. */
  readonly comment?: string;
  readonly engine?: Replication['engine'];
}

/**
 * Creates the table of a topic unless it is there: a row for each copy of an event that was written.
 * ReplacingMergeTree keeps the copy of the highest version when it merges; until then several may be in a table,
 * so readers read the view `<table>_latest`. The server drops an insert whose deduplication token is among the
 * last thousand. A table that is there keeps the partitions that it was created with.
 */
export function createTable(
  table: string,
  columns: readonly Column[],
  { window = ofVendors, comment = '', engine = 'ReplacingMergeTree' }: NewTable = {},
): string {
  // Replicated tables remember the last tokens anyway.
  const settings =
    engine === 'ReplacingMergeTree' ? '\nSETTINGS non_replicated_deduplication_window = 1000' : '';
  return `CREATE TABLE IF NOT EXISTS \`${table}\` (
  ${columns.map(definitionOf).join(',\n  ')}
)
ENGINE = ${engine}(version)
PARTITION BY ${partition(window)}
ORDER BY (source_id, entity_key, event_id)${settings}
COMMENT ${literal(comment)}`;
}

/** Adds columns unless they are there. Rows that are there have their defaults in them. */
export function addColumns(table: string, columns: readonly Column[]): string {
  const additions = columns.map((column) => `ADD COLUMN IF NOT EXISTS ${definitionOf(column)}`);
  return `ALTER TABLE \`${table}\` ${additions.join(', ')}`;
}

/** Gives columns that are there their comments: metadata alone, no part is rewritten. */
export function commentColumns(table: string, columns: readonly Column[]): string {
  const comments = columns.map(({ name, comment }) => `COMMENT COLUMN \`${name}\` ${literal(comment)}`);
  return `ALTER TABLE \`${table}\` ${comments.join(', ')}`;
}

/**
 * A view that shows each event once. Copies of one event in two partitions are one, whatever the reader's profile says.
 * @param columns of the table at this moment, with their types and comments
 */
export function createLatestView(
  view: string,
  table: string,
  { columns, comment }: Pick<TableState, 'columns' | 'comment'>,
): string {
  const described = [...columns].map(([name, { type, comment: meaning }]) =>
    definitionOf({ name, type, comment: meaning }),
  );
  return `CREATE OR REPLACE VIEW \`${view}\` (
  ${described.join(',\n  ')}
)
AS SELECT * FROM \`${table}\` FINAL SETTINGS do_not_merge_across_partitions_select_final = 0
COMMENT ${literal(comment)}`;
}

function definitionOf({ name, type, defaultSql, comment }: Omit<Column, 'valueOf'>): string {
  const byDefault = defaultSql === undefined ? '' : ` DEFAULT ${defaultSql}`;
  return `\`${name}\` ${type}${byDefault}${comment === '' ? '' : ` COMMENT ${literal(comment)}`}`;
}

import type { Column } from './columns.ts';

/**
 * The partition is the month of the vendor's clock in UTC, years before 2000 and after 2100 filed under their
 * nearest month, and 0 where the vendor gives no time. A resend has the same time and so the same partition.
 */
const partition = `if(
  isNull(occurred_at),
  0,
  toYYYYMM(
    least(
      greatest(assumeNotNull(occurred_at), toDateTime64('2000-01-01 00:00:00', 3, 'UTC')),
      toDateTime64('2100-12-31 23:59:59', 3, 'UTC')
    )
  )
)`;

/**
 * Creates the table of a topic unless it is there: a row for each copy of an event that was written.
 * ReplacingMergeTree keeps the copy of the highest version when it merges; until then several may stand in a table,
 * so readers read the view `<table>_latest`. The server drops an insert whose deduplication token is among the
 * last thousand.
 */
export function createTable(table: string, columns: readonly Column[]): string {
  return `CREATE TABLE IF NOT EXISTS \`${table}\` (
  ${columns.map(definitionOf).join(',\n  ')}
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY ${partition}
ORDER BY (source_id, entity_key, event_id)
SETTINGS non_replicated_deduplication_window = 1000`;
}

/** Adds columns unless they are there. Rows that are there have their defaults in them. */
export function addColumns(table: string, columns: readonly Column[]): string {
  const additions = columns.map((column) => `ADD COLUMN IF NOT EXISTS ${definitionOf(column)}`);
  return `ALTER TABLE \`${table}\` ${additions.join(', ')}`;
}

/** A view that shows each event once. Its `*` stands for the columns that the table has at this moment. */
export function createLatestView(view: string, table: string): string {
  return `CREATE OR REPLACE VIEW \`${view}\` AS SELECT * FROM \`${table}\` FINAL`;
}

function definitionOf({ name, type, defaultSql }: Column): string {
  return `\`${name}\` ${type}${defaultSql === undefined ? '' : ` DEFAULT ${defaultSql}`}`;
}

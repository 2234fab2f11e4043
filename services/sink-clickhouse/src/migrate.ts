import type { StoredTopic } from '@sluice/schemas/topics';
import { storedTopics } from '@sluice/schemas/topics';
import { monthWindowOf } from '@sluice/sink/month';
import { docOf } from '@sluice/sink/fields';
import { findReplication, wrongEngines, type Replication } from './cluster.ts';
import { columnsOf, tableOf, viewOf } from './columns.ts';
import type { ClickHouse, ClickHouseConnection } from './connection.ts';
import { connect, quotedDatabase } from './connection.ts';
import type { DatabaseState, TableState } from './database-state.ts';
import { changesBetween, readState } from './database-state.ts';
import { markFromRaw } from './from-raw-mark.ts';
import { literal } from './scope-sql.ts';
import { addColumns, commentColumns, createLatestView, createTable } from './tables.ts';
import { betweenViewOf, createBetweenView, createReadyMadeView, readyMadeViews } from './views.ts';

export interface MigrateOptions {
  /** How long rows are kept after they were received, in ms, to the second. Undefined: as the tables have it. */
  readonly retentionMs?: number | undefined;
}

/**
 * Makes the stream's database what the newest schemas need: creates its tables, adds the columns that they lack,
 * and renews the views and the comments. Nothing is dropped and no column's values change, so every row stays readable. Every step may be
 * done twice: two runs at once, and a run after one that broke off, end alike.
 * @returns what was created, added or renewed, a line for each table and view
 * @throws when a column has a type that does not hold its field, before anything is added, or ClickHouse fails
 */
export async function migrateClickHouse(
  connection: ClickHouseConnection,
  { retentionMs }: MigrateOptions = {},
): Promise<string[]> {
  await createDatabase(connection);
  const client = connect(connection, connection.database);
  try {
    const [before, replication] = [await readState(client), await findReplication(client, connection)];
    const wrong = [
      ...wrongColumns(connection.database, before),
      ...wrongEngines(connection.database, before, replication, storedTopics.map(tableOf)),
    ];
    if (wrong.length > 0) throw new Error(wrong.join('\n'));
    await migrateTables(client, replication);
    for (const view of readyMadeViews) {
      const statement = await createReadyMadeView(view);
      await run(client, view, statement);
      await run(client, betweenViewOf(view), createBetweenView(view, statement, quotedDatabase(connection)));
    }
    const changes = changesBetween(before, await readState(client), [...tablesAndViews, ...installedViews]);
    return retentionMs === undefined ? changes : [...changes, ...(await setRetention(client, retentionMs))];
  } finally {
    await client.close();
  }
}

/** Every ready-made view, and next to each the one that reads a span of time. */
export const installedViews = readyMadeViews.flatMap((view) => [view, betweenViewOf(view)]);

const tablesAndViews = storedTopics.map(tableOf).flatMap((table) => [table, viewOf(table)]);

async function createDatabase(connection: ClickHouseConnection): Promise<void> {
  const client = connect(connection);
  try {
    await findReplication(client, connection);
    await client.run(`CREATE DATABASE IF NOT EXISTS ${quotedDatabase(connection)}`);
  } finally {
    await client.close();
  }
}

async function migrateTables(client: ClickHouse, { engine }: Replication): Promise<void> {
  for (const topic of storedTopics)
    await run(
      client,
      tableOf(topic),
      createTable(tableOf(topic), columnsOf(topic), {
        window: monthWindowOf(topic),
        comment: docOf(topic),
        engine,
      }),
    );
  const before = await readState(client);
  for (const topic of storedTopics) {
    const table = tableOf(topic);
    const lacking = columnsOf(topic).filter(({ name }) => !before.get(table)?.columns.has(name));
    if (lacking.length > 0) await run(client, table, addColumns(table, lacking));
    await describeTable(client, topic, before.get(table));
  }
  const after = await readState(client);
  for (const table of storedTopics.map(tableOf)) {
    const state = after.get(table);
    if (state)
      await run(
        client,
        viewOf(table),
        createLatestView(viewOf(table), table, {
          ...state,
          comment: markFromRaw(state.comment, null),
        }),
      );
  }
}

/** Gives columns the schema's docs as comments, and a table one that has none but what a rebuild noted. */
async function describeTable(
  client: ClickHouse,
  topic: StoredTopic,
  before: TableState | undefined,
): Promise<void> {
  const table = tableOf(topic);
  const others = columnsOf(topic).filter(({ name, comment }) => {
    const present = before?.columns.get(name);
    return present !== undefined && present.comment !== comment;
  });
  if (others.length > 0) await run(client, table, commentColumns(table, others));
  const present = before?.comment ?? '';
  if (markFromRaw(present, null) !== '') return;
  await run(
    client,
    table,
    `ALTER TABLE \`${table}\` MODIFY COMMENT ${literal(`${docOf(topic)}${present === '' ? '' : ` ${present}`}`)}`,
  );
}

/** Gives every table the rule by which it forgets rows; a line for each that had another one, or none. */
async function setRetention(client: ClickHouse, retentionMs: number): Promise<string[]> {
  // Written as ClickHouse writes it, to see whether it is there: setting it again would rewrite every part.
  const rule = `toDateTime(received_at) + toIntervalSecond(${Math.ceil(retentionMs / 1000)})`;
  const changes: string[] = [];
  for (const table of storedTopics.map(tableOf)) {
    const [created] = await client.rows<{ sql: string }>(
      'SELECT create_table_query AS sql FROM system.tables WHERE database = currentDatabase() AND name = {table: String}',
      { table },
    );
    if (created?.sql.includes(`TTL ${rule}`)) continue;
    await run(client, table, `ALTER TABLE \`${table}\` MODIFY TTL ${rule}`);
    changes.push(`table ${table} keeps rows for ${Math.ceil(retentionMs / 1000)} s after they were received`);
  }
  return changes;
}

/** A message for each column whose type does not hold its field. */
function wrongColumns(database: string, state: DatabaseState): string[] {
  return storedTopics.flatMap((topic) =>
    columnsOf(topic).flatMap(({ name, type }) => {
      const there = state.get(tableOf(topic))?.columns.get(name)?.type;
      if (there === undefined || plain(there) === plain(type)) return [];
      const place = `Column ${name} of ClickHouse's ${database}.${tableOf(topic)}`;
      return [
        `${place} is ${there} and must be ${type}: rename it, and it is created again next to the old one.`,
      ];
    }),
  );
}

/** LowCardinality is a way to keep the same values. */
function plain(type: string): string {
  return type.replaceAll(/LowCardinality\(((?:Nullable\()?String\)?)\)/g, '$1');
}

async function run(client: ClickHouse, name: string, statement: string): Promise<void> {
  try {
    await client.run(statement);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`ClickHouse refused the statement for ${name}: ${reason}`, { cause: error });
  }
}

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClickHouseClient } from '@clickhouse/client';
import type { ClickHouseConnection } from './connection.ts';
import { connect, quotedDatabase } from './connection.ts';
import type { AppliedMigration, Migration } from './plan-migrations.ts';
import { checksumOf, planMigrations, statementsOf } from './plan-migrations.ts';

const folder = join(import.meta.dirname, '../migrations');

/**
 * Creates the stream's database and applies the migrations that it lacks. Statements of a migration may be run
 * twice (`IF NOT EXISTS`), so two runs at once and a run after one that broke off end alike.
 * @param migrations those of this package unless told
 * @returns the names of what was applied
 * @throws when an applied file was edited, or ClickHouse fails
 */
export async function migrateClickHouse(
  connection: ClickHouseConnection,
  migrations?: readonly Migration[],
): Promise<string[]> {
  const files = migrations ?? (await readMigrations());
  await createDatabase(connection);
  const client = connect(connection, connection.database);
  try {
    await client.command({ query: recordTable });
    const pending = planMigrations(files, await readApplied(client));
    for (const migration of pending) await apply(client, migration);
    return pending.map(({ name }) => name);
  } finally {
    await client.close();
  }
}

const recordTable = `
CREATE TABLE IF NOT EXISTS schema_migrations (
  name String,
  checksum String,
  applied_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree
ORDER BY (name, checksum)`;

/** The migrations of this package. */
export async function readMigrations(): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql'));
  return Promise.all(names.map(async (name) => ({ name, sql: await readFile(join(folder, name), 'utf8') })));
}

async function createDatabase(connection: ClickHouseConnection): Promise<void> {
  const client = connect(connection);
  try {
    await client.command({ query: `CREATE DATABASE IF NOT EXISTS ${quotedDatabase(connection)}` });
  } finally {
    await client.close();
  }
}

async function readApplied(client: ClickHouseClient): Promise<AppliedMigration[]> {
  const found = await client.query({
    query: 'SELECT DISTINCT name, checksum FROM schema_migrations',
    format: 'JSONEachRow',
  });
  return found.json<AppliedMigration>();
}

/** The record comes last: a migration that broke off is applied again. */
async function apply(client: ClickHouseClient, migration: Migration): Promise<void> {
  const { name } = migration;
  for (const [index, query] of statementsOf(migration).entries()) {
    try {
      await client.command({ query });
    } catch (error) {
      throw new Error(`ClickHouse refused statement ${index + 1} of migration ${name}.`, { cause: error });
    }
  }
  await client.insert({
    table: 'schema_migrations',
    columns: ['name', 'checksum'],
    values: [{ name, checksum: checksumOf(migration) }],
    format: 'JSONEachRow',
    clickhouse_settings: { async_insert: 0 },
  });
}

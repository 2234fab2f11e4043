import type { CanonicalTopic } from '@sluice/schemas/topics';
import type { RebuildScope } from '@sluice/sink/rebuild-scope';
import { rebuildPrefix, type Rebuild, type RebuildTarget, type RunPart } from '@sluice/sink/rebuild-target';
import { createClickHouseStore } from './clickhouse-store.ts';
import { onMostReplicas, syncReplicas } from './cluster.ts';
import { tableOf } from './columns.ts';
import type { ClickHouse, ClickHouseConnection } from './connection.ts';
import { connect, quotedDatabase } from './connection.ts';
import { commentOf, findFromRaw, markFromRaw, readFromRaw } from './from-raw-mark.ts';
import { inScopeSql, literal } from './scope-sql.ts';

/** Rows that are copied with one statement, which must end within the deadline. */
const copiedAtOnce = 5_000_000;

/** Copying some rows, counting a table and dropping a database may take long. */
const requestTimeoutMs = 600_000;

/** Engines of databases between which `EXCHANGE TABLES` is one step. */
const exchangingEngines = ['Atomic', 'Shared'];

/**
 * The stream's tables, rebuilt in a database of the rebuild's own, `<stream>-rebuild-<run>`, under the names that they
 * have in the stream's: the sink's own store fills them. A swap exchanges two tables of one name, so that afterwards
 * that database holds the old ones.
 */
export function clickHouseRebuildTarget(connection: ClickHouseConnection): RebuildTarget {
  const client = connect({ ...connection, requestTimeoutMs });
  const live = createClickHouseStore(connection);
  const liveTable = (topic: CanonicalTopic) => `${quotedDatabase(connection)}.\`${tableOf(topic)}\``;
  return {
    live,
    async orphans() {
      const prefix = rebuildPrefix(connection.database);
      const found = await client.rows<{ name: string }>(
        `SELECT name FROM system.databases WHERE startsWith(name, ${literal(prefix)}) ORDER BY name`,
      );
      return found.map(({ name }) => name).filter((name) => /^\d+$/.test(name.slice(prefix.length)));
    },
    removeOrphan: (name) => dropDatabase(client, name),
    count: (topic) => count(client, connection, liveTable(topic)),
    async filledFromRawAt(topic) {
      return (await findFromRaw(client, connection.database, topic))?.atMs ?? null;
    },
    countOutside: (topic, scope) => count(client, connection, liveTable(topic), outside(scope)),
    async begin(run, topics) {
      await checkEngine(client, connection.database);
      const database = `${rebuildPrefix(connection.database)}${run}`;
      await client.run(`CREATE DATABASE ${quotedDatabase({ database })}`);
      const definitions = new Map<CanonicalTopic, string>();
      const definitionNow = (topic: CanonicalTopic) => definitionOf(client, connection.database, topic);
      const rebuild = rebuildIn(client, { ...connection, database }, connection.database, async (topic) =>
        whatChanged(definitions.get(topic) ?? '', await definitionNow(topic)),
      );
      for (const topic of topics) definitions.set(topic, await definitionNow(topic));
      for (const topic of topics)
        // As the live table is by now: with columns, settings and a TTL that somebody gave it.
        await client.run(`CREATE TABLE ${rebuild.table(topic)} AS ${liveTable(topic)}`);
      return rebuild;
    },
    async close() {
      await live.close();
      await client.close();
    },
  };
}

function rebuildIn(
  client: ClickHouse,
  connection: ClickHouseConnection,
  liveDatabase: string,
  changed: Rebuild['changed'],
): Rebuild & { table(topic: CanonicalTopic): string } {
  const store = createClickHouseStore(connection);
  const liveTable = (topic: CanonicalTopic) =>
    `${quotedDatabase({ database: liveDatabase })}.\`${tableOf(topic)}\``;
  const table = (topic: CanonicalTopic) => `${quotedDatabase(connection)}.\`${tableOf(topic)}\``;
  return {
    store,
    table,
    changed,
    copyUnchanged: (topic, scope, run) =>
      copyRows(client, connection, { from: liveTable(topic), to: table(topic), where: outside(scope) }, run),
    count: (topic) => count(client, connection, table(topic)),
    async swap(topic, fromRawAtMs) {
      const comment = await commentOf(client, liveDatabase, topic);
      const fromRaw = fromRawAtMs === null ? null : { atMs: fromRawAtMs, before: new Map<number, bigint>() };
      const marked = literal(markFromRaw(comment, fromRaw));
      await client.run(`ALTER TABLE ${table(topic)} MODIFY COMMENT ${marked}`);
      await client.run(`EXCHANGE TABLES ${liveTable(topic)} AND ${table(topic)}`);
    },
    async noteSettled(topic, before) {
      const comment = await commentOf(client, liveDatabase, topic);
      const fromRaw = readFromRaw(comment);
      if (!fromRaw) return;
      const marked = literal(markFromRaw(comment, { ...fromRaw, before }));
      await client.run(`ALTER TABLE ${liveTable(topic)} MODIFY COMMENT ${marked}`);
    },
    async end() {
      await store.close();
      await dropDatabase(client, connection.database);
    },
  };
}

async function copyRows(
  client: ClickHouse,
  connection: ClickHouseConnection,
  { from, to, where }: { readonly from: string; readonly to: string; readonly where: string },
  run: RunPart,
): Promise<void> {
  await run(() => syncReplicas(client, connection, from));
  for (const { partition, rows } of await run(() => partitionsOf(client, from))) {
    const portions = Math.ceil(rows / copiedAtOnce);
    for (let portion = 0; portion < portions; portion += 1) {
      const condition = `_partition_id = ${literal(partition)} AND cityHash64(event_id) % ${portions} = ${portion} AND ${where}`;
      // FINAL: of an event whose newest copy is in scope, no older one may come back.
      await run(() =>
        client.run(`INSERT INTO ${to} SELECT * FROM ${from} FINAL WHERE ${condition}`, onMostReplicas),
      );
    }
  }
}

const outside = (scope: RebuildScope): string => `NOT (${inScopeSql(scope)})`;

/** Columns, indices, TTL and settings of a live table, as ClickHouse writes them. */
async function definitionOf(client: ClickHouse, database: string, topic: CanonicalTopic): Promise<string> {
  const [found] = await client.rows<{ definition: string }>(
    `SELECT create_table_query AS definition FROM system.tables WHERE database = ${literal(database)} AND name = ${literal(tableOf(topic))}`,
  );
  return found?.definition ?? '';
}

/** A comment says what something means: a swap that undoes a new one loses nothing, and the next release renews it. */
const comments = / COMMENT '(?:[^'\\]|\\.)*'/g;

/** The parts of a definition that another one lacks, but for comments; null when both are the same. */
function whatChanged(beforeSql: string, afterSql: string): string | null {
  const [before, after] = [beforeSql, afterSql].map((sql) => sql.replaceAll(comments, '')) as [
    string,
    string,
  ];
  if (before === after) return null;
  if (after === '') return 'it was dropped';
  const partsOf = (definition: string): string[] =>
    definition.split(/,(?= `)| (?=TTL |SETTINGS |ORDER BY |PARTITION BY )/);
  const [old, now] = [new Set(partsOf(before)), new Set(partsOf(after))];
  const differing = [
    ...[...now].filter((part) => !old.has(part)),
    ...[...old].filter((part) => !now.has(part)),
  ];
  return `its columns, TTL or settings differ: ${differing.map((part) => part.trim()).join('; ')}`;
}

/** How many different events a table has, on every replica. */
async function count(
  client: ClickHouse,
  connection: ClickHouseConnection,
  table: string,
  condition = '1',
): Promise<number> {
  await syncReplicas(client, connection, table);
  const [found] = await client.rows<{ events: string }>(
    `SELECT toString(count()) AS events FROM ${table} FINAL WHERE ${condition}`,
  );
  return Number(found?.events);
}

async function partitionsOf(
  client: ClickHouse,
  table: string,
): Promise<{ partition: string; rows: number }[]> {
  const found = await client.rows<{ partition: string; copies: string }>(
    `SELECT _partition_id AS partition, toString(count()) AS copies FROM ${table} GROUP BY partition ORDER BY partition`,
  );
  return found.map(({ partition, copies }) => ({ partition, rows: Number(copies) }));
}

async function checkEngine(client: ClickHouse, database: string): Promise<void> {
  const [found] = await client.rows<{ engine: string }>(
    `SELECT engine FROM system.databases WHERE name = ${literal(database)}`,
  );
  if (found && exchangingEngines.includes(found.engine)) return;
  throw new Error(
    `ClickHouse cannot exchange tables of the database ${database} with another one's, since its engine is ${found?.engine ?? 'unknown'}: it must be Atomic.`,
  );
}

async function dropDatabase(client: ClickHouse, database: string): Promise<void> {
  await client.run(`DROP DATABASE IF EXISTS ${quotedDatabase({ database })} SYNC`, {
    // What was swapped out may be larger than what the server lets one drop by accident.
    max_table_size_to_drop: '0',
    max_partition_size_to_drop: '0',
  });
}

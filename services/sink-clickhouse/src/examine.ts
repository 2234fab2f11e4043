import { ClickHouseError } from '@clickhouse/client';
import { storedTopics } from '@sluice/schemas/topics';
import { broken, right, risky, type Finding } from '@sluice/service/finding';
import { createClickHouseStore } from './clickhouse-store.ts';
import { findReplication, wrongEngines, type Replication } from './cluster.ts';
import { tableOf } from './columns.ts';
import { connect, quotedDatabase, type ClickHouse, type ClickHouseConnection } from './connection.ts';
import { readState } from './database-state.ts';

/** ClickHouse's codes of a login that it refuses. */
const refusedLogins = new Set(['192', '193', '194', '516']);

/** Whether ClickHouse takes this login and inserts, has the stream's tables and views, and room for rows. */
export async function* examineClickHouse(connection: ClickHouseConnection): AsyncGenerator<Finding> {
  const client = connect(connection);
  try {
    let answered: { version: string; now: string } | undefined;
    try {
      [answered] = await client.rows<{ version: string; now: string }>(
        'SELECT version() AS version, toString(toUnixTimestamp64Milli(now64(3))) AS now',
      );
    } catch (error) {
      yield unanswered(error);
      return;
    }
    yield right('login', `It is ClickHouse ${answered?.version ?? ''}, and takes this login.`);
    yield* examineClock(Number(answered?.now));
    yield* examineDatabase(client, connection);
    yield* examineReplicas(client, connection);
    yield* examineDisks(client);
  } finally {
    await client.close();
  }
}

/** How far its clock may differ: retention is counted in days, and a wrong clock is rarely wrong by less. */
const clockSkewMs = 60_000;

function* examineClock(theirsMs: number): Generator<Finding> {
  const skewMs = Math.abs(theirsMs - Date.now());
  if (skewMs > clockSkewMs)
    yield risky(
      'clock',
      `Its clock differs from the one here by ${Math.round(skewMs / 1_000)} s.`,
      'Synchronize both: its retention is counted by its own clock.',
    );
}

function unanswered(error: unknown): Finding {
  const said = error instanceof Error ? error.message.slice(0, 300) : String(error);
  if (error instanceof ClickHouseError && refusedLogins.has(error.code))
    return broken(
      'login',
      `It refuses this login: ${said}`,
      'Correct SLUICE_CLICKHOUSE_USERNAME and its password.',
    );
  return broken(
    'answer',
    said,
    "Check that the address is of ClickHouse's HTTP interface (port 8123, with TLS 8443).",
  );
}

async function* examineDatabase(
  client: ClickHouse,
  connection: ClickHouseConnection,
): AsyncGenerator<Finding> {
  const store = createClickHouseStore(connection);
  try {
    const missing = await store.missing();
    if (missing.length > 0) {
      const more = missing.length > 3 ? ` And ${missing.length - 3} more.` : '';
      yield broken(
        'tables',
        `${missing.slice(0, 3).join(' ')}${more}`,
        'Run "sluice migrate", as a user that may create tables and views.',
      );
      return;
    }
  } finally {
    await store.close();
  }
  yield right('tables', `The database ${connection.database} has all tables and views.`);
  const lacking = await grantsLacking(client, connection);
  if (lacking.length > 0)
    yield broken(
      'grants',
      `${connection.username} lacks ${lacking.join(', ')}.`,
      `Run "GRANT SELECT, INSERT ON ${connection.database}.* TO ${connection.username}".`,
    );
}

/** What this user may not do, of what the sink does. A server that does not know the question is not asked more. */
async function grantsLacking(client: ClickHouse, connection: ClickHouseConnection): Promise<string[]> {
  const lacking: string[] = [];
  for (const right of ['SELECT', 'INSERT'])
    for (const topic of storedTopics) {
      const table = `${quotedDatabase(connection)}.\`${tableOf(topic)}\``;
      const [row] = await client.rows<{ result: number }>(`CHECK GRANT ${right} ON ${table}`).catch(() => []);
      if (row?.result === 0) lacking.push(`${right} on ${tableOf(topic)}`);
    }
  return lacking;
}

async function* examineReplicas(
  client: ClickHouse,
  connection: ClickHouseConnection,
): AsyncGenerator<Finding> {
  let replication: Replication;
  try {
    replication = await findReplication(client, connection);
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    yield broken('cluster', said, 'Correct SLUICE_CLICKHOUSE_CLUSTER.');
    return;
  }
  const own = connect(connection, connection.database);
  const state = await readState(own).finally(() => own.close());
  const [wrong] = wrongEngines(connection.database, state, replication, storedTopics.map(tableOf));
  if (wrong !== undefined) yield broken('cluster', wrong, 'See docs/operations/clickhouse.md.');
  const clusters = replication.cluster === null ? await clustersOfReplicas(client) : [];
  if (clusters.length > 0)
    yield risky(
      'replicas',
      `This server is one of several replicas (${clusters.join(', ')}), and the tables are on it alone.`,
      'Name the cluster in SLUICE_CLICKHOUSE_CLUSTER before the tables are created: docs/operations/clickhouse.md.',
    );
}

/** Clusters in which the server that answers is one of several replicas of a shard. */
async function clustersOfReplicas(client: ClickHouse): Promise<string[]> {
  const found = await client
    .rows<{ cluster: string }>(
      'SELECT cluster FROM system.clusters GROUP BY cluster, shard_num HAVING max(is_local) = 1 AND count() > 1 ORDER BY cluster',
    )
    .catch(() => []);
  return found.map(({ cluster }) => cluster);
}

const gib = 1024 ** 3;

async function* examineDisks(client: ClickHouse): AsyncGenerator<Finding> {
  const disks = await client
    .rows<{ name: string; free: string; total: string }>(
      'SELECT name, toString(unreserved_space) AS free, toString(total_space) AS total FROM system.disks',
    )
    .catch(() => []);
  for (const { name, free, total } of disks) {
    const share = Number(free) / Number(total);
    if (Number(free) < gib)
      yield broken(
        'disk',
        `Its disk ${name} is full: ${Math.floor(Number(free) / 1024 ** 2)} MiB are left.`,
        'Make it larger, or shorten the retention of tables.',
      );
    else if (share < 0.1)
      yield risky(
        'disk',
        `Its disk ${name} has ${Math.floor(share * 100)} % left.`,
        'Make it larger, or shorten the retention of tables.',
      );
  }
}

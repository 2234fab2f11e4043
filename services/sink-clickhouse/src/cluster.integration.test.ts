import { sampleItem } from '@sluice/sink/testing/sample-items';
import { rebuildContract } from '@sluice/sink/testing/rebuild-contract';
import { startClusterFront } from '../testing/cluster-front.ts';
import { scratchDatabase } from '../testing/scratch-database.ts';
import { createClickHouseStore } from './clickhouse-store.ts';
import type { ClickHouseConnection } from './connection.ts';
import { clickHouseEraser } from './erase-rows.ts';
import { migrateClickHouse } from './migrate.ts';
import { clickHouseRebuildTarget } from './rebuild-tables.ts';

jest.setTimeout(60_000);

/** A database of a test's own on a cluster. The engine of the tests has no keeper: see `startClusterFront`. */
async function inCluster() {
  const database = scratchDatabase();
  const front = await startClusterFront(database.url, 'c1');
  const { username, database: name } = database;
  const connection: ClickHouseConnection = { url: front.url, username, database: name, cluster: 'c1' };
  return {
    ...{ database, front, connection },
    async remove() {
      await database.remove();
      await front.close();
      // Else a replica would lack what the others have.
      expect(front.onOneServer).toEqual([]);
      expect(front.onCluster.length).toBeGreaterThan(0);
    },
  };
}

rebuildContract('ClickHouse in a cluster', async () => {
  const { connection, remove } = await inCluster();
  await migrateClickHouse(connection);
  const target = clickHouseRebuildTarget(connection);
  return {
    target,
    stream: connection.database,
    async remove() {
      await target.close();
      await remove();
    },
  };
});

test('a migration creates replicated tables on the cluster, and the next one changes nothing', async () => {
  const { front, connection, remove } = await inCluster();
  const lines = await migrateClickHouse(connection, { retentionMs: 86_400_000 });
  expect(lines).toContain('created table rating');
  const tables = front.onCluster.filter((statement) => statement.startsWith('CREATE TABLE'));
  expect(tables.length).toBeGreaterThan(10);
  for (const statement of tables) {
    expect(statement).toContain('ENGINE = ReplicatedReplacingMergeTree(version)');
    expect(statement).not.toContain('non_replicated');
  }
  expect(await migrateClickHouse(connection, { retentionMs: 86_400_000 })).toEqual([]);
  await remove();
});

test('tables that are not replicated are refused, and so are replicated ones without a cluster', async () => {
  const { database, connection, remove } = await inCluster();
  await migrateClickHouse(database);
  const table = `${connection.database}.conversation`;
  const front = await startClusterFront(database.url, 'c1');
  // What the front makes of the engines is not wanted here.
  await expect(migrateClickHouse({ ...connection, url: database.url })).rejects.toThrow(
    /^ClickHouse knows no cluster "c1"\. It knows .+\.$/,
  );
  await expect(migrateClickHouse({ ...database, url: front.url })).rejects.toThrow(
    `ClickHouse's ${table} is replicated: name its cluster in SLUICE_CLICKHOUSE_CLUSTER.`,
  );
  await front.close();
  await migrateClickHouse(connection);
  await remove();
});

test("a person's rows are erased after every replica has them", async () => {
  const { front, connection, remove } = await inCluster();
  await migrateClickHouse(connection);
  const store = createClickHouseStore(connection);
  const item = sampleItem('rating.v1');
  await store.write([item]);
  await store.close();
  const eraser = clickHouseEraser(connection);
  const { meta } = item.event as { meta: { source_id: string; entity_key: string } };
  expect(await eraser.erase('rating.v1', meta.source_id, [meta.entity_key])).toBe(1);
  expect(await eraser.count('rating.v1', meta.source_id, [meta.entity_key])).toBe(0);
  await eraser.close();
  const steps = front.onCluster.slice(-3).map((statement) => statement.split(' ').slice(0, 3).join(' '));
  expect(steps.slice(0, 2)).toEqual(['SYSTEM SYNC REPLICA', 'SYSTEM SYNC REPLICA']);
  expect(steps[2]).toMatch(/^ALTER TABLE/);
  await remove();
});

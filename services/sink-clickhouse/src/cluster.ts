import type { ClickHouseSettings } from '@clickhouse/client';
import type { ClickHouse, ClickHouseConnection } from './connection.ts';
import type { DatabaseState } from './database-state.ts';
import { literal } from './scope-sql.ts';

/** Of an insert that is taken only when most replicas have it; ignored by a table without replicas. Times in ms. */
export const onMostReplicas = {
  insert_quorum: 'auto',
  insert_quorum_timeout: 20_000,
} as const satisfies ClickHouseSettings;

/** How the tables of a database reach its replicas. */
export interface Replication {
  /** Of new tables, before the arguments. */
  readonly engine: 'ReplacingMergeTree' | 'ReplicatedReplacingMergeTree';
  /** Of all replicas, as `ON CLUSTER` names it; null for one server, and where the server does it by itself. */
  readonly cluster: string | null;
}

/**
 * Finds out how a database is replicated: by the cluster that the connection names, by its own engine `Replicated`, by
 * ClickHouse Cloud (its engine is `Shared`), or not at all.
 * @param client whose default database need not exist
 * @throws when the cluster does not exist or has several shards, or the database replicates by itself
 */
export async function findReplication(
  client: ClickHouse,
  { cluster, database }: ClickHouseConnection,
): Promise<Replication> {
  const [found] = await client.rows<{ engine: string }>(
    `SELECT engine FROM system.databases WHERE name = ${literal(database)}`,
  );
  const byItself = found?.engine === 'Replicated' || found?.engine === 'Shared';
  if (cluster === undefined)
    return found?.engine === 'Replicated'
      ? // A database of this engine is a cluster of its own name.
        { engine: 'ReplicatedReplacingMergeTree', cluster: database }
      : { engine: 'ReplacingMergeTree', cluster: null };
  if (byItself)
    throw new Error(
      `The database ${database} has the engine ${found.engine}, which replicates by itself: name no cluster.`,
    );
  await checkCluster(client, cluster);
  return { engine: 'ReplicatedReplacingMergeTree', cluster };
}

async function checkCluster(client: ClickHouse, cluster: string): Promise<void> {
  // A name may be a macro of the server: '{cluster}'.
  const clusters = await client.rows<{ cluster: string; shards: string }>(
    'SELECT cluster, toString(uniqExact(shard_num)) AS shards FROM system.clusters GROUP BY cluster ORDER BY cluster',
  );
  if (/^\{\w+\}$/.test(cluster)) return;
  const found = clusters.find((one) => one.cluster === cluster);
  if (!found) {
    const names = clusters.map((one) => one.cluster).join(', ') || 'no clusters';
    throw new Error(`ClickHouse knows no cluster "${cluster}". It knows ${names}.`);
  }
  if (Number(found.shards) > 1)
    throw new Error(
      `The cluster ${cluster} has ${found.shards} shards: Sluice writes to the replicas of one shard. Name a cluster of one.`,
    );
}

/** Waits until every replica has what was written to a table before. */
export async function syncReplicas(
  client: ClickHouse,
  connection: ClickHouseConnection,
  table: string,
): Promise<void> {
  const { cluster } = await findReplication(client, connection);
  if (cluster !== null) await client.run(`SYSTEM SYNC REPLICA ON CLUSTER ${literal(cluster)} ${table}`);
}

/** A message for each table that is not replicated and should be, or the other way round. */
export function wrongEngines(
  database: string,
  state: DatabaseState,
  { engine }: Replication,
  tables: readonly string[],
): string[] {
  return tables.flatMap((table) => {
    const there = state.get(table)?.engine;
    if (there === undefined || there.startsWith('Shared')) return [];
    const [is, must] = [there.startsWith('Replicated'), engine.startsWith('Replicated')];
    if (is === must) return [];
    return [
      is
        ? `ClickHouse's ${database}.${table} is replicated: name its cluster in SLUICE_CLICKHOUSE_CLUSTER.`
        : `ClickHouse's ${database}.${table} is not replicated, so each replica would have rows of its own: convert it with "ATTACH TABLE … AS REPLICATED", or name no cluster.`,
    ];
  });
}

import type { StoredTopic } from '@sluice/schemas/topics';
import { storedTopics } from '@sluice/schemas/topics';
import { failureBeside, type Store, type StoreItem, type StoreResult } from '@sluice/sink/store';
import { classifyError } from './classify-error.ts';
import { onMostReplicas } from './cluster.ts';
import { columnsOf, tableOf, viewOf } from './columns.ts';
import type { ClickHouse, ClickHouseConnection } from './connection.ts';
import { connect, quotedDatabase } from './connection.ts';
import { findFromRaw } from './from-raw-mark.ts';
import { deduplicationToken, rowOf, splitByMonths } from './rows.ts';

/** ClickHouse's default of `max_partitions_per_insert_block`. */
const maxPartitionsPerInsert = 100;

/** An item with its row, ready to be sent. */
interface Prepared {
  readonly item: StoreItem;
  readonly row: string;
}

/**
 * Keeps events in one table for each topic. ClickHouse does not say whether it held a version already: an item
 * is `written` or `rejected`, never `stale`, and the views `<table>_latest` show the highest version.
 */
export function createClickHouseStore(connection: ClickHouseConnection): Store {
  const database = quotedDatabase(connection);
  const client = connect(connection);
  return {
    async write(items) {
      const parts = [...Map.groupBy(items, ({ topic }) => topic)].flatMap(([topic, ofTopic]) =>
        splitByMonths(ofTopic, maxPartitionsPerInsert).map((part) =>
          writePart(client, database, topic, part),
        ),
      );
      const ended = await Promise.allSettled(parts);
      const results = ended.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
      const failed = ended.find((one) => one.status === 'rejected');
      if (failed) throw failureBeside(results, failed.reason);
      return results;
    },
    missing: () => findMissing(client, connection.database),
    async settled(topic) {
      const fromRaw = await findFromRaw(client, connection.database, topic);
      return fromRaw && { writtenByMs: fromRaw.atMs, before: fromRaw.before };
    },
    close: () => client.close(),
  };
}

/**
 * Writes items of one table. When ClickHouse refuses the insert for what is in a row, halves are written until
 * the rows that it refuses stand alone.
 */
async function writePart(
  client: ClickHouse,
  database: string,
  topic: StoredTopic,
  items: readonly StoreItem[],
): Promise<StoreResult[]> {
  const prepared = items.map((item): Prepared => ({ item, row: rowOf(item) }));
  const bisect = async (part: readonly Prepared[]): Promise<StoreResult[]> => {
    const refusal = await insert(client, database, topic, part);
    if (refusal === undefined) return part.map(({ item: { id } }) => ({ id, outcome: 'written' }));
    const { cause, detail } = refusal;
    if (part.length === 1) {
      const isSmall = part.every(({ item: { bytes } }) => bytes < largeBytes);
      if (refusal.about === 'size' && isSmall) throw new NotTaken(tableOf(topic), cause);
      return part.map(({ item: { id } }) => ({ id, outcome: 'rejected', detail }));
    }
    const half = Math.ceil(part.length / 2);
    return [...(await bisect(part.slice(0, half))), ...(await bisect(part.slice(half)))];
  };
  return bisect(prepared);
}

/** What is refused for its size and smaller than this, in bytes, is not at fault: the limit is set too low. */
const largeBytes = 64 * 1024;

interface Refusal {
  readonly about: 'row' | 'size';
  readonly detail: string;
  readonly cause: unknown;
}

class NotTaken extends Error {
  constructor(table: string, cause: unknown) {
    super(`ClickHouse did not take an insert into ${table}; nothing is known about its rows.`, { cause });
  }
}

/**
 * Inserts rows into the table of a topic.
 * @returns why ClickHouse refused one of the rows, or all of them together; undefined when all are written
 * @throws when the server failed, or failed in an unknown way
 */
async function insert(
  client: ClickHouse,
  database: string,
  topic: StoredTopic,
  part: readonly Prepared[],
): Promise<Refusal | undefined> {
  const table = tableOf(topic);
  // Named, so that a table which lacks one is an error of the server and not of every row.
  const columns = columnsOf(topic).map(({ name }) => `\`${name}\``);
  const token = deduplicationToken(
    table,
    part.map(({ item }) => item),
  );
  try {
    await client.insert(
      `${database}.\`${table}\` (${columns.join(', ')})`,
      part.map(({ row }) => row),
      {
        insert_deduplicate: 1,
        insert_deduplication_token: token,
        ...onMostReplicas,
        // A profile may turn it on, and then an answer would not mean that the rows are written.
        async_insert: 0,
      },
    );
    return undefined;
  } catch (error) {
    const refused = classifyError(error);
    if (refused.about === 'server') throw new NotTaken(table, error);
    return { ...refused, cause: error };
  }
}

/** Compares what is there with the tables, columns and views that the store needs. */
async function findMissing(client: ClickHouse, database: string): Promise<string[]> {
  const found = await client.rows<{ table: string; name: string }>(
    `SELECT table, name FROM system.columns WHERE database = '${database}'`,
  );
  const there = Map.groupBy(found, ({ table }) => table);
  const apply = 'run `sluice migrate`';
  return storedTopics.flatMap((topic) => {
    const needed = columnsOf(topic).map(({ name }) => name);
    return [tableOf(topic), viewOf(tableOf(topic))].flatMap((table) => {
      const columns = there.get(table)?.map(({ name }) => name);
      if (!columns) return [`ClickHouse has no ${database}.${table}: ${apply}.`];
      const absent = needed.filter((name) => !columns.includes(name));
      if (absent.length === 0) return [];
      return [`ClickHouse's ${database}.${table} lacks ${absent.join(', ')}: ${apply}.`];
    });
  });
}

import { createHash } from 'node:crypto';
import { documentsOfElasticsearch, rowsOfClickHouse } from './shown-records.ts';
import type { System } from './system.ts';

/** What a reader sees in each store, as its count and a hash over all of it. */
export async function contentOfStores(
  system: System,
): Promise<{ readonly clickhouse: string; readonly elasticsearch: string }> {
  return {
    clickhouse: await summaryOf(rowsOfClickHouse(system)),
    elasticsearch: await summaryOf(documentsOfElasticsearch(system)),
  };
}

async function summaryOf(records: AsyncIterable<string>): Promise<string> {
  const hash = createHash('sha256');
  let count = 0;
  for await (const record of records) {
    hash.update(`${record}\n`);
    count += 1;
  }
  return `${count} records, sha256 ${hash.digest('hex').slice(0, 16)}`;
}

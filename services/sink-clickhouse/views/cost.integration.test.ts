import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, type ClickHouse } from '../src/connection.ts';
import { fillHistory } from '../src/fill-history.ts';
import { migrateClickHouse } from '../src/migrate.ts';
import { scratchDatabase } from '../testing/scratch-database.ts';
import { readyMadeViews } from '../src/views.ts';

jest.setTimeout(120_000);

const database = scratchDatabase();
const dayMs = 86_400_000;
const to = Date.now();
const page = readFileSync(join(import.meta.dirname, '../../../docs/guides/querying.md'), 'utf8');
// `<table>_latest` reads its table whole, and the page says so.
const queries = [...page.matchAll(/```sql\n([\s\S]*?)```/g)]
  .map(([, sql = '']) => sql.trim().replaceAll('sluice.', `${database.database}.`))
  .filter((sql) => readyMadeViews.some((view) => new RegExp(`\\b${view}(_between)?\\b`).test(sql)));

let client: ClickHouse;
beforeAll(async () => {
  await migrateClickHouse(database);
  client = connect(database, database.database);
});
afterAll(async () => {
  await client.close();
  await database.remove();
});

async function fill(conversations: number, fromDay: number, toDay: number): Promise<void> {
  const history = { conversations, from: to - fromDay * dayMs, to: to - toDay * dayMs };
  for (const statement of fillHistory(history)) await client.run(statement);
}

/** What the server says that it must read, but for ratings: those without a time have no month, and are read whole. */
async function rowsToRead(query: string): Promise<number> {
  const read = await client.rows<{ table: string; rows: string }>(`EXPLAIN ESTIMATE ${query}`);
  return read.filter(({ table }) => table !== 'rating').reduce((sum, { rows }) => sum + Number(rows), 0);
}

test('no documented query of the ready-made views reads more when there is half a year of history before', async () => {
  await fill(4000, 30, 0);
  const recent: number[] = [];
  for (const query of queries) recent.push(await rowsToRead(query));
  await fill(6000, 250, 100);
  expect(queries.length).toBeGreaterThanOrEqual(readyMadeViews.length);
  for (const [at, query] of queries.entries())
    expect({ query, rows: await rowsToRead(query) }).toEqual({ query, rows: recent[at] });
});

test('the documented queries stay within a small limit of memory', async () => {
  for (const query of queries)
    expect(
      await client.rows(`SELECT count() FROM (${query}) SETTINGS max_memory_usage = 134217728`),
    ).toHaveLength(1);
});

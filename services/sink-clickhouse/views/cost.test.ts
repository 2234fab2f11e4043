import { connect, type ClickHouse } from '../src/connection.ts';
import { fillHistory } from '../src/fill-history.ts';
import { migrateClickHouse } from '../src/migrate.ts';
import { scratchDatabase } from '../src/scratch-database.ts';

jest.setTimeout(120_000);

const dayMs = 86_400_000;
const to = Date.UTC(2026, 10, 27, 16);
const lastWeek = "from = '2026-11-21', to = '2026-11-28'";
const views = [
  ...['conversation_state', 'agent_day', 'agent_satisfaction', 'queue_hour', 'message_volume', 'page_path'],
  ...['late_event', 'bare_conversation_id', 'agent_identity'],
];

const database = scratchDatabase();
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
async function rowsToRead(view: string): Promise<number> {
  const select = `EXPLAIN ESTIMATE SELECT * FROM ${view}_between(${lastWeek})`;
  const read = await client.rows<{ table: string; rows: string }>(select);
  return read.filter(({ table }) => table !== 'rating').reduce((sum, { rows }) => sum + Number(rows), 0);
}

test('the figures of the last 7 days read no more when there is half a year of history before', async () => {
  await fill(4000, 30, 0);
  const recent = new Map<string, number>();
  for (const view of views) recent.set(view, await rowsToRead(view));
  await fill(6000, 185, 65);
  for (const view of views) {
    const [before, now] = [recent.get(view) ?? 0, await rowsToRead(view)];
    expect({ view, rows: now }).toEqual({ view, rows: before });
    expect(before).toBeGreaterThan(0);
  }
});

test('the figures of a week stay within a small limit of memory', async () => {
  for (const view of views) {
    const rows = await client.rows(
      `SELECT count() FROM ${view}_between(${lastWeek}) SETTINGS max_memory_usage = 134217728`,
    );
    expect(rows).toHaveLength(1);
  }
});

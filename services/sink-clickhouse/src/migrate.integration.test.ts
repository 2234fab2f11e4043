import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { storedTopics } from '@sluice/schemas/topics';
import { docOf } from '@sluice/sink/fields';
import { sampleItem } from '@sluice/sink/testing/sample-items';
import { createClickHouseStore } from './clickhouse-store.ts';
import { columnsOf, tableOf, viewOf } from './columns.ts';
import { connect } from './connection.ts';
import { readState } from './database-state.ts';
import { installedViews, migrateClickHouse } from './migrate.ts';
import type { ScratchDatabase } from '../testing/scratch-database.ts';
import { scratchDatabase } from '../testing/scratch-database.ts';
import { readEvents } from '../testing/read-events.ts';
import { readyMadeViews, viewFolder } from './views.ts';

jest.setTimeout(30_000);

const made: ScratchDatabase[] = [];
const scratch = (): ScratchDatabase => made[made.push(scratchDatabase()) - 1]!;
afterAll(() => Promise.all(made.map((database) => database.remove())));

async function stateOf(database: ScratchDatabase) {
  const client = connect(database, database.database);
  const state = await readState(client);
  await client.close();
  return [...state]
    .map(([name, { columns }]) => [name, [...columns].map(([column, { type }]) => [column, type]).sort()])
    .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
}

/** Runs statements within the database, each ended by a `;` at the end of a line. */
async function run(database: ScratchDatabase, sql: string): Promise<void> {
  const client = connect(database, database.database);
  for (const query of sql.split(/;$/m).filter((statement) => /^\w/m.test(statement))) {
    await client.run(query);
  }
  await client.close();
}

const oldTables = readFileSync(join(import.meta.dirname, 'fixtures/tables-of-0001.sql'), 'utf8');

/** A database as the first release made it, with one row in each of two tables. */
async function oldDatabase(): Promise<ScratchDatabase> {
  const database = scratch();
  await database.command(`CREATE DATABASE ${database.database}`);
  await run(database, oldTables);
  const meta = `"source_id":"shop","vendor":"UNKNOWN","received_at":1715000000000,"occurred_at":1714999999000,"version":1715000000000001`;
  await run(
    database,
    `INSERT INTO conversation FORMAT JSONEachRow
     {${meta},"event_id":"00000000-0000-5000-8000-000000000001","event_type":"conversation.started","entity_key":"1_7","conversation_id":"1_7","conversation_number":"7","phase":"STARTED","kind":"HUMAN","channel":"WECHAT","visitor_name":"王小明","staff_id":"14","wait_ms":1600,"attributes":[{"name":"chatData.chatEntrance","value":"首页"}]}`,
  );
  await run(
    database,
    `INSERT INTO rating FORMAT JSONEachRow
     {${meta},"event_id":"00000000-0000-5000-8000-000000000002","event_type":"rating.given","entity_key":"7","conversation_id":"7","conversation_number":"7","score":4,"solved":"SOLVED","tags":["快"],"target_role":"STAFF","staff_id":"14"}`,
  );
  return database;
}

describe('a new database', () => {
  const database = scratch();
  const all = [...storedTopics.map(tableOf).flatMap((table) => [table, viewOf(table)]), ...installedViews];

  test('gets every table and view, once, also when two run at once', async () => {
    const runs = await Promise.all([migrateClickHouse(database), migrateClickHouse(database)]);
    const told = new Set(runs.flat().map((line) => line.replace(/^created (table|view) /, '')));
    expect([...told].sort()).toEqual([...all].sort());
    expect((await stateOf(database)).map(([name]) => name)).toEqual([...all].sort());
    expect(await migrateClickHouse(database)).toEqual([]);
  });

  test.each(storedTopics)('%s: the table and its view have a column for every field', async (topic) => {
    await migrateClickHouse(database);
    const state = new Map((await stateOf(database)) as [string, [string, string][]][]);
    const columns = columnsOf(topic).map(({ name, type }) => [name, type]);
    for (const table of [tableOf(topic), viewOf(tableOf(topic))])
      expect(state.get(table)).toEqual([...columns].sort());
  });
});

test('the folder of the ready-made views holds those of the list', () => {
  const files = readdirSync(viewFolder).filter((name) => name.endsWith('.sql'));
  expect(files.sort()).toEqual(readyMadeViews.map((view) => `${view}.sql`).sort());
});

describe('a database of the first release', () => {
  test('keeps its rows, gets the new columns and views, and takes new events', async () => {
    const database = await oldDatabase();
    const lines = await migrateClickHouse(database);
    expect(lines).toContainEqual(expect.stringMatching(/^added to table conversation: .*visitor_language/));
    expect(lines).toEqual(
      expect.arrayContaining(['renewed view conversation_latest', 'created table visit']),
    );

    const { database: name } = database;
    const old = await database.rows(
      `SELECT visitor_name, staff_id, toInt32(wait_ms) AS wait_ms, visitor_language, visitor_type, staff_shares.staff_id AS shares,
         attributes.value AS entrances
       FROM ${name}.conversation_latest WHERE conversation_id = '1_7'`,
    );
    expect(old).toEqual([
      {
        ...{ visitor_name: '王小明', staff_id: '14', wait_ms: 1600, visitor_language: null },
        ...{ visitor_type: 'UNKNOWN', shares: [], entrances: ['首页'] },
      },
    ]);
    expect(await database.rows(`SELECT channel, staff_id FROM ${name}.conversation_state`)).toEqual([
      { channel: 'WECHAT', staff_id: '14' },
    ]);
    expect(await database.rows(`SELECT staff_id, average_score FROM ${name}.agent_satisfaction`)).toEqual([
      { staff_id: '14', average_score: 4 },
    ]);

    const store = createClickHouseStore(database);
    const item = sampleItem('conversation.v1');
    expect(await store.missing()).toEqual([]);
    expect(await store.write([item])).toEqual([{ id: item.id, outcome: 'written' }]);
    expect(await readEvents(database, 'conversation.v1', item.id)).toEqual([item.event]);
    await store.close();
  });

  test('ends as a new one does but for the order of columns, also when two run at once', async () => {
    const [database, fresh] = [await oldDatabase(), scratch()];
    await Promise.all([migrateClickHouse(database), migrateClickHouse(database), migrateClickHouse(fresh)]);
    expect(await stateOf(database)).toEqual(await stateOf(fresh));
    expect(await migrateClickHouse(database)).toEqual([]);
  });
});

describe('comments', () => {
  const commentsOf = async (database: ScratchDatabase) => {
    const client = connect(database, database.database);
    const state = await readState(client);
    await client.close();
    return state;
  };

  test('every column, table and view says what it is, in a new database and in one of the first release', async () => {
    for (const database of [scratch(), await oldDatabase()]) {
      await migrateClickHouse(database);
      const state = await commentsOf(database);
      for (const topic of storedTopics)
        for (const table of [tableOf(topic), viewOf(tableOf(topic))]) {
          expect([table, state.get(table)?.comment]).toEqual([table, docOf(topic)]);
          for (const { name, comment } of columnsOf(topic)) {
            expect([name, comment]).toEqual([name, expect.stringMatching(/\w{3}/)]);
            expect([name, state.get(table)?.columns.get(name)?.comment]).toEqual([name, comment]);
          }
        }
      for (const view of installedViews)
        expect(state.get(view)?.comment).toMatch(/^(What|Who|How|When|Which)/);
    }
  });

  test('of columns are renewed, a table keeps its own and what a rebuild noted', async () => {
    const database = scratch();
    await migrateClickHouse(database);
    await run(
      database,
      `ALTER TABLE rating COMMENT COLUMN score 'it''s mine', MODIFY COMMENT 'Ours. [filled from raw 7]';
ALTER TABLE visit MODIFY COMMENT '[filled from raw 8 up to 0:5]';
`,
    );
    expect(await migrateClickHouse(database)).toEqual([
      'renewed comments of table rating',
      'renewed view rating_latest',
      'renewed comments of table visit',
    ]);
    const state = await commentsOf(database);
    expect(state.get('rating')?.columns.get('score')?.comment).toMatch(/^1 \(worst\) to 5/);
    expect(state.get('rating')?.comment).toBe('Ours. [filled from raw 7]');
    expect(state.get('rating_latest')?.comment).toBe('Ours.');
    expect(state.get('visit')?.comment).toBe(`${docOf('visit.v1')} [filled from raw 8 up to 0:5]`);
    expect(await migrateClickHouse(database)).toEqual([]);
  });
});

test('a run that broke off is made good by the next', async () => {
  const [whole, broken] = [scratch(), scratch()];
  for (const database of [whole, broken]) await migrateClickHouse(database);
  await run(
    broken,
    `DROP TABLE visit;
DROP VIEW page_view_latest;
DROP VIEW agent_day;
ALTER TABLE conversation DROP COLUMN visitor_language, DROP COLUMN \`staff_shares.handle_ms\`;
`,
  );
  expect(await migrateClickHouse(broken)).toEqual([
    'added to table conversation: visitor_language, staff_shares.handle_ms',
    // Its columns are in another order now.
    'renewed view conversation_latest',
    'created table visit',
    'created view page_view_latest',
    'created view agent_day',
  ]);
  expect(await stateOf(broken)).toEqual(await stateOf(whole));
});

test('a column that somebody added stays, and the view shows it', async () => {
  const database = scratch();
  await migrateClickHouse(database);
  await run(database, 'ALTER TABLE other ADD COLUMN mine Nullable(String)');
  expect(await migrateClickHouse(database)).toEqual(['renewed view other_latest']);
});

test('columns of a wrong type are named each, and nothing is changed', async () => {
  const database = scratch();
  await database.command(`CREATE DATABASE ${database.database}`);
  await run(database, oldTables);
  await run(
    database,
    'ALTER TABLE rating MODIFY COLUMN score Nullable(String), MODIFY COLUMN tags Array(LowCardinality(String)), MODIFY COLUMN score_sent Nullable(Int64)',
  );
  const before = await stateOf(database);
  const place = `of ClickHouse's ${database.database}.rating is`;
  const advice = 'rename it, and it is created again next to the old one.';
  await expect(migrateClickHouse(database)).rejects.toThrow(
    `Column score ${place} Nullable(String) and must be Nullable(Int32): ${advice}\n` +
      `Column score_sent ${place} Nullable(Int64) and must be Nullable(String): ${advice}`,
  );
  expect(await stateOf(database)).toEqual(before);
});

test('a name that could be more than a name is refused', async () => {
  await expect(migrateClickHouse({ ...scratch(), database: 'a`; DROP' })).rejects.toThrow(
    'cannot name a database',
  );
});

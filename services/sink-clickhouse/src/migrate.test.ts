import { canonicalTopics } from '@sluice/schemas/topics';
import { columnsOf, tableOf, viewOf } from './columns.ts';
import { migrateClickHouse, readMigrations } from './migrate.ts';
import { scratchDatabase } from './scratch-database.ts';

const database = scratchDatabase();
afterAll(() => database.remove());

test('applies what is not yet applied, once, also when two run at once', async () => {
  const names = (await readMigrations()).map(({ name }) => name).sort();
  const runs = await Promise.all([migrateClickHouse(database), migrateClickHouse(database)]);
  expect(runs).toContainEqual(names);
  expect(await migrateClickHouse(database)).toEqual([]);
});

test.each(canonicalTopics)(
  '%s: the table and its view have a column of a fitting type for every field',
  async (topic) => {
    await migrateClickHouse(database);
    for (const table of [tableOf(topic), viewOf(tableOf(topic))]) {
      const there = await database.rows<{ name: string; type: string }>(
        `SELECT name, type FROM system.columns WHERE database = '${database.database}' AND table = '${table}'`,
      );
      const columns = columnsOf(topic);
      expect(there.map(({ name }) => name).sort()).toEqual(columns.map(({ name }) => name).sort());
      for (const { name, types } of columns) {
        expect(types).toContain(there.find((column) => column.name === name)?.type);
      }
    }
  },
);

test('an applied file that was edited is refused', async () => {
  const [first] = await readMigrations();
  await migrateClickHouse(database);
  const edited = { ...first!, sql: `${first!.sql}\n-- edited` };
  await expect(migrateClickHouse(database, [edited])).rejects.toThrow(`${first!.name} was edited after`);
});

test('a migration that fails is named, not recorded, and applied by the next run', async () => {
  const name = '9999-a-test.sql';
  const broken = {
    name,
    sql: 'CREATE TABLE IF NOT EXISTS half (a Int32) ENGINE = Memory;\nCREATE NONSENSE;\n',
  };
  await expect(migrateClickHouse(database, [broken])).rejects.toThrow(
    `refused statement 2 of migration ${name}`,
  );
  const mended = { name, sql: 'CREATE TABLE IF NOT EXISTS half (a Int32) ENGINE = Memory;\n' };
  expect(await migrateClickHouse(database, [mended])).toEqual([name]);
});

test('a name that could be more than a name is refused', async () => {
  await expect(migrateClickHouse({ ...database, database: 'a`; DROP' })).rejects.toThrow(
    'cannot name a database',
  );
});

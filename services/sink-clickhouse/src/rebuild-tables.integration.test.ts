import { rebuildContract } from '@sluice/sink/testing/rebuild-contract';
import { migrateClickHouse } from './migrate.ts';
import { clickHouseRebuildTarget } from './rebuild-tables.ts';
import { scratchDatabase } from '../testing/scratch-database.ts';

jest.setTimeout(60_000);

rebuildContract('ClickHouse', async () => {
  const database = scratchDatabase();
  await migrateClickHouse(database);
  const target = clickHouseRebuildTarget(database);
  return {
    target,
    stream: database.database,
    async remove() {
      await target.close();
      await database.remove();
    },
  };
});

test('a table keeps what somebody gave it: a column, and a TTL', async () => {
  const database = scratchDatabase();
  await migrateClickHouse(database);
  const table = `${database.database}.rating`;
  await database.command(`ALTER TABLE ${table} ADD COLUMN mine String DEFAULT 'x'`);
  await database.command(`ALTER TABLE ${table} MODIFY TTL toDateTime(received_at) + INTERVAL 90 YEAR`);
  const target = clickHouseRebuildTarget(database);
  const begun = await target.begin('1', ['rating.v1']);
  await begun.swap('rating.v1', null);
  await begun.end();
  const [found] = await database.rows<{ statement: string }>(`SHOW CREATE TABLE ${table}`);
  expect(found?.statement).toMatch(/`mine` String DEFAULT 'x'[\s\S]*TTL /);
  await target.close();
  await database.remove();
});

test.each([
  ["ADD COLUMN newer Nullable(String) DEFAULT 'x'", /^its columns, TTL or settings differ: .*`newer` Nullable\(String\)/],
  ['MODIFY TTL toDateTime(received_at) + INTERVAL 80 YEAR', /TTL toDateTime\(received_at\)/],
  ['MODIFY SETTING merge_with_ttl_timeout = 5000', /merge_with_ttl_timeout = 5000/],
])('what a migration changes meanwhile is seen before it would be taken away: %s', async (change, told) => {
  const database = scratchDatabase();
  await migrateClickHouse(database);
  const target = clickHouseRebuildTarget(database);
  const begun = await target.begin('1', ['rating.v1', 'other.v1']);
  await database.command(`ALTER TABLE ${database.database}.rating ${change}`);
  expect(await begun.changed('rating.v1')).toMatch(told);
  expect(await begun.changed('other.v1')).toBeNull();
  await begun.end();
  await target.close();
  await database.remove();
}); // prettier-ignore

test('comments that a migration gives meanwhile change nothing, and those of columns are swapped in', async () => {
  const database = scratchDatabase();
  await migrateClickHouse(database);
  const target = clickHouseRebuildTarget(database);
  const table = `${database.database}.rating`;
  const begun = await target.begin('1', ['rating.v1']);
  await database.command(
    `ALTER TABLE ${table} COMMENT COLUMN score 'it''s new, TTL 5 \\'', MODIFY COMMENT 'New'`,
  );
  expect(await begun.changed('rating.v1')).toBeNull();
  await begun.swap('rating.v1', null);
  await begun.end();
  const [found] = await database.rows<{ comment: string }>(
    `SELECT comment FROM system.columns WHERE database = '${database.database}' AND table = 'rating' AND name = 'score'`,
  );
  expect(found?.comment).toMatch(/^1 \(worst\)/);
  await target.close();
  await database.remove();
});

test('a database in which tables cannot be exchanged is refused', async () => {
  const database = scratchDatabase();
  const target = clickHouseRebuildTarget(database);
  await expect(target.begin('1', ['rating.v1'])).rejects.toThrow(
    /^ClickHouse cannot exchange tables of the database \S+ with another one.s, since its engine is unknown: it must be Atomic\.$/,
  );
  await target.close();
  await database.remove();
});

import { storedTopics } from '@sluice/schemas/topics';
import { onCluster } from './on-cluster.ts';
import { columnsOf, tableOf } from './columns.ts';
import { addColumns, commentColumns, createLatestView, createTable } from './tables.ts';
import { createBetweenView, createReadyMadeView, readyMadeViews } from './views.ts';

test.each([
  ['CREATE DATABASE IF NOT EXISTS `a-b`', "CREATE DATABASE IF NOT EXISTS `a-b` ON CLUSTER 'c'"],
  ['CREATE TABLE `a`.`b` AS `c`.`d`', "CREATE TABLE `a`.`b` ON CLUSTER 'c' AS `c`.`d`"],
  ['-- A view.\n--\nCREATE OR REPLACE VIEW a AS SELECT 1', "-- A view.\n--\nCREATE OR REPLACE VIEW a ON CLUSTER 'c' AS SELECT 1"],
  ['ALTER TABLE `a`.`b` DELETE WHERE c = 1', "ALTER TABLE `a`.`b` ON CLUSTER 'c' DELETE WHERE c = 1"],
  ['EXCHANGE TABLES `a`.`b` AND `c`.`b`', "EXCHANGE TABLES `a`.`b` AND `c`.`b` ON CLUSTER 'c'"],
  ['DROP DATABASE IF EXISTS `a` SYNC', "DROP DATABASE IF EXISTS `a` ON CLUSTER 'c' SYNC"],
  ['INSERT INTO a SELECT 1', 'INSERT INTO a SELECT 1'],
  ['SYSTEM FLUSH LOGS', 'SYSTEM FLUSH LOGS'],
])('%s', (statement, changed) => expect(onCluster(statement, 'c')).toBe(changed)); // prettier-ignore

test.each([
  'TRUNCATE TABLE a',
  'CREATE USER a',
  'ALTER USER a',
  'DROP VIEW a.b.c',
  'ALTER TABLE a.b.c ADD COLUMN d',
])('a statement of another kind throws: %s', (statement) =>
  expect(() => onCluster(statement, 'c')).toThrow(/^It is not known where ON CLUSTER belongs/),
);

test('the name of a cluster may be a macro, and can end no statement', () => {
  expect(onCluster('CREATE DATABASE a', '{cluster}')).toBe("CREATE DATABASE a ON CLUSTER '{cluster}'");
  expect(onCluster('CREATE DATABASE a', "c'; DROP")).toBe("CREATE DATABASE a ON CLUSTER 'c\\'; DROP'");
});

test('every statement of a migration gets it once', async () => {
  const views = await Promise.all(readyMadeViews.map(createReadyMadeView));
  const statements = [
    ...storedTopics.flatMap((topic) => [
      createTable(tableOf(topic), columnsOf(topic)),
      addColumns(tableOf(topic), columnsOf(topic)),
      commentColumns(tableOf(topic), columnsOf(topic)),
      createLatestView('v', tableOf(topic), { columns: new Map(), comment: '' }),
    ]),
    ...views,
    ...readyMadeViews.map((view, at) => createBetweenView(view, views[at] ?? '', '`d`')),
  ];
  for (const statement of statements)
    expect(onCluster(statement, 'c').split(" ON CLUSTER 'c'").length).toBe(2);
});

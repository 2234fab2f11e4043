import { storedTopics } from '@sluice/schemas/topics';
import type { Field } from '@sluice/sink/fields';
import { columnsFor, tableOf, viewOf } from './columns.ts';
import { readyMadeViews } from './views.ts';

const text = (name: string): Field => ({ name, kind: 'string', nullable: true });
const shape = (...own: Field[]) => columnsFor('a test', { meta: [], own });

test('a record becomes columns of its own, an array of records arrays of one length', () => {
  const fields: Field[] = [
    text('url'),
    { name: 'state', kind: 'enum', nullable: false },
    { name: 'seen_at', kind: 'timestamp', nullable: false },
  ];
  const columns = shape(
    { name: 'page', kind: 'record', nullable: true, fields },
    { name: 'pages', kind: 'records', nullable: false, fields },
  );
  expect(columns.map(({ name, type, defaultSql }) => [name, type, defaultSql])).toEqual([
    ['page_url', 'Nullable(String)', undefined],
    ['page_state', 'LowCardinality(String)', "'UNKNOWN'"],
    ['page_seen_at', "Nullable(DateTime64(3, 'UTC'))", undefined],
    ['pages.url', 'Array(Nullable(String))', undefined],
    ['pages.state', 'Array(LowCardinality(String))', undefined],
    ['pages.seen_at', "Array(Nullable(DateTime64(3, 'UTC')))", undefined],
    ['version', 'UInt64', undefined],
  ]);
  const row = (event: object) => columns.map(({ valueOf }) => valueOf({ id: 'a', version: 1, event }));
  const page = { url: 'u', state: 'OK', seen_at: 5 };
  expect(row({ page, pages: [page, { url: null, state: 'NOT', seen_at: 6 }] })).toEqual([
    ...['u', 'OK', 5],
    ...[
      ['u', null],
      ['OK', 'NOT'],
      [5, 6],
    ],
    1,
  ]);
  expect(row({ page: null, pages: [] })).toEqual([null, 'UNKNOWN', null, [], [], [], 1]);
});

test('two fields that would become one column are an error that names it', () => {
  const record: Field = { name: 'page', kind: 'record', nullable: true, fields: [text('url')] };
  expect(() => shape(text('page_url'), record)).toThrow(
    'Two fields of a test would become the column page_url.',
  );
});

test('an array of records holds single values', () => {
  const inner: Field = { name: 'tags', kind: 'strings', nullable: false };
  expect(() => shape({ name: 'pages', kind: 'records', nullable: false, fields: [inner] })).toThrow(
    'tags of pages has no column',
  );
});

test('no two of the tables and views have one name', () => {
  const names = storedTopics.map(tableOf).flatMap((table) => [table, viewOf(table)]);
  const all = [...names, ...readyMadeViews];
  expect(new Set(all).size).toBe(all.length);
});

import { checksumOf, planMigrations, statementsOf } from './plan-migrations.ts';

const files = ['0002-b.sql', '0001-a.sql'].map((name) => ({ name, sql: `SELECT '${name}';` }));
const applied = files.map((file) => ({ name: file.name, checksum: checksumOf(file) }));

test.each([
  ['nothing applied', [], ['0001-a.sql', '0002-b.sql']],
  ['one applied', applied.slice(1), ['0002-b.sql']],
  ['all applied', applied, []],
  ['one that only the database knows', [...applied, { name: '0003-c.sql', checksum: 'x' }], []],
])('%s', (_, known, pending) => {
  expect(planMigrations(files, known).map(({ name }) => name)).toEqual(pending);
});

test('an edited file is refused by name', () => {
  expect(() => planMigrations(files, [{ name: '0001-a.sql', checksum: 'another' }])).toThrow(
    '0001-a.sql was edited',
  );
});

test('statements end at the semicolon that ends a line', () => {
  const sql = "-- one\nSELECT ';';\n\nSELECT 2\n;  \n-- the end; really\n";
  expect(statementsOf({ name: 'x', sql })).toEqual(["-- one\nSELECT ';'", 'SELECT 2']);
});

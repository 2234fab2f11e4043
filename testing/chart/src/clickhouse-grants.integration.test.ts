import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createClickHouseStore } from '@sluice/sink-clickhouse/clickhouse-store';
import { clickHouseEraser } from '@sluice/sink-clickhouse/erase-rows';
import { migrateClickHouse } from '@sluice/sink-clickhouse/migrate';
import { clickHouseRebuildTarget } from '@sluice/sink-clickhouse/rebuild-tables';
import { sampleItem } from '@sluice/sink/testing/sample-items';
import { root } from './chart-folder.ts';
import { startGrantedClickHouse, type GrantedClickHouse } from './testing/granted-clickhouse.ts';

jest.setTimeout(120_000);

const page = readFileSync(join(root, 'docs/operations/clickhouse.md'), 'utf8');
const [, shown = ''] = /## Users\n.*?```sql\n(.*?)```/s.exec(page) ?? [];

/** What the page grants to a user of a single server, for the stream `granted`. */
function grantsOf(user: string): string[] {
  const statements = shown.split(';').map((statement) => statement.replaceAll(/--.*/g, '').trim());
  const own = statements.filter((statement) => statement.endsWith(` TO ${user}`));
  return own.map((statement) => statement.replace(/ TO \w+$/, '').replaceAll('sluice', 'granted'));
}

const denied = /Not enough privileges|ACCESS_DENIED/;
let server: GrantedClickHouse;
beforeAll(async () => {
  server = await startGrantedClickHouse();
});
afterAll(() => server.close());

const connection = () => ({ url: server.url, username: 'default', database: 'granted' });

async function as(user: string): Promise<void> {
  const grants = grantsOf(user);
  expect(grants).not.toEqual([]);
  await server.restartWith(grants);
}

async function query(sql: string): Promise<string> {
  const answer = await fetch(server.url, { method: 'POST', body: sql });
  return answer.text();
}

test('the users of the page can do what they are for, and not what others are for', async () => {
  await as('sluice_release');
  await migrateClickHouse(connection(), { retentionMs: 86_400_000_000 });
  expect(await migrateClickHouse(connection(), { retentionMs: 86_400_000_000 })).toEqual([]);
  expect(await query('DROP TABLE granted.rating')).toMatch(denied);

  await as('sluice_sink');
  const store = createClickHouseStore(connection());
  expect(await store.missing()).toEqual([]);
  const item = sampleItem('rating.v1');
  expect(await store.write([item])).toEqual([{ id: item.id, outcome: 'written' }]);
  expect(await store.settled('rating.v1')).toBeNull();
  await store.close();
  expect(await query('ALTER TABLE granted.rating DELETE WHERE 1')).toMatch(denied);

  await as('analyst');
  expect(await query('SELECT count() FROM granted.rating_latest')).toBe('1\n');
  expect(await query('SELECT count() FROM granted.agent_day')).toMatch(/^\d+\n$/);
  expect(await query('INSERT INTO granted.rating (source_id) VALUES (1)')).toMatch(denied);

  await as('sluice_operator');
  const target = clickHouseRebuildTarget(connection());
  expect(await target.orphans()).toEqual([]);
  const rebuild = await target.begin('1', ['rating.v1']);
  expect(await target.orphans()).toEqual(['granted-rebuild-1']);
  await rebuild.copyUnchanged('rating.v1', { of: 'nothing' }, (work) => work());
  await rebuild.swap('rating.v1', null);
  await rebuild.end();
  await target.close();
  const { source_id: source, entity_key: key } = item.event.meta;
  const eraser = clickHouseEraser(connection());
  await eraser.erase('rating.v1', source, [key]);
  await eraser.close();
});

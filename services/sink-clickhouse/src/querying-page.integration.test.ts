import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalTopics, storedTopics } from '@sluice/schemas/topics';
import type { StaffShare } from '@sluice/schemas/schemas';
import { sampleEvent, sampleItem } from '@sluice/sink/testing/sample-items';
import { connect } from './connection.ts';
import { createClickHouseStore } from './clickhouse-store.ts';
import { tableOf, viewOf } from './columns.ts';
import { installedViews, migrateClickHouse } from './migrate.ts';
import { scratchDatabase } from '../testing/scratch-database.ts';
import { readyMadeViews } from './views.ts';

jest.setTimeout(30_000);

const page = readFileSync(join(import.meta.dirname, '../../../docs/guides/querying.md'), 'utf8');
const database = scratchDatabase();
/** One moment for events and queries: a day of Beijing may end between them. */
const nowMs = Date.now();
const pinned = (zone: string): string => `toDateTime(${Math.floor(nowMs / 1000)}${zone && `, ${zone}`})`;
/** The page's database is this test's own, and its `now` is the moment of the events. */
const here = (sql: string): string =>
  sql
    .replaceAll(/\bsluice\./g, `${database.database}.`)
    .replaceAll(/\bnow\((.*?)\)/g, (_now, zone: string) => pinned(zone));
const queries = [...page.matchAll(/```sql\n([\s\S]*?)```/g)].map(([, sql = '']) => sql);

const dayMs = 86_400_000;

/** What a record says about an agent of a conversation. */
function recordedShare(staff_id: string): StaffShare {
  const [, blank] = sampleEvent('conversation.v1').staff_shares as [StaffShare, StaffShare];
  return { ...blank, staff_id };
}

/** Events of a minute ago, and of yesterday, so that every query of the page finds something. */
function recentEvents() {
  const at = nowMs - 60_000;
  const beijing = 8 * 3_600_000;
  const yesterday = Math.floor((at + beijing) / dayMs - 1) * dayMs - beijing;
  const source = { source_id: 'shop', entity_key: '1_7', occurred_at: at };
  const [share] = sampleEvent('conversation.v1').staff_shares as [StaffShare, StaffShare];
  const id = { conversation_id: '1_7', conversation_number: '7' };
  return [
    ...canonicalTopics.map((topic) => sampleItem(topic, { occurred_at: at })),
    sampleItem('conversation.v1', source, {
      ...{ ...id, phase: 'ENDED', kind: 'HUMAN', requested_at: at, staff_shares: [share] },
      end_reason: 'QUEUE_ABANDONED',
    }),
    sampleItem('conversation.v1', source, {
      ...{
        conversation_id: '1_8',
        conversation_number: '8',
        phase: 'ENDED',
        kind: 'HUMAN',
        requested_at: at,
      },
      ...{ staff_shares: [share], queue_state: 'ANSWERED', end_reason: 'STAFF_CLOSED' },
    }),
    // Waited yesterday, early and late in the day of Beijing.
    ...[0.5, 23.5].map((hours) => {
      const requested_at = yesterday + hours * 3_600_000;
      const waited = { source_id: 'shop', entity_key: `1_9${hours}`, occurred_at: requested_at };
      const state = { phase: 'ENDED', kind: 'HUMAN', queue_state: 'ANSWERED', requested_at } as const;
      return sampleItem('conversation.v1', waited, {
        conversation_id: `1_9${hours}`,
        conversation_number: null,
        ...state,
      });
    }),
    // An agent by e-mail, next to two ids; a rating says whose name it is.
    sampleItem('conversation.v1', source, {
      ...{
        conversation_id: 'c',
        conversation_number: null,
        phase: 'RECORDED',
        staff_id: null,
        staff_name: '丁',
      },
      staff_shares: ['u1', 'u2'].map((staff_id) => ({ ...share, staff_id })),
    }),
    sampleItem('rating.v1', source, { target_role: 'STAFF', staff_id: 'u1', staff_name: '丁' }),
    // An agent by e-mail in the record and by id in the rating: fast and well liked.
    sampleItem('conversation.v1', source, {
      ...{ conversation_id: 'd', conversation_number: null, phase: 'RECORDED', kind: 'HUMAN' },
      ...{ staff_id: null, staff_account: 'wang@shop', staff_name: '王', first_response_ms: 2000 },
      ...{ requested_at: at, queue_state: 'NOT_QUEUED', staff_shares: [recordedShare('u9')] },
    }),
    sampleItem(
      'rating.v1',
      { ...source, entity_key: 'd' },
      {
        ...{ conversation_id: 'd', conversation_number: null, target_role: 'STAFF', staff_id: 'u9' },
        ...{ staff_account: null, staff_name: '王', score: 5 },
      },
    ),
    sampleItem(
      'rating.v1',
      { ...source, entity_key: 'e' },
      { conversation_id: 'e', conversation_number: null, target_role: 'STAFF', score: 1 },
    ),
    sampleItem(
      'rating.v1',
      { ...source, entity_key: 'f', occurred_at: yesterday + 12 * 3_600_000 },
      { conversation_id: 'f', conversation_number: null, target_role: 'STAFF', score: 4 },
    ),
    sampleItem('conversation.v1', source, { ...id, phase: 'TRANSFERRED' }),
    sampleItem('message.v1', source, { sent_at: at, kind: 'TEXT' }),
    sampleItem('rating.v1', { ...source, occurred_at: at - 9 * dayMs, received_at: at }),
    sampleItem('rating.v1', source, { conversation_id: '7', conversation_number: '7' }),
    sampleItem('staff-action.v1', source, { ...id, action: 'CARD_PUSHED', result: 'DONE' }),
    sampleItem('visit.v1', source, { visit_id: 'v', phase: 'LEFT', conversation_ids: ['1_7'] }),
    sampleItem('page-view.v1', source, { visit_id: 'v', viewed_at: at - 1000 }),
    sampleItem('contact.v1', source, {
      custom_fields: [{ group: 'myData', id: null, name: '会员等级', value: 'VIP👑' }],
    }),
  ];
}

const client = connect(database);
beforeAll(async () => {
  await migrateClickHouse(database);
  const store = createClickHouseStore(database);
  await store.write(recentEvents());
  await store.close();
});
afterAll(async () => {
  await client.close();
  await database.remove();
});

test.each(queries)('docs/guides/querying.md: a query finds something: %s', async (query) => {
  expect(await client.rows(here(query))).not.toEqual([]);
});

test.each(queries)(
  'docs/guides/querying.md: a query finds the same wherever the session is: %s',
  async (query) => {
    const zones = ['Asia/Shanghai', 'UTC', 'America/New_York'];
    const found = zones.map(async (zone) => {
      const rows = await client.rows(`SELECT * FROM (${here(query)}) SETTINGS session_timezone = '${zone}'`);
      return rows.map((row) => JSON.stringify(row)).sort();
    });
    const [inShanghai, ...elsewhere] = await Promise.all(found);
    for (const rows of elsewhere) expect(rows).toEqual(inShanghai);
  },
);

test('docs/guides/querying.md: the hours of yesterday are those of Beijing', async () => {
  const ofQueue = queries.find((query) => query.includes('FROM sluice.queue_hour_between')) ?? '';
  const hours = await client.rows(
    `SELECT DISTINCT toHour(hour) AS hour FROM (${here(ofQueue)}) ORDER BY hour`,
  );
  expect(hours).toEqual([{ hour: 0 }, { hour: 23 }]);
});

test('docs/guides/querying.md: who is fast and well liked is found by one key, by id and by e-mail', async () => {
  const ofBoth = queries.find((query) => query.includes('liking AS')) ?? '';
  expect(await client.rows(`SELECT * FROM (${here(ofBoth)}) WHERE staff_id = 'u9'`)).toEqual([
    {
      ...{ source_id: 'shop', staff_id: 'u9', staff_account: 'wang@shop', staff_name: '王' },
      ...{ first_response_s: 2, score: 5, scores: 1 },
    },
  ]);
});

test('docs/guides/querying.md describes every ready-made view, with a query of each', () => {
  const told = [...page.matchAll(/^\| `(\w+)` +\| (?:what|how|which|who)/gm)].map(([, view]) => view);
  expect(told.sort()).toEqual([...readyMadeViews].sort());
  for (const view of readyMadeViews)
    expect(
      queries.filter((query) => new RegExp(`(FROM|JOIN) sluice\\.${view}_between\\(`).test(query)),
    ).not.toEqual([]);
});

test('docs/guides/querying.md: every query names the database', () => {
  const tables = [...storedTopics.map((topic) => viewOf(tableOf(topic))), ...installedViews];
  const unnamed = new RegExp(`\\b(FROM|JOIN) (${tables.join('|')})\\b`);
  expect(queries.filter((query) => unnamed.test(query))).toEqual([]);
});

test('docs/guides/querying.md: the line of curl finds something as it stands', async () => {
  const [, address = '', sql = ''] =
    /^curl 'http:\/\/localhost:18123(\S*)' --data-binary '(.*)'$/m.exec(page) ?? [];
  const answer = await fetch(`${database.url}${address}`, { method: 'POST', body: here(sql) });
  expect(await answer.text()).toContain('event_type');
});

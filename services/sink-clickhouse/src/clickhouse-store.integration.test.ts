import { monthOf } from '@sluice/sink/month';
import { sampleEvent, sampleItem } from '@sluice/sink/testing/sample-items';
import { storeContract } from '@sluice/sink/testing/store-contract';
import { createClickHouseStore } from './clickhouse-store.ts';
import { migrateClickHouse } from './migrate.ts';
import { scratchDatabase } from '../testing/scratch-database.ts';
import { readEvents } from '../testing/read-events.ts';

jest.setTimeout(30_000);

storeContract('the ClickHouse store', () => {
  const database = scratchDatabase();
  const store = createClickHouseStore(database);
  return Promise.resolve({
    store,
    async prepare() {
      await migrateClickHouse(database);
    },
    read: (topic, id) => readEvents(database, topic, id),
    spoil: (item) => ({ ...item, id: `${item.id}?` }),
    away: () => Promise.resolve(createClickHouseStore({ ...database, url: 'http://127.0.0.1:1' })),
    async remove() {
      await store.close();
      await database.remove();
    },
  });
});

describe('the ClickHouse store', () => {
  const database = scratchDatabase();
  const store = createClickHouseStore(database);
  beforeAll(async () => {
    await migrateClickHouse(database);
  });
  afterAll(async () => {
    await store.close();
    await database.remove();
  });
  const count = async (table: string) => {
    const rows = await database.rows<{ n: string }>(`SELECT count() AS n FROM ${database.database}.${table}`);
    return Number(rows[0]?.n);
  };

  test('the server drops an insert that it has already taken', async () => {
    const items = [sampleItem('rating.v1'), sampleItem('rating.v1')];
    // A merge would drop the copies too.
    await database.command(`SYSTEM STOP MERGES ${database.database}.rating`);
    await store.write(items);
    await store.write(items.toReversed());
    expect(await count('rating')).toBe(2);
  });

  test('events of more months than one insert may touch are all written', async () => {
    const items = Array.from({ length: 250 }, (_, month) => {
      const received_at = Date.UTC(2001, month);
      return sampleItem('other.v1', { occurred_at: received_at, received_at });
    });
    const results = await store.write(items);
    expect(results.filter(({ outcome }) => outcome !== 'written')).toEqual([]);
    expect(await count('other_latest')).toBe(250);
  });

  test('copies of one event in one partition and in two are one to a reader', async () => {
    const item = sampleItem('message.v1');
    const moved = sampleItem('message.v1', {
      ...item.event.meta,
      received_at: item.version,
      occurred_at: null,
    });
    await store.write([item]);
    await store.write([moved]);
    expect(await readEvents(database, 'message.v1', item.id)).toEqual([moved.event]);
  });

  test('a reader whose profile does not merge over partitions sees one copy too', async () => {
    const item = sampleItem('message.v1');
    const version = item.version + 1;
    await store.write([item]);
    await store.write([{ ...sampleItem('message.v1', { ...item.event.meta, occurred_at: null }), version }]);
    const rows = await database.rows<{ occurred_at: string | null }>(
      `SELECT occurred_at FROM ${database.database}.message_latest WHERE event_id = '${item.id}'
       SETTINGS do_not_merge_across_partitions_select_final = 1`,
    );
    expect(rows).toEqual([{ occurred_at: null }]);
  });

  test('whatever times a sender writes, a table has a small number of partitions', async () => {
    const received_at = Date.UTC(2026, 2, 15);
    const times = Array.from({ length: 1500 }, (_, month) => Date.UTC(1980, month, 9));
    const items = times.map((occurred_at) => sampleItem('visit.v1', { occurred_at, received_at }));
    const ofPage = times.map((occurred_at) => sampleItem('staff-action.v1', { occurred_at, received_at }));
    await store.write([...items, ...ofPage]);
    const partitions = await database.rows<{ table: string; partitions: string[] }>(
      `SELECT table, arraySort(groupUniqArray(partition)) AS partitions FROM system.parts
       WHERE database = '${database.database}' AND table IN ('visit', 'staff_action') GROUP BY table ORDER BY table`,
    );
    const places = (topic: 'visit.v1' | 'staff-action.v1') =>
      new Set(times.map((occurred_at) => monthOf(topic, { occurred_at, received_at })));
    const numbers = (topic: 'visit.v1' | 'staff-action.v1') =>
      [...places(topic)].map((place) => (place === 'undated' ? '0' : place.replace('-', ''))).sort();
    expect(partitions).toEqual([
      { table: 'staff_action', partitions: numbers('staff-action.v1') },
      { table: 'visit', partitions: numbers('visit.v1') },
    ]);
    expect([places('staff-action.v1').size, places('visit.v1').size]).toEqual([4, 27]);
    expect(await count('visit_latest')).toBe(1500);
  });

  test('several refused rows are named each, with column and code but without their text', async () => {
    const items = ['secret-1', 'fine', 'secret-2'].map((name, index) => {
      const item = sampleItem('rating.v1');
      return name === 'fine' ? item : { ...item, id: `${name}-${index}` };
    });
    const results = await store.write(items);
    const detail = 'ClickHouse refused it: CANNOT_PARSE_UUID (376) in column event_id.';
    expect(results).toEqual([
      { id: 'secret-1-0', outcome: 'rejected', detail },
      { id: items[1]!.id, outcome: 'written' },
      { id: 'secret-2-2', outcome: 'rejected', detail },
    ]);
  });

  test('a row is refused by itself also when the answer quotes more of it than is read', async () => {
    const long = 'while pushing to view \n: \nRow 1:\n'.repeat(2_000);
    const offline = 'neither' as unknown as boolean;
    const odd = sampleItem('message.v1', {}, { text: long, offline });
    const fine = sampleItem('message.v1', {}, { text: long });
    expect(await store.write([fine, odd])).toEqual([
      { id: fine.id, outcome: 'written' },
      {
        ...{ id: odd.id, outcome: 'rejected' },
        detail: 'ClickHouse refused it: CANNOT_PARSE_BOOL (467) in column offline.',
      },
    ]);
  });

  test('a table that lacks a column is named at boot, and refuses no row', async () => {
    const other = scratchDatabase();
    const lacking = createClickHouseStore(other);
    try {
      await migrateClickHouse(other);
      await other.command(`ALTER TABLE ${other.database}.rating DROP COLUMN nps_score`);
      expect(await lacking.missing()).toEqual([
        `ClickHouse's ${other.database}.rating lacks nps_score: run \`sluice migrate\`.`,
      ]);
      const [message, rating] = [sampleItem('message.v1'), sampleItem('rating.v1')];
      await expect(lacking.write([rating])).rejects.toThrow('nothing is known about its rows');
      // Another table is still written.
      await expect(lacking.write([message, rating])).rejects.toMatchObject({
        results: [{ id: message.id, outcome: 'written' }],
      });
    } finally {
      await lacking.close();
      await other.remove();
    }
  });

  test('the columns of a record are read together by ARRAY JOIN', async () => {
    const [share] = sampleEvent('conversation.v1').staff_shares;
    const shares = ['14', '15'].map((staff_id, at) => ({ ...share!, staff_id, handle_ms: at + 1 }));
    const item = sampleItem('conversation.v1', {}, { staff_shares: shares });
    await store.write([item]);
    const found = await database.rows(
      `SELECT staff_shares.staff_id AS id, toInt32(staff_shares.handle_ms) AS ms
       FROM ${database.database}.conversation_latest ARRAY JOIN staff_shares
       WHERE event_id = '${item.id}' ORDER BY ms`,
    );
    expect(found).toEqual([
      { id: '14', ms: 1 },
      { id: '15', ms: 2 },
    ]);
  });

  test('a reader of one month reads the parts of that month alone', async () => {
    const plan = await database.rows<{ explain: string }>(
      `EXPLAIN indexes = 1 SELECT count() FROM ${database.database}.other WHERE occurred_at >= '2010-03-01' AND occurred_at < '2010-04-01'`,
    );
    expect(plan.map(({ explain }) => explain.trim())).toContain('Parts: 1/250');
  });
});

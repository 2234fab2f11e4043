import type { ValueOf } from '@sluice/schemas/schemas';
import { sampleEvent, sampleItem } from '@sluice/sink/testing/sample-items';
import { storeContract } from '@sluice/sink/testing/store-contract';
import { indexOf, undatedIndexOf } from './documents.ts';
import { createElasticsearchStore } from './elasticsearch-store.ts';
import { installTemplates } from './install-templates.ts';
import { scratchStream } from '../testing/scratch-stream.ts';

jest.setTimeout(60_000);

storeContract('the Elasticsearch store', () => {
  const stream = scratchStream();
  const store = createElasticsearchStore(stream);
  return Promise.resolve({
    store,
    async prepare() {
      await installTemplates({ ...stream, replicas: 0 });
    },
    read: (topic, id) => stream.search<ValueOf[typeof topic]>(topic, { ids: { values: [id] } }),
    spoil: (item) => ({ ...item, event: Object.assign({ ...item.event }, { score: 'five' }) }),
    away: () => Promise.resolve(createElasticsearchStore({ ...stream, url: 'http://127.0.0.1:1' })),
    async remove() {
      await store.close();
      await stream.remove();
    },
  });
});

describe('the Elasticsearch store', () => {
  const stream = scratchStream();
  const store = createElasticsearchStore(stream);
  beforeAll(async () => {
    await installTemplates({ ...stream, replicas: 0 });
  });
  afterAll(async () => {
    await store.close();
    await stream.remove();
  });

  test('an older version is stale', async () => {
    const item = sampleItem('rating.v1');
    await store.write([item]);
    expect(await store.write([{ ...item, version: item.version - 1 }])).toEqual([
      { id: item.id, outcome: 'stale' },
    ]);
    expect(await store.write([item])).toEqual([{ id: item.id, outcome: 'written' }]);
  });

  test('Chinese words are found in texts, names and attributes', async () => {
    const item = sampleItem(
      'message.v1',
      { occurred_at: null },
      {
        text: '您好，我想申请退款，谢谢',
        sender_name: '王小明',
        attributes: [
          { name: 'a.b', value: '已经发货' },
          { name: 'c', value: '1' },
        ],
      },
    );
    await store.write([item]);
    const finds = async (query: object) =>
      (await stream.search<{ meta: { event_id: string } }>('message.v1', query)).some(
        ({ meta }) => meta.event_id === item.id,
      );
    const attribute = (name: string, value: object) => ({
      nested: {
        path: 'attributes',
        query: { bool: { must: [{ term: { 'attributes.name': name } }, value] } },
      },
    });
    expect(await finds({ match_phrase: { text: '申请退款' } })).toBe(true);
    expect(await finds({ match_phrase: { text: '款退' } })).toBe(false);
    expect(await finds({ match_phrase: { sender_name: '小明' } })).toBe(true);
    expect(await finds({ term: { 'sender_name.keyword': '王小明' } })).toBe(true);
    expect(await finds(attribute('a.b', { term: { 'attributes.value': '已经发货' } }))).toBe(true);
    expect(await finds(attribute('a.b', { match_phrase: { 'attributes.value.text': '发货' } }))).toBe(true);
    expect(await finds(attribute('a.b', { term: { 'attributes.value': '1' } }))).toBe(false);
    expect(await finds({ range: { sent_at: { gte: '2024-05-06', lt: '2024-05-07T00:00:00Z' } } })).toBe(true);
  });

  test('values of any length are kept in every field that is a keyword', async () => {
    const long = '\u{ffff}'.repeat(40_000);
    const item = sampleItem(
      'conversation.v1',
      { entity_key: long },
      { page_url: long, visitor_name: long, attributes: [{ name: long, value: long }] },
    );
    expect(await store.write([item])).toEqual([{ id: item.id, outcome: 'written' }]);
  });

  test('an id that Elasticsearch would refuse the whole request for is refused alone', async () => {
    const good = sampleItem('rating.v1');
    const results = await store.write([{ ...good, id: '' }, { ...good, id: 'é'.repeat(257) }, good]);
    expect(results.map(({ outcome }) => outcome)).toEqual(['rejected', 'rejected', 'written']);
  });

  test('a full disk, by which an index is blocked, is the fault of no document', async () => {
    const times = { occurred_at: Date.UTC(2031, 0), received_at: Date.UTC(2031, 0) };
    const items = [sampleItem('rating.v1', times), sampleItem('message.v1')];
    await store.write(items);
    const index = indexOf(stream.stream, items[0]!);
    const settings = (value: boolean | null) => ({ 'index.blocks.read_only_allow_delete': value });
    await stream.client.indices.putSettings({ index, settings: settings(true) });
    await expect(store.write(items)).rejects.toThrow('turned 1 documents away (429 cluster_block_exception)');
    await stream.client.indices.putSettings({ index, settings: settings(null) });
    expect(await store.write(items)).toHaveLength(2);
  });

  describe('a month whose index takes no documents does not hold up the others', () => {
    const closings: [string, (index: string) => Promise<unknown>][] = [
      [
        'read-only',
        (index) => stream.client.indices.putSettings({ index, settings: { 'index.blocks.write': true } }),
      ],
      ['closed', (index) => stream.client.indices.close({ index })],
    ];
    test.each(closings)('%s', async (what, close) => {
      const month = { occurred_at: Date.UTC(what === 'closed' ? 2032 : 2033, 0) };
      const times = { ...month, received_at: month.occurred_at };
      const first = sampleItem('rating.v1', times);
      await store.write([first]);
      const index = indexOf(stream.stream, first);
      await close(index);
      const told: string[] = [];
      const telling = createElasticsearchStore(stream, { displaced: (name) => told.push(name) });
      const [late, today] = [sampleItem('rating.v1', times), sampleItem('rating.v1')];
      expect((await telling.write([late, today])).map(({ outcome }) => outcome).sort()).toEqual([
        'written',
        'written',
      ]);
      await telling.close();
      expect(told).toEqual([index]);
      const undatedIndex = undatedIndexOf(stream.stream, 'rating.v1');
      expect(await stream.client.exists({ index: undatedIndex, id: late.id })).toBe(true);
      await stream.client.indices.delete({ index });
    });

    test('but an undated index that takes none is the failure of the server', async () => {
      const index = undatedIndexOf(stream.stream, 'visit.v1');
      const item = sampleItem('visit.v1', { occurred_at: null });
      await stream.client.indices.putSettings({ index, settings: { 'index.blocks.write': true } });
      await expect(store.write([item])).rejects.toThrow('nothing is known');
      await stream.client.indices.putSettings({ index, settings: { 'index.blocks.write': null } });
    });
  });

  test('whatever times a sender writes, a topic has a small number of indices', () => {
    const received_at = Date.UTC(2026, 2, 15);
    const items = Array.from({ length: 1500 }, (_, month) =>
      sampleItem('assignment.v1', { occurred_at: Date.UTC(1980, month, 9), received_at }),
    );
    expect(new Set(items.map((item) => indexOf(stream.stream, item))).size).toBe(27);
  });

  test('an event of an impossible version is refused alone', async () => {
    const good = sampleItem('rating.v1');
    const results = await store.write([{ ...sampleItem('rating.v1'), version: -1 }, good]);
    expect(results.map(({ outcome }) => outcome)).toEqual(['rejected', 'written']);
  });

  test('fields of a newer schema are kept, and mapped in indices that exist by the next installation', async () => {
    const other = scratchStream();
    const { visitor: someone, staff_shares: shares } = sampleEvent('conversation.v1');
    const item = sampleItem(
      'conversation.v1',
      {},
      {
        visitor: { ...someone!, visit_count: 7, city: '深圳' },
        staff_shares: ['14', '15'].map((staff_id, at) => ({
          ...shares[at]!,
          staff_id,
          staff_name: staff_id === '14' ? '张' : '李',
        })),
      },
    );
    const olderStore = createElasticsearchStore(other);
    try {
      const index = indexOf(other.stream, item);
      await other.client.indices.create({
        index,
        mappings: {
          dynamic: false,
          properties: {
            meta: { properties: { event_id: { type: 'keyword' } } },
            visitor: { properties: { city: { type: 'keyword' } } },
            staff_shares: { type: 'nested', properties: { staff_name: { type: 'keyword' } } },
          },
        },
      });
      expect(await olderStore.write([item])).toEqual([{ id: item.id, outcome: 'written' }]);
      await installTemplates({ ...other, replicas: 0 });
      await installTemplates({ ...other, replicas: 0 });
      await olderStore.write([item]);
      const share = (...filter: object[]) => ({
        nested: { path: 'staff_shares', query: { bool: { filter } } },
      });
      const found = (...filter: object[]) => other.search('conversation.v1', { bool: { filter } });
      const visitor = [{ term: { 'visitor.visit_count': 7 } }, { term: { 'visitor.city': '深圳' } }];
      expect(
        await found(
          ...visitor,
          { term: { 'meta.vendor': 'UNKNOWN' } },
          { term: { total_ms: 86_400_000 } },
          share({ term: { 'staff_shares.staff_id': '14' } }, { term: { 'staff_shares.staff_name': '张' } }),
        ),
      ).toEqual([item.event]);
      // What is asked of one agent's share is not answered by two.
      expect(
        await found(
          share({ term: { 'staff_shares.staff_id': '15' } }, { term: { 'staff_shares.staff_name': '张' } }),
        ),
      ).toEqual([]);
    } finally {
      await olderStore.close();
      await other.remove();
    }
  });

  test('a template that lacks a field is named at boot', async () => {
    const other = scratchStream();
    const lacking = createElasticsearchStore(other);
    try {
      await installTemplates(other);
      const name = `${other.stream}-other`;
      await other.client.indices.putIndexTemplate({
        name,
        index_patterns: [`${name}-undated`],
        template: { mappings: { properties: { meta: { properties: { event_id: { type: 'keyword' } } } } } },
      });
      expect(await lacking.missing()).toEqual([
        expect.stringMatching(
          /^Elasticsearch's index template \S+-other lacks meta\.event_type, .*attributes\.name/,
        ),
      ]);
    } finally {
      await lacking.close();
      await other.remove();
    }
  });
});

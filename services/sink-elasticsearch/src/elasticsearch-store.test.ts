import type { ValueOf } from '@sluice/schemas/schemas';
import { sampleEvent, sampleItem } from '@sluice/sink/sample-items';
import { storeContract } from '@sluice/sink/store-contract';
import { indexOf } from './documents.ts';
import { createElasticsearchStore } from './elasticsearch-store.ts';
import { installTemplates } from './install-templates.ts';
import { scratchStream } from './scratch-stream.ts';

jest.setTimeout(30_000);

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

  test.each([
    ['index.blocks.write', 'nothing is known'],
    ['index.blocks.read_only_allow_delete', 'turned 1 documents away (429 cluster_block_exception)'],
  ])('an index that is blocked by %s is the fault of no document', async (block, sentence) => {
    const items = [sampleItem('rating.v1', { occurred_at: Date.UTC(2031, 0) }), sampleItem('message.v1')];
    await store.write(items);
    const index = indexOf(stream.stream, items[0]!);
    await stream.client.indices.putSettings({ index, settings: { [block]: true } });
    await expect(store.write(items)).rejects.toThrow(sentence);
    await stream.client.indices.putSettings({ index, settings: { [block]: null } });
    expect(await store.write(items)).toHaveLength(2);
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

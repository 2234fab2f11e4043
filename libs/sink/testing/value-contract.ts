import type { ValueOf } from '@sluice/schemas/schemas';
import type { StoredTopic } from '@sluice/schemas/topics';
import { storedTopics } from '@sluice/schemas/topics';
import { sampleEvent, sampleItem } from './sample-items.ts';
import type { StoreItem } from '../src/store.ts';

/** A store as these tests need it: how each item ended, by its id, and what a reader sees of an item. */
export interface WriteAndRead {
  readonly write: (...items: StoreItem[]) => Promise<Map<string, string>>;
  readonly read: (item: StoreItem) => Promise<ValueOf[StoredTopic][]>;
}

const startOf = { year1900: Date.UTC(1900, 0), year9999: Date.UTC(9999, 11, 31, 23, 59, 59, 999) };

const awkwardTexts = [
  ['emoji', 'ok 👍🏽 👩‍👩‍👧'],
  ['supplementary characters', '𠀀𪚥 𝒳'],
  ['NUL', 'a\u0000b'],
  ['quotes, backslashes and line ends', `"'\\\r\n\t\u2028{}`],
  ['empty', ''],
  ['200 KB', '退款 '.repeat(28_000)],
] as const;

const attributeNames = ['__proto__', 'constructor', '', 'a.b[0].c', '.', '字段', 'x'.repeat(40_000)];

/** The part of a store's contract that says which values it keeps, as Jest tests within its suite. */
export function valueContract({ write, read }: WriteAndRead): void {
  const isKept = async (item: StoreItem): Promise<void> => {
    expect(await write(item)).toEqual(new Map([[item.id, 'written']]));
    expect(await read(item)).toEqual([item.event]);
  };

  test.each(awkwardTexts)('text is kept as it is: %s', async (_, text) => {
    await isKept(
      sampleItem(
        'message.v1',
        { entity_key: text.slice(0, 100) },
        { text, attributes: [{ name: 'a', value: text }] },
      ),
    );
  });

  test('a lone surrogate becomes U+FFFD', async () => {
    const item = sampleItem('message.v1', {}, { text: 'a\ud800b' });
    expect(await write(item)).toEqual(new Map([[item.id, 'written']]));
    expect(await read(item)).toMatchObject([{ text: 'a\ufffdb' }]);
  });

  test.each(attributeNames.map((name) => [name.slice(0, 20), name]))(
    'an attribute may have any name: %p',
    async (_, name) => {
      await isKept(sampleItem('other.v1', {}, { attributes: [{ name, value: 'kept' }] }));
    },
  );

  test('an event may have thousands of attributes', async () => {
    const attributes = Array.from({ length: 12_000 }, (_, index) => ({
      name: `a[${index}]`,
      value: `${index}`,
    }));
    await isKept(sampleItem('other.v1', {}, { attributes }));
  });

  test.each([
    ['unknown', null],
    ['year 1900', startOf.year1900],
    ['before 1970', -1],
    ['1970', 0],
    ['year 9999', startOf.year9999],
  ])('any time of occurrence is kept: %s', async (_, occurredAt) => {
    const items = storedTopics.map((topic) => sampleItem(topic, { occurred_at: occurredAt }));
    expect([...(await write(...items)).values()]).toEqual(items.map(() => 'written'));
    for (const item of items) expect(await read(item)).toEqual([item.event]);
  });

  test('fields may be null', async () => {
    await isKept(
      sampleItem(
        'message.v1',
        {},
        { text: null, offline: null, sent_at: null, ordinal: null, attributes: [] },
      ),
    );
  });

  test('records and arrays of records are kept field by field', async () => {
    const { visitor, landing_page, staff_shares } = sampleEvent('conversation.v1');
    const [full, blank] = [given(staff_shares[0]), given(staff_shares[1])];
    const fields: Partial<ValueOf['conversation.v1']> = {
      visitor: { ...given(visitor), type: 'MEMBER', language: 'zh_CN', city: null, visit_count: 7 },
      landing_page: { ...given(landing_page), title: '首页', url: '' },
      member: null,
      route: null,
      staff_shares: [
        { ...full, staff_id: '14', first_response_ms: 2_000, invited_rating: false },
        { ...blank, first_response_ms: 0 },
        { ...full, staff_id: '', first_response_ms: null, staff_name: '在线客服' },
      ],
      custom_fields: [
        { group: 'myData', id: 'c1', name: '会员.等级', value: 'a\u0000\'"\\' },
        { group: null, id: null, name: '__proto__', value: '' },
      ],
      attributes: ['1', '2'].map((value) => ({ name: 'said.twice', value })),
    };
    await isKept(sampleItem('conversation.v1', { repairs: ['missing-root', 'cdata-end'] }, fields));
  });

  test('records may be absent and arrays empty', async () => {
    const absent = {
      ...{ visitor: null, member: null, browser: null, search: null, landing_page: null, route: null },
      ...{ staff_shares: [], custom_fields: [], attributes: [] },
    };
    await isKept(sampleItem('conversation.v1', { repairs: [] }, absent));
  });
}

/** What a sample has, since it has every field. */
function given<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new Error('A sample lacks a field.');
  return value;
}

import { clock, event, viewDatabase } from '../testing/view-database.ts';

jest.setTimeout(30_000);

const viewed = (at: string, visit_id: string, ordinal: number, url: string | null, title: string | null) =>
  event('page-view.v1', at, { visit_id, ordinal, viewed_at: clock(at), page: { url, title, alias: null } });
const left = (at: string, visit_id: string, ...conversation_ids: string[]) =>
  event('visit.v1', at, { visit_id, phase: 'LEFT', conversation_ids });
const started = (at: string, id: string) =>
  event('conversation.v1', at, {
    ...{ conversation_id: id, conversation_number: id.replace(/^\d+_/, ''), phase: 'STARTED' },
    requested_at: clock(at),
  });

const events = [
  // One visit, four pages in two pushes that came in the wrong order, and two conversations within it.
  event('visit.v1', '2024-05-06 10:00:00', { visit_id: 'v1', phase: 'ENTERED' }),
  viewed('2024-05-06 10:02:00', 'v1', 0, 'http://shop/cart', null),
  viewed('2024-05-06 10:09:00', 'v1', 1, 'http://shop/thanks', '谢谢'),
  viewed('2024-05-06 10:01:00', 'v1', 1, 'http://shop/item', '商品'),
  viewed('2024-05-06 10:01:00', 'v1', 0, 'http://shop/', '首页'),
  // The list so far, sent again by another push.
  viewed('2024-05-06 10:01:00', 'v1', 1, 'http://shop/item', '商品'),
  started('2024-05-06 10:00:30', '5_1'),
  started('2024-05-06 10:02:00', '1_2'),
  left('2024-05-06 10:10:00', 'v1', '5_1', '1_2', '3_3'),
  // The same again as another push; a visit without a conversation; pages of a visit that nobody left.
  left('2024-05-06 10:10:00', 'v1', '5_1', '1_2', '3_3'),
  viewed('2024-05-06 11:00:00', 'v2', 0, 'http://shop/', '首页'),
  left('2024-05-06 11:10:00', 'v2'),
  viewed('2024-05-06 12:00:00', 'v3', 0, 'http://shop/', '首页'),
];

test('pages are in the order in which they were seen before the conversation began', async () => {
  const database = await viewDatabase(events);
  const [home, item, cart, thanks] = ['', 'item', 'cart', 'thanks'].map((name) => `http://shop/${name}`);
  try {
    const columns = 'source_id, visit_id, conversation_id, urls, titles';
    expect(await database.rows(`SELECT ${columns} FROM page_path ORDER BY conversation_id`)).toEqual([
      {
        ...{ source_id: 'shop', visit_id: 'v1', conversation_id: '1_2' },
        ...{ urls: [home, item, cart], titles: ['首页', '商品', ''] },
      },
      // Nothing is known of 3_3; 5_1 began before the first page.
      {
        ...{ source_id: 'shop', visit_id: 'v1', conversation_id: '3_3' },
        ...{ urls: [home, item, cart, thanks], titles: ['首页', '商品', '', '谢谢'] },
      },
    ]);
    expect(await database.rows("SELECT viewed_at FROM page_path WHERE conversation_id = '1_2'")).toEqual([
      { viewed_at: ['02:01:00.000', '02:01:00.000', '02:02:00.000'].map((time) => `2024-05-06 ${time}`) },
    ]);
  } finally {
    await database.remove();
  }
});

import { event, viewDatabase } from '../testing/view-database.ts';

jest.setTimeout(30_000);

type Action = Parameters<typeof event<'staff-action.v1'>>[2];
const pushed = (card_id: string | null, conversation_id: string | null, at: string, fields: Action = {}) =>
  event('staff-action.v1', at, {
    ...{ action: 'CARD_PUSHED', result: 'DONE', conversation_id },
    card: {
      id: card_id,
      title: `title of ${card_id ?? 'none'}`,
      content: null,
      image_url: null,
      url: null,
      memo: null,
    },
    ...fields,
  });
const marked = (conversation_id: string, at: string, sign: number, fields: Action = {}) =>
  event('staff-action.v1', at, {
    ...{ action: 'CONVERSATION_SIGNED', result: 'DONE', conversation_id, sign, ...fields },
    conversation_number: numberOf(conversation_id),
  });
const numberOf = (id: string) => /^(?:\d+_)?(\d+)$/.exec(id)?.[1] ?? null;
const rated = (conversation_id: string, at: string, score: number) =>
  event('rating.v1', at, {
    ...{ conversation_id, conversation_number: numberOf(conversation_id), target_role: 'STAFF', score },
  });

const events = [
  // scarf: in a (rated 5, by its bare id), b (4, after a 1), c (not rated), twice in a, and once nobody knows where.
  event('conversation.v1', '2024-05-06 09:00:00', { conversation_id: '1_7', conversation_number: '7' }),
  pushed('scarf', '1_7', '2024-05-06 10:00:00'),
  pushed('scarf', '1_7', '2024-05-06 10:05:00'),
  rated('7', '2024-05-06 11:00:00', 5),
  pushed('scarf', 'b', '2024-05-06 10:00:00'),
  rated('b', '2024-05-06 10:30:00', 1),
  rated('b', '2024-05-06 11:00:00', 4),
  pushed('scarf', 'c', '2024-05-06 10:00:00'),
  pushed('scarf', null, '2024-05-06 10:00:00'),
  // tea: in d (2), and in e after it had been rated 3.
  pushed('tea', 'd', '2024-05-06 10:00:00'),
  rated('d', '2024-05-06 11:00:00', 2),
  rated('e', '2024-05-06 09:00:00', 3),
  pushed('tea', 'e', '2024-05-06 10:00:00'),
  // f had no card: 1. A robot's rating counts nowhere.
  rated('f', '2024-05-06 11:00:00', 1),
  event('rating.v1', '2024-05-06 12:00:00', { conversation_id: 'b', target_role: 'ROBOT', score: 1 }),
  rated('5_8', '2024-05-06 12:00:00', 1),
  // What the vendor did not take, and a card without a name.
  pushed('tea', 'f', '2024-05-06 10:00:00', { result: 'FAILED' }),
  pushed(null, 'f', '2024-05-06 10:00:00', { card: null }),
  // a is solved in the end, b is not, e is; d has no mark that the vendor took.
  marked('7', '2024-05-06 10:10:00', 0),
  marked('1_7', '2024-05-06 10:20:00', 1),
  marked('b', '2024-05-06 10:10:00', 0),
  marked('e', '2024-05-06 10:10:00', 1),
  marked('d', '2024-05-06 10:10:00', 1, { result: 'INVALID' }),
];

test('each card has what its conversations were rated, and what all others were', async () => {
  const database = await viewDatabase(events);
  try {
    expect(await database.rows('SELECT * FROM card_outcome ORDER BY card')).toEqual([
      {
        ...{ source_id: 'shop', card: 'scarf', title: 'title of scarf' },
        // Twice in a, in b, in c, and somewhere; a, b and c are known, a and b are rated.
        ...{ pushes: 5, conversations: 3, rated: 2, average_score: 4.5, share_satisfied: 1 },
        // All: 5 + 4 + 2 + 3 + 1 = 15 of five; without 5 and 4: 6 of three.
        ...{ average_score_without: 2, difference: 2.5 },
        ...{ marked: 2, share_solved: 0.5 },
      },
      {
        ...{ source_id: 'shop', card: 'tea', title: 'title of tea' },
        // e was rated before the card came.
        ...{ pushes: 2, conversations: 2, rated: 1, average_score: 2, share_satisfied: 0 },
        // Without 2: 13 of four.
        ...{ average_score_without: 3.25, difference: -1.25 },
        ...{ marked: 1, share_solved: 1 },
      },
    ]);
  } finally {
    await database.remove();
  }
});

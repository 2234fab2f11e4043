import { event, viewDatabase } from '../testing/view-database.ts';

jest.setTimeout(30_000);

const numbered = (id: string) => ({
  ...{ conversation_id: id, conversation_number: /^(?:\d+_)?(\d+)$/.exec(id)?.[1] ?? null },
});
const started = (at: string, id: string, source_id = 'shop') =>
  event('conversation.v1', at, { ...numbered(id), phase: 'STARTED' }, { source_id });
const ended = (at: string, id: string, kind: 'HUMAN' | 'ROBOT' | 'LEAVE_MESSAGE' | 'UNKNOWN') =>
  event('conversation.v1', at, { ...numbered(id), phase: 'ENDED', kind });

/** What the bare ids of some events mean, by number. */
async function meantBy(events: Parameters<typeof viewDatabase>[0]): Promise<string[]> {
  const database = await viewDatabase(events);
  try {
    const rows = await database.rows(
      'SELECT topic, bare_id, conversation_id FROM bare_conversation_id ORDER BY topic, bare_id, conversation_id',
    );
    return rows.map((row) => Object.values(row).join(' '));
  } finally {
    await database.remove();
  }
}

test('an event means the conversation of its number, its kind and its source', async () => {
  expect(
    await meantBy([
      ...['1_100', '3_100', '5_100'].map((id) => started('2024-05-06 10:00:00', id)),
      started('2024-05-06 10:00:00', '1_101', 'branch'),
      ended('2024-05-06 10:09:00', '100', 'HUMAN'),
      ended('2024-05-06 10:09:00', '100', 'ROBOT'),
      ended('2024-05-06 10:09:00', '100', 'LEAVE_MESSAGE'),
      // Of the other source; of nobody; with a prefix; and some which have no number.
      ended('2024-05-06 10:09:00', '101', 'HUMAN'),
      ended('2024-05-06 10:09:00', '102', 'HUMAN'),
      ended('2024-05-06 10:09:00', '1_100', 'HUMAN'),
      ended('2024-05-06 10:09:00', 'x_100', 'HUMAN'),
    ]),
  ).toEqual(['conversation.v1 100 1_100', 'conversation.v1 100 3_100', 'conversation.v1 100 5_100']);
});

test('of several it means the nearest in time, and none that is further than a week away', async () => {
  expect(
    await meantBy([
      // Human ones have two prefixes, and two counters.
      ...[started('2024-05-06 10:00:00', '1_200'), started('2024-05-09 10:00:00', '2_200')],
      ended('2024-05-07 10:00:00', '200', 'HUMAN'),
      started('2024-05-06 10:00:00', '1_201'),
      ended('2024-05-13 10:00:00', '201', 'HUMAN'),
      started('2024-05-06 10:00:00', '1_202'),
      ended('2024-05-13 10:00:01', '202', 'HUMAN'),
      // Where the kind is not said, of all.
      ...[started('2024-05-06 10:00:00', '3_203'), started('2024-05-08 10:00:00', '5_203')],
      ended('2024-05-08 09:00:00', '203', 'UNKNOWN'),
    ]),
  ).toEqual(['conversation.v1 200 1_200', 'conversation.v1 201 1_201', 'conversation.v1 203 5_203']);
});

test('messages, ratings and actions of staff mean them too', async () => {
  const at = '2024-05-06 10:00:00';
  const turn = (data_type: string) =>
    event('message.v1', at, { ...numbered('300'), ordinal: 0 }, { data_type });
  expect(
    await meantBy([
      ...['1_300', '3_300', '5_300'].map((id) => started(at, id)),
      ...['chatContent', 'leaveMsgContent', 'robotChatContent'].map(turn),
      event('rating.v1', at, { ...numbered('300'), staff_id: '14' }),
      event('staff-action.v1', at, numbered('300')),
    ]),
  ).toEqual([
    ...['message.v1 300 1_300', 'message.v1 300 3_300', 'message.v1 300 5_300'],
    ...['rating.v1 300 1_300', 'staff-action.v1 300 1_300'],
  ]);
});

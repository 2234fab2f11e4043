import { event, viewDatabase } from '../src/testing/view-database.ts';

jest.setTimeout(30_000);

const started = (conversation_id: string, conversation_number: string | null, source_id = 'shop') =>
  event(
    'conversation.v1',
    '2024-05-06 10:00:00',
    { conversation_id, conversation_number, phase: 'STARTED' },
    { source_id },
  );

test('a number means the one prefixed id of its source that has it', async () => {
  const database = await viewDatabase([
    ...[started('1_100', '100'), started('1_100', '100'), started('100', '100')],
    // Two have 200; in the other source just one.
    ...[started('1_200', '200'), started('3_200', '200'), started('5_200', '200', 'branch')],
    // Nobody has 300 with a prefix; Sobot's ids have no number.
    ...[started('300', '300'), started('x_400', null)],
  ]);
  try {
    expect(await database.rows('SELECT * FROM bare_conversation_id ORDER BY bare_id')).toEqual([
      { source_id: 'shop', bare_id: '100', conversation_id: '1_100' },
      { source_id: 'branch', bare_id: '200', conversation_id: '5_200' },
    ]);
  } finally {
    await database.remove();
  }
});

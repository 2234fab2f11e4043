import { clock, event, viewDatabase } from '../testing/view-database.ts';

jest.setTimeout(30_000);

const numbered = (id: string) => ({ conversation_id: id, conversation_number: id.replace(/^\d+_/, '') });
const requested = (at: string, id: string) =>
  event('conversation.v1', at, { ...numbered(id), phase: 'STARTED', requested_at: clock(at) });

/** A record of a whole conversation. */
const recorded = (
  at: string,
  conversation_id: string,
  fields: Parameters<typeof event<'conversation.v1'>>[2],
) => event('conversation.v1', at, { conversation_id, phase: 'RECORDED', started_at: clock(at), ...fields });

const events = [
  // From 10:00: answered after 16 s, by the step alone.
  requested('2024-05-06 10:00:00', '1_1'),
  event('conversation.v1', '2024-05-06 10:00:16', {
    ...{ ...numbered('1'), phase: 'ANSWERED', answered_at: clock('2024-05-06 10:00:16'), wait_ms: 16_000 },
  }),
  // Left the queue after 40 s; the end came in the next hour.
  requested('2024-05-06 10:59:30', '2_2'),
  event('conversation.v1', '2024-05-06 11:00:10', {
    ...{ ...numbered('2'), phase: 'ENDED', end_reason: 'QUEUE_ABANDONED', wait_ms: 40_000 },
  }),
  // Records of whole conversations: queued and answered; left; and answered without a queue, which counts as neither.
  recorded('2024-05-06 10:30:00', 's1', { queue_state: 'ANSWERED', wait_ms: 4_000 }),
  recorded('2024-05-06 10:31:00', 's2', { queue_state: 'ABANDONED', answered_at: 0 }),
  recorded('2024-05-06 10:32:00', 's3', { queue_state: 'NOT_QUEUED', wait_ms: 9_000_000 }),
  // A robot had it, the visitor asked for staff and left the queue: the vendor says that staff did not receive it.
  recorded('2024-05-06 10:31:30', 's5', { queue_state: 'ABANDONED', kind: 'ROBOT' }),
  // Nobody knows that this one waited.
  recorded('2024-05-06 10:33:00', 's4', { wait_ms: 0, answered_at: clock('2024-05-06 10:33:00') }),
  // What a conversation with a robot and a left message say of a wait does not count.
  event('conversation.v1', '2024-05-06 10:34:00', {
    ...numbered('5_4'),
    phase: 'ENDED',
    kind: 'ROBOT',
    wait_ms: 500,
  }),
  event('conversation.v1', '2024-05-06 10:35:00', {
    ...{ ...numbered('3_5'), phase: 'ENDED', kind: 'LEAVE_MESSAGE', wait_ms: 500 },
  }),
  // From 00:00 of the next day in Beijing, 16:00 in UTC: waited 1 s, and no more is known.
  requested('2024-05-07 00:00:00', '1_3'),
  event('conversation.v1', '2024-05-07 00:01:00', { ...numbered('1_3'), phase: 'ENDED', wait_ms: 1_000 }),
];

test('what waited is answered, abandoned or neither, by the hour in which it began', async () => {
  const database = await viewDatabase(events);
  try {
    expect(await database.rows('SELECT * FROM queue_hour ORDER BY hour')).toEqual([
      {
        // 1_1, 2_2, s1, s2 and s5; (16 000 + 40 000 + 4 000) / 3, since s2 and s5 do not tell.
        ...{ source_id: 'shop', hour: '2024-05-06 10:00:00', waited: 5, answered: 2, abandoned: 3 },
        ...{ average_wait_ms: 20_000, max_wait_ms: 40_000 },
      },
      {
        ...{ source_id: 'shop', hour: '2024-05-07 00:00:00', waited: 1, answered: 0, abandoned: 0 },
        ...{ average_wait_ms: 1_000, max_wait_ms: 1_000 },
      },
    ]);
  } finally {
    await database.remove();
  }
});

import type { ParticipantRole } from '@sluice/schemas/schemas';
import { clock, event, viewDatabase } from '../testing/view-database.ts';

jest.setTimeout(30_000);

const sent = (at: string, sender_role: ParticipantRole, fields: Parameters<typeof event<'message.v1'>>[2]) =>
  event('message.v1', at, { kind: 'TEXT', sent_at: clock(at), sender_role, ...fields });
const turn = (id: string, ordinal: number) => ({
  ...{ conversation_id: id, conversation_number: id.replace(/^\d+_/, ''), ordinal },
});

const events = [
  event('conversation.v1', '2024-05-06 23:59:00', {
    ...{ conversation_id: '1_1', conversation_number: '1', phase: 'STARTED', channel: 'WECHAT' },
  }),
  // Three turns around midnight of Beijing; one has the bare id.
  sent('2024-05-06 23:59:10', 'VISITOR', turn('1_1', 0)),
  sent('2024-05-06 23:59:50', 'STAFF', turn('1', 1)),
  sent('2024-05-07 00:00:00', 'VISITOR', turn('1_1', 2)),
  // The transcript came again, as another push with other event ids.
  sent('2024-05-06 23:59:10', 'VISITOR', turn('1_1', 0)),
  // One message was pushed twice in other words; a withdrawal; and one of an unknown conversation.
  event('conversation.v1', '2024-05-06 10:00:00', {
    ...{ conversation_id: 's1', phase: 'RECORDED', channel: 'APP' },
  }),
  sent('2024-05-06 10:00:00', 'ROBOT', { conversation_id: 's1', message_id: 'm1' }),
  sent('2024-05-06 10:00:00', 'ROBOT', { conversation_id: 's1', message_id: 'm1', text: 'again' }),
  sent('2024-05-06 10:00:01', 'VISITOR', { conversation_id: 's1', message_id: 'm2' }),
  sent('2024-05-06 10:00:02', 'VISITOR', { conversation_id: 's1', kind: 'REVOKED' }),
  sent('2024-05-06 10:00:03', 'VISITOR', { conversation_id: 'nobody', message_id: 'm3' }),
  sent('2024-05-06 10:00:04', 'SYSTEM', {}),
  // Two transcripts of conversations that they do not name.
  sent('2024-05-08 10:00:00', 'VISITOR', { ordinal: 0 }),
  sent('2024-05-08 10:00:05', 'STAFF', { ordinal: 1 }),
  sent('2024-05-08 11:00:00', 'VISITOR', { ordinal: 0 }),
];

test('each message counts once, on its day and for the channel of its conversation', async () => {
  const database = await viewDatabase(events);
  try {
    expect(await database.rows('SELECT * FROM message_volume ORDER BY day, channel')).toEqual([
      // m1 and m2.
      {
        ...{ source_id: 'shop', day: '2024-05-06', channel: 'APP' },
        ...{ messages: 2, by_visitors: 1, by_staff: 0, by_robots: 1 },
      },
      // m3 and the one of the system, which no column of its own counts.
      {
        ...{ source_id: 'shop', day: '2024-05-06', channel: 'UNKNOWN' },
        ...{ messages: 2, by_visitors: 1, by_staff: 0, by_robots: 0 },
      },
      // The turns 0 and 1, and on the next day 2.
      {
        ...{ source_id: 'shop', day: '2024-05-06', channel: 'WECHAT' },
        ...{ messages: 2, by_visitors: 1, by_staff: 1, by_robots: 0 },
      },
      {
        ...{ source_id: 'shop', day: '2024-05-07', channel: 'WECHAT' },
        ...{ messages: 1, by_visitors: 1, by_staff: 0, by_robots: 0 },
      },
      {
        ...{ source_id: 'shop', day: '2024-05-08', channel: 'UNKNOWN' },
        ...{ messages: 3, by_visitors: 2, by_staff: 1, by_robots: 0 },
      },
    ]);
  } finally {
    await database.remove();
  }
});

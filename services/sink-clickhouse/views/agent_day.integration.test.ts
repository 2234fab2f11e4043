import type { StaffShare } from '@sluice/schemas/schemas';
import { sampleEvent } from '@sluice/sink/testing/sample-items';
import { clock, event, viewDatabase } from '../testing/view-database.ts';

jest.setTimeout(30_000);

/** What the vendor sends of one agent; the other fields are null. */
function share(fields: Partial<StaffShare>): StaffShare {
  const [, blank] = sampleEvent('conversation.v1').staff_shares;
  return { ...blank!, ...fields };
}

const numbered = (id: string) => ({ conversation_id: id, conversation_number: id.replace(/^\d+_/, '') });
const zhang = { staff_id: '14', staff_account: 'zhang', staff_name: '张' };
const li = { staff_id: '15', staff_account: 'li', staff_name: '李' };

const events = [
  // Zhang alone: answered after 2 s, 100 s in all. The end has the bare id and no agent.
  event('conversation.v1', '2024-05-06 10:00:00', {
    ...{ ...numbered('1_1'), ...zhang, phase: 'STARTED', kind: 'HUMAN' },
    requested_at: clock('2024-05-06 10:00:00'),
  }),
  event('conversation.v1', '2024-05-06 10:02:00', {
    ...{ ...numbered('1'), phase: 'ENDED', first_response_ms: 2_000, total_ms: 100_000 },
  }),
  // Zhang, then Li: each has figures of their own, and those of the whole count for nobody.
  event('conversation.v1', '2024-05-06 23:59:59', {
    ...{ ...numbered('1_2'), ...zhang, phase: 'STARTED', kind: 'HUMAN' },
    requested_at: clock('2024-05-06 23:59:59'),
  }),
  event('conversation.v1', '2024-05-07 00:10:00', {
    ...{ ...numbered('2'), phase: 'ENDED', first_response_ms: 99_000, total_ms: 999_000 },
    staff_shares: [
      share({ ...zhang, first_response_ms: 4_000, handle_ms: 50_000 }),
      share({ ...li, first_response_ms: 1_000, handle_ms: null }),
      // Zhang was asked again and wrote nothing: 0 is no response.
      share({ ...zhang, first_response_ms: 0, staff_message_count: 0 }),
    ],
  }),
  // Zhang on the next day of Beijing, which is the same day in UTC. Not ended yet: no figures.
  event('conversation.v1', '2024-05-07 00:30:00', {
    ...{ ...numbered('1_3'), ...zhang, phase: 'STARTED', kind: 'HUMAN' },
    requested_at: clock('2024-05-07 00:30:00'),
  }),
  // Nobody answered: the 0 ms that a vendor sends are no answer at once.
  event('conversation.v1', '2024-05-08 12:00:00', {
    ...{ conversation_id: 'c9', phase: 'RECORDED', kind: 'HUMAN', ...li, response_count: 0 },
    ...{ started_at: clock('2024-05-08 12:00:00'), first_response_ms: 0, average_response_ms: 0 },
  }),
  event('conversation.v1', '2024-05-08 13:00:00', {
    ...{ conversation_id: 'c10', phase: 'RECORDED', kind: 'HUMAN', ...li, response_count: 3 },
    ...{ started_at: clock('2024-05-08 13:00:00'), first_response_ms: 60_000, average_response_ms: 60_000 },
  }),
  // A record of the whole: three agents by id alone, figures of the whole for the last. 30 s of the 80 s were the robot's.
  event('conversation.v1', '2024-05-06 12:00:00', {
    ...{ conversation_id: 'c1', phase: 'RECORDED', kind: 'HUMAN', staff_id: null, staff_name: '路人丁' },
    ...{ staff_account: 'ding@shop', started_at: clock('2024-05-06 11:00:00') },
    ...{ first_response_ms: 9_792, human_handle_ms: 50_000, total_ms: 80_000 },
    staff_shares: ['x', 'y', 'z'].map((staff_id) => share({ staff_id, invited_rating: true })),
  }),
  // Li's queue: the visitor left it before anybody answered.
  event('conversation.v1', '2024-05-08 14:00:00', {
    ...{
      ...numbered('1_11'),
      ...li,
      phase: 'ENDED',
      kind: 'HUMAN',
      end_reason: 'QUEUE_ABANDONED',
      total_ms: 1,
    },
  }),
  // A robot, a left message, and one that nobody took.
  event('conversation.v1', '2024-05-06 13:00:00', {
    ...{ ...numbered('5_4'), ...zhang, phase: 'ENDED', kind: 'ROBOT', total_ms: 1 },
  }),
  event('conversation.v1', '2024-05-06 13:00:00', {
    ...{ ...numbered('3_5'), ...zhang, phase: 'ENDED', kind: 'LEAVE_MESSAGE', total_ms: 1 },
  }),
  event('conversation.v1', '2024-05-06 13:00:00', {
    ...{ ...numbered('2_6'), phase: 'ENDED', kind: 'BUSY', total_ms: 1 },
  }),
];

test('averages of each agent and day are of their own shares, else of their conversations', async () => {
  const database = await viewDatabase(events);
  try {
    const rows = await database.rows('SELECT * FROM agent_day ORDER BY day, agent');
    expect(rows).toEqual([
      {
        // Conversations 1_1 and 1_2: (2 000 + 4 000) / 2 and (100 000 + 50 000) / 2.
        ...{ source_id: 'shop', day: '2024-05-06', agent: '14', ...zhang, conversations: 2 },
        ...{ average_first_response_ms: 3_000, first_responses: 2 },
        ...{ average_handle_ms: 75_000, handles: 2 },
      },
      {
        // 1_2 alone; it has no handle time of Li.
        ...{ source_id: 'shop', day: '2024-05-06', agent: '15', ...li, conversations: 1 },
        ...{ average_first_response_ms: 1_000, first_responses: 1 },
        ...{ average_handle_ms: null, handles: 0 },
      },
      {
        ...{ source_id: 'shop', day: '2024-05-06', agent: 'ding@shop', conversations: 1 },
        ...{ staff_id: null, staff_account: 'ding@shop', staff_name: '路人丁' },
        ...{ average_first_response_ms: 9_792, first_responses: 1 },
        ...{ average_handle_ms: 50_000, handles: 1 },
      },
      {
        ...{ source_id: 'shop', day: '2024-05-07', agent: '14', ...zhang, conversations: 1 },
        ...{ average_first_response_ms: null, first_responses: 0 },
        ...{ average_handle_ms: null, handles: 0 },
      },
      {
        ...{ source_id: 'shop', day: '2024-05-08', agent: '15', ...li, conversations: 2 },
        ...{ average_first_response_ms: 60_000, first_responses: 1 },
        ...{ average_handle_ms: null, handles: 0 },
      },
    ]);
  } finally {
    await database.remove();
  }
});

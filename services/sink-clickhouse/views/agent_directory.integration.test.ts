import { sampleEvent } from '@sluice/sink/testing/sample-items';
import type { StaffShare } from '@sluice/schemas/schemas';
import { clock, event, viewDatabase } from '../testing/view-database.ts';

jest.setTimeout(30_000);

const [, blank] = sampleEvent('conversation.v1').staff_shares as [StaffShare, StaffShare];
const share = (staff_id: string): StaffShare => ({ ...blank, staff_id });
const of = (staff_id: string, staff_account: string | null, staff_name: string | null) => ({
  ...{ staff_id, staff_account, staff_name },
});

test('an agent has one row with the newest account and name, whatever named them', async () => {
  const database = await viewDatabase([
    // A record by e-mail, with the only id in its list; a later rating and summary by id and name.
    event('conversation.v1', '2024-05-06 10:00:00', {
      ...{ conversation_id: 'c1', phase: 'RECORDED', staff_account: 'ding@shop', staff_name: '丁' },
      staff_shares: [share('u1')],
    }),
    event('rating.v1', '2024-05-07 10:00:00', { target_role: 'STAFF', ...of('u1', null, '丁小明') }),
    event('wrap-up.v1', '2024-05-06 11:00:00', of('u1', null, '丁')),
    // Of several ids nobody knows whose the e-mail is: both have a row.
    event('conversation.v1', '2024-05-06 12:00:00', {
      ...{ conversation_id: 'c2', phase: 'RECORDED', staff_account: 'wang@shop', staff_name: '王' },
      staff_shares: [share('u2'), share('u3')],
    }),
    event('call.v1', '2024-05-06 13:00:00', of('u3', 'li@shop', '李')),
    event('conversation.v1', '2024-05-06 14:00:00', {
      ...{ conversation_id: '1_7', phase: 'TRANSFERRED', from_staff_id: '16', from_staff_name: '赵' },
      ...{ to_staff_id: '17', to_staff_account: 'qian' },
    }),
    // A robot is no agent, and a name alone has no row.
    event('rating.v1', '2024-05-06 10:00:00', { target_role: 'ROBOT', ...of('r1', null, '机器人') }),
    event('rating.v1', '2024-05-06 10:00:00', { target_role: 'STAFF', staff_name: '孙' }),
  ]);
  try {
    const rows = await database.rows(
      `SELECT agent, staff_account, staff_name, toUnixTimestamp64Milli(last_named_at) AS at FROM agent_directory ORDER BY agent`,
    );
    expect(
      rows.map(({ agent, staff_account, staff_name, at }) => [agent, staff_account, staff_name, at]),
    ).toEqual([
      ['16', null, '赵', clock('2024-05-06 14:00:00')],
      ['17', 'qian', null, clock('2024-05-06 14:00:00')],
      ['u1', 'ding@shop', '丁小明', clock('2024-05-07 10:00:00')],
      ['u2', null, null, clock('2024-05-06 12:00:00')],
      ['u3', 'li@shop', '李', clock('2024-05-06 13:00:00')],
    ]);
  } finally {
    await database.remove();
  }
});

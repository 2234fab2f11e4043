import type { StaffShare } from '@sluice/schemas/schemas';
import { sampleEvent } from '@sluice/sink/testing/sample-items';
import type { StoreItem } from '@sluice/sink/store';
import { clock, event, viewDatabase } from '../testing/view-database.ts';

jest.setTimeout(30_000);

/** A record of a whole conversation: the last agent by e-mail and name, all of them by id. */
function recorded(
  at: string,
  conversation_id: string,
  last: [account: string, name: string],
  ids: string[],
): StoreItem {
  const [, blank] = sampleEvent('conversation.v1').staff_shares;
  return event('conversation.v1', at, {
    ...{ conversation_id, phase: 'RECORDED', kind: 'HUMAN', started_at: clock(at), total_ms: 1000 },
    ...{ staff_account: last[0], staff_name: last[1] },
    staff_shares: ids.map((staff_id): StaffShare => ({ ...blank!, staff_id, invited_rating: true })),
  });
}
const rating = (at: string, conversation_id: string, staff_id: string, staff_name: string) =>
  event('rating.v1', at, { conversation_id, target_role: 'STAFF', staff_id, staff_name, score: 5 });

/** Whom agent_day counts the conversations for. */
async function agentsOf(events: readonly StoreItem[]): Promise<unknown[]> {
  const database = await viewDatabase(events);
  try {
    return (await database.rows('SELECT agent FROM agent_day ORDER BY day')).map(({ agent }) => agent);
  } finally {
    await database.remove();
  }
}

test('an agent of a recorded conversation is one in agent_day and agent_satisfaction, by e-mail here and by id there', async () => {
  const database = await viewDatabase([
    recorded('2024-05-06 10:00:00', 'c1', ['ding@shop', '丁'], ['u1']),
    recorded('2024-05-06 11:00:00', 'c2', ['ding@shop', '丁'], ['u2', 'u1']),
    rating('2024-05-06 12:00:00', 'c2', 'u1', '丁'),
  ]);
  try {
    expect(
      await database.rows(
        `SELECT d.agent AS agent, d.conversations AS conversations, s.ratings AS ratings, d.staff_account AS staff_account
         FROM agent_day AS d INNER JOIN agent_satisfaction AS s ON s.source_id = d.source_id AND s.agent = d.agent`,
      ),
    ).toEqual([{ agent: 'u1', conversations: 2, ratings: 1, staff_account: 'ding@shop' }]);
  } finally {
    await database.remove();
  }
});

test('of several ids it is the one that the e-mail had on the nearest day, and only one of the list', async () => {
  expect(
    await agentsOf([
      // The e-mail went from u1 to u2.
      recorded('2024-05-01 10:00:00', 'c1', ['desk@shop', '台'], ['u1']),
      recorded('2024-05-03 10:00:00', 'c2', ['desk@shop', '台'], ['u1', 'u2']),
      recorded('2024-05-05 10:00:00', 'c3', ['desk@shop', '台'], ['u2', 'u1']),
      recorded('2024-05-06 10:00:00', 'c4', ['desk@shop', '台'], ['u2']),
      recorded('2024-05-07 10:00:00', 'c5', ['desk@shop', '台'], ['u8', 'u9']),
    ]),
  ).toEqual(['u1', 'u1', 'u2', 'u2', 'desk@shop']);
});

test('where nothing ties the e-mail, the name does if one of the list alone has it', async () => {
  expect(
    await agentsOf([
      recorded('2024-05-03 10:00:00', 'c1', ['li@shop', '李'], ['u1', 'u2']),
      rating('2024-05-03 11:00:00', 'c1', 'u2', '李'),
      rating('2024-05-03 11:00:00', 'c9', 'u7', '李'),
      recorded('2024-05-04 10:00:00', 'c2', ['wang@shop', '王'], ['u3', 'u4']),
      rating('2024-05-04 11:00:00', 'c2', 'u3', '王'),
      rating('2024-05-04 11:00:00', 'c8', 'u4', '王'),
    ]),
  ).toEqual(['u2', 'wang@shop']);
});

test('where the record lists nobody, the e-mail or the name tells who it is', async () => {
  expect(
    await agentsOf([
      recorded('2024-05-03 10:00:00', 'c1', ['ding@shop', '丁'], ['u1']),
      recorded('2024-05-04 10:00:00', 'c2', ['ding@shop', '丁'], []),
      rating('2024-05-05 11:00:00', 'c9', 'u7', '李'),
      recorded('2024-05-05 10:00:00', 'c3', ['li@shop', '李'], []),
      recorded('2024-05-06 10:00:00', 'c4', ['wang@shop', '王'], []),
    ]),
  ).toEqual(['u1', 'u1', 'u7', 'wang@shop']);
});

test('what is further than 7 days away, of another source or of a robot ties nothing', async () => {
  expect(
    await agentsOf([
      recorded('2024-05-10 10:00:00', 'c1', ['li@shop', '李'], ['u1', 'u2']),
      rating('2024-05-02 23:59:00', 'c7', 'u1', '李'),
      event('rating.v1', '2024-05-10 10:00:00', { target_role: 'ROBOT', staff_id: 'u1', staff_name: '李' }),
      event(
        'rating.v1',
        '2024-05-10 10:00:00',
        { target_role: 'STAFF', staff_id: 'u1', staff_name: '李' },
        { source_id: 'b' },
      ),
    ]),
  ).toEqual(['li@shop']);
});

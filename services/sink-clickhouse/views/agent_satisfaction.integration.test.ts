import { event, viewDatabase } from '../testing/view-database.ts';

jest.setTimeout(30_000);

const li = { target_role: 'STAFF', staff_id: '15', staff_name: '李' } as const;
const rating = (
  conversation_id: string,
  at: string | null,
  fields: Parameters<typeof event<'rating.v1'>>[2],
) => event('rating.v1', at, { conversation_id, ...li, ...fields });

const events = [
  // Li: 5, 4, 2, and a rating of ten points alone.
  rating('c1', '2024-05-06 10:00:00', { score: 5, nps_score: 10, solved: 'SOLVED' }),
  rating('c2', '2024-05-06 11:00:00', { score: 4, nps_score: 7, solved: 'UNSOLVED' }),
  rating('c3', '2024-05-06 12:00:00', { score: 2, nps_score: 6, solved: 'NOT_ASKED' }),
  rating('c4', '2024-05-06 13:00:00', { nps_score: 9, solved: 'SOLVED' }),
  // Rated 1 first, and better later: only c1 above counts. This one came in later, but is older.
  rating('c1', '2024-05-06 09:00:00', { score: 1, nps_score: 0, solved: 'UNSOLVED' }),
  // c6 was rated again, in a push without a time that came after.
  rating('c6', '2024-05-06 10:00:00', { staff_id: '16', staff_name: '赵', score: 5 }),
  rating('c6', null, { staff_id: '16', staff_name: '赵', score: 2 }),
  // Two conversations with agents of their own, of which both ids are bare; a robot's.
  rating('77', '2024-05-06 10:00:00', {
    conversation_number: '77',
    staff_id: '17',
    staff_name: '钱',
    score: 5,
  }),
  rating('77', '2024-05-06 10:00:05', {
    conversation_number: '77',
    staff_id: '18',
    staff_name: '孙',
    score: 1,
  }),
  rating('5_9', '2024-05-06 10:00:00', {
    conversation_number: '9',
    staff_id: null,
    staff_name: null,
    score: 1,
  }),
  // One was rated under its id, and again under the bare one.
  event('conversation.v1', '2024-05-06 10:00:00', { conversation_id: '1_88', conversation_number: '88' }),
  rating('1_88', '2024-05-06 10:01:00', {
    conversation_number: '88',
    staff_id: '19',
    staff_name: '周',
    score: 1,
  }),
  rating('88', '2024-05-06 10:02:00', {
    conversation_number: '88',
    staff_id: '19',
    staff_name: '周',
    score: 5,
  }),
  // Some vendors always send a score of ten points: next to stars a 0 means that nobody gave a score, alone it is the visitor's.
  rating('c20', '2024-05-06 10:00:00', { staff_id: '20', staff_name: '吴', score: 5, nps_score: 0 }),
  rating('c21', '2024-05-06 10:00:00', { staff_id: '21', staff_name: '郑', score: null, nps_score: 0 }),
  // A robot's; and one, which has no time, no points and no answer.
  event('rating.v1', '2024-05-06 10:00:00', {
    ...{ conversation_id: 'c1', target_role: 'ROBOT', staff_id: 'r1', score: 1 },
  }),
  event('rating.v1', null, {
    ...{ conversation_id: '5987809', target_role: 'STAFF', staff_id: '14', staff_account: 'zhang' },
    ...{ staff_name: '张', score: 3 },
  }),
  // Two that name neither a conversation nor an agent are two.
  event('rating.v1', null, { target_role: 'STAFF', score: 5 }),
  event('rating.v1', null, { target_role: 'STAFF', score: 3 }),
];

test('the figures of each agent are of the newest rating of each conversation', async () => {
  const database = await viewDatabase(events);
  try {
    const rows = await database.rows('SELECT * FROM agent_satisfaction ORDER BY agent NULLS LAST');
    expect(rows).toEqual([
      {
        ...{ source_id: 'shop', agent: '14', staff_id: '14', staff_account: 'zhang', staff_name: '张' },
        ...{ ratings: 1, scores: 1, average_score: 3, share_satisfied: 0 },
        ...{ nps_ratings: 0, nps: null, solved_answers: 0, share_solved: null },
      },
      {
        ...{ source_id: 'shop', agent: '15', staff_id: '15', staff_account: null, staff_name: '李' },
        // (5 + 4 + 2) / 3 = 11 / 3; 5 and 4 of three.
        ...{ ratings: 4, scores: 3, average_score: 11 / 3, share_satisfied: 2 / 3 },
        // 10 and 9 promote, 6 detracts, 7 neither: 100 × (2 − 1) / 4.
        ...{ nps_ratings: 4, nps: 25 },
        // c1 and c4 are solved, c2 is not, c3 was not asked.
        ...{ solved_answers: 3, share_solved: 2 / 3 },
      },
      {
        ...{ source_id: 'shop', agent: '16', staff_id: '16', staff_account: null, staff_name: '赵' },
        ...{ ratings: 1, scores: 1, average_score: 2, share_satisfied: 0 },
        ...{ nps_ratings: 0, nps: null, solved_answers: 0, share_solved: null },
      },
      ...(
        [
          ['17', '钱', 5],
          ['18', '孙', 1],
          ['19', '周', 5],
        ] as const
      ).map(([id, name, score]) => ({
        ...{ source_id: 'shop', agent: id, staff_id: id, staff_account: null, staff_name: name },
        ...{ ratings: 1, scores: 1, average_score: score, share_satisfied: score > 3 ? 1 : 0 },
        ...{ nps_ratings: 0, nps: null, solved_answers: 0, share_solved: null },
      })),
      {
        ...{ source_id: 'shop', agent: '20', staff_id: '20', staff_account: null, staff_name: '吴' },
        ...{ ratings: 1, scores: 1, average_score: 5, share_satisfied: 1 },
        ...{ nps_ratings: 0, nps: null, solved_answers: 0, share_solved: null },
      },
      {
        ...{ source_id: 'shop', agent: '21', staff_id: '21', staff_account: null, staff_name: '郑' },
        ...{ ratings: 1, scores: 0, average_score: null, share_satisfied: null },
        ...{ nps_ratings: 1, nps: -100, solved_answers: 0, share_solved: null },
      },
      {
        ...{ source_id: 'shop', agent: null, staff_id: null, staff_account: null, staff_name: null },
        ...{ ratings: 2, scores: 2, average_score: 4, share_satisfied: 0.5 },
        ...{ nps_ratings: 0, nps: null, solved_answers: 0, share_solved: null },
      },
    ]);
  } finally {
    await database.remove();
  }
});

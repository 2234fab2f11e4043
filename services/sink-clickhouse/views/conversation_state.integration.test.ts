import type { ViewDatabase } from '../testing/view-database.ts';
import { clock, event, viewDatabase } from '../testing/view-database.ts';

jest.setTimeout(30_000);

const agent = (id: string, name: string) => ({
  staff_id: id,
  staff_account: `${name}@shop`,
  staff_name: name,
});
const numbered = (id: string) => ({ conversation_id: id, conversation_number: id.replace(/^\d+_/, '') });
const iso = (shown: string) => new Date(clock(shown)).toISOString().replace('T', ' ').replace('Z', '');

let database: ViewDatabase;
const state = async (id: string, columns = '*') =>
  database.rows(`SELECT ${columns} FROM conversation_state WHERE conversation_id = '${id}'`);

beforeAll(async () => {
  database = await viewDatabase([
    // One conversation in steps: the start and the transfer have the prefix, answer and end have not.
    event('conversation.v1', '2024-05-06 10:00:00', {
      ...numbered('1_5987809'),
      ...{ phase: 'STARTED', kind: 'HUMAN', channel: 'WECHAT', visitor_name: '王小明', page_title: '' },
      ...{ requested_at: clock('2024-05-06 10:00:00') },
    }),
    event('conversation.v1', '2024-05-06 10:00:16', {
      ...numbered('5987809'),
      ...{ phase: 'ANSWERED', kind: 'HUMAN', ...agent('14', '张'), wait_ms: 16_000 },
      ...{ answered_at: clock('2024-05-06 10:00:16'), department_id: '11', department_name: '订单组' },
    }),
    event('conversation.v1', '2024-05-06 10:05:00', {
      ...numbered('1_5987809'),
      ...{ phase: 'TRANSFERRED', from_staff_id: '14', to_staff_id: '15', to_staff_name: '李' },
    }),
    event('conversation.v1', '2024-05-06 10:09:00', {
      ...numbered('5987809'),
      ...{ phase: 'ENDED', wait_ms: 17_000, total_ms: 540_000, end_reason: 'STAFF_CLOSED' },
      ...{ ended_at: clock('2024-05-06 10:09:00') },
    }),
    // The transcript's time is not known: it is older than any step whose time is.
    event('conversation.v1', null, {
      ...numbered('1_5987809'),
      ...{ phase: 'RECORDED', kind: 'ROBOT', ended_at: clock('2024-05-06 11:00:00'), transcript: 'x' },
    }),
    // The bare 2800 is a human one's end. The counters of left messages and of robots reach the number, too.
    event('conversation.v1', '2024-05-06 12:00:00', { ...numbered('1_2800'), phase: 'STARTED' }),
    event('conversation.v1', '2024-05-06 12:01:00', { ...numbered('3_2800'), phase: 'STARTED' }),
    event('conversation.v1', '2024-05-06 12:02:00', {
      ...{ ...numbered('2800'), phase: 'ENDED', kind: 'HUMAN', total_ms: 5 },
    }),
    event('conversation.v1', '2024-09-06 12:01:00', {
      ...numbered('5_2800'),
      phase: 'STARTED',
      kind: 'ROBOT',
    }),
    // No conversation of its kind has 2900, and none of its week has 2901.
    event('conversation.v1', '2024-05-06 12:00:00', { ...numbered('5_2900'), phase: 'STARTED' }),
    event('conversation.v1', '2024-05-06 12:02:00', {
      ...{ ...numbered('2900'), phase: 'ENDED', kind: 'HUMAN', total_ms: 5 },
    }),
    event('conversation.v1', '2024-04-06 12:00:00', { ...numbered('1_2901'), phase: 'STARTED' }),
    event('conversation.v1', '2024-05-06 12:02:00', { ...numbered('2901'), phase: 'ENDED', total_ms: 5 }),
    // A busy one stays busy, whatever its transcript is called.
    event('conversation.v1', '2024-05-06 12:00:00', {
      ...numbered('2_2902'),
      phase: 'STARTED',
      kind: 'BUSY',
    }),
    event('conversation.v1', '2024-05-06 12:09:00', {
      ...numbered('2902'),
      phase: 'RECORDED',
      kind: 'HUMAN',
    }),
    // The number of a prefixed id in another source is no candidate.
    event('conversation.v1', '2024-05-06 12:03:00', { ...numbered('77'), phase: 'ENDED' }),
    event(
      'conversation.v1',
      '2024-05-06 12:04:00',
      { ...numbered('1_77'), phase: 'STARTED' },
      { source_id: 'b' },
    ),
    // One record of the whole, pushed again with another agent, and an id that looks like a prefixed one.
    event('conversation.v1', '2024-05-06 13:00:00', {
      ...{ conversation_id: 'a_99', phase: 'RECORDED', staff_account: 'a@shop', staff_name: '甲' },
      ...{ started_at: clock('2024-05-06 12:50:00'), subchannel_name: 'Android' },
    }),
    event('conversation.v1', '2024-05-06 13:00:00', {
      ...{ conversation_id: 'a_99', phase: 'RECORDED', staff_account: 'b@shop', staff_name: '' },
    }),
    event('conversation.v1', '2024-05-06 14:00:00', { phase: 'STARTED', visitor_name: 'without an id' }),
  ]);
});
afterAll(() => database.remove());

test('the steps of a conversation are one row, whichever form its id has', async () => {
  expect(await state('1_5987809')).toMatchObject([
    {
      ...{ source_id: 'shop', conversation_number: '5987809', phase: 'ENDED', kind: 'HUMAN' },
      phases: ['ANSWERED', 'ENDED', 'RECORDED', 'STARTED', 'TRANSFERRED'],
      ...{ channel: 'WECHAT', visitor_name: '王小明', page_title: null },
      // Who took it over: the account of the one before is not theirs.
      ...{ staff_id: '15', staff_account: null, staff_name: '李' },
      ...{ department_id: '11', department_name: '订单组' },
      // The end says 17 s, the answer before it 16 s.
      ...{ wait_ms: 17_000, total_ms: 540_000, end_reason: 'STAFF_CLOSED', queue_state: 'UNKNOWN' },
      ...{ requested_at: iso('2024-05-06 10:00:00'), began_at: iso('2024-05-06 10:00:00') },
      ...{ answered_at: iso('2024-05-06 10:00:16'), ended_at: iso('2024-05-06 10:09:00') },
    },
  ]);
  expect(await state('5987809')).toEqual([]);
});

test('a bare id means the conversation of its number and kind, also when other counters reach the number', async () => {
  expect(await state('1_2800', 'phase, kind, total_ms')).toEqual([
    { phase: 'ENDED', kind: 'HUMAN', total_ms: 5 },
  ]);
  expect(await state('3_2800', 'phase, kind')).toEqual([{ phase: 'STARTED', kind: 'LEAVE_MESSAGE' }]);
  expect(await state('5_2800', 'phase, kind')).toEqual([{ phase: 'STARTED', kind: 'ROBOT' }]);
  expect(await state('2_2902', 'phase, kind')).toEqual([{ phase: 'RECORDED', kind: 'BUSY' }]);
});

test('a bare id of which nobody knows the conversation is a row of its own', async () => {
  for (const id of ['2900', '2901'])
    expect(await state(id, 'phase, total_ms')).toEqual([{ phase: 'ENDED', total_ms: 5 }]);
  expect(await state('77', 'source_id, phase')).toEqual([{ source_id: 'shop', phase: 'ENDED' }]);
  expect(await state('1_77', 'source_id, phase')).toEqual([{ source_id: 'b', phase: 'STARTED' }]);
});

test('of two records of one time the one that came later wins, field by field', async () => {
  const columns = 'staff_account, staff_name, subchannel_name, phase';
  // The agent is one step's; the subchannel is only in the earlier one.
  expect(await state('a_99', columns)).toEqual([
    { staff_account: 'b@shop', staff_name: null, subchannel_name: 'Android', phase: 'RECORDED' },
  ]);
});

test('each conversation is there once, and none that has no id', async () => {
  expect(
    await database.rows('SELECT conversation_id FROM conversation_state ORDER BY conversation_id'),
  ).toEqual(
    [
      ...['1_2800', '1_2901', '1_5987809', '1_77', '2900', '2901', '2_2902'],
      ...['3_2800', '5_2800', '5_2900', '77', 'a_99'],
    ].map((id) => ({ conversation_id: id })),
  );
});

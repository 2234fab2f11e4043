import type { PlainPush } from '@sluice/simulator/push';
import { takeFirst } from '@sluice/simulator/take-first';
import { generateTraffic } from '@sluice/simulator/traffic';
import { testSources } from './testing/test-sources.ts';

const moment = 1_790_000_000_000;
const now = () => moment;

function generate(seed: string, run: string, count: number): PlainPush[] {
  return [...takeFirst(generateTraffic({ sources: testSources, seed, run, now }), count)];
}

const pushes = generate('s', 'r', 3000);

interface Envelope {
  type: string;
  content: Record<string, unknown>[];
}
const envelopes = pushes.map(({ text }) => JSON.parse(text) as Envelope);

test('every data type appears', () => {
  expect(new Set(pushes.map(({ dataType }) => dataType))).toEqual(
    new Set(['conversation', 'evaluation', 'user', 'userinfo', 'msg', 'summary', 'ticket', 'calllog']),
  );
});

const recordsOf = (list: readonly PlainPush[]): string[] =>
  list.flatMap(({ sourceId, text }) =>
    (JSON.parse(text) as Envelope).content.map((record) => sourceId + JSON.stringify(record)),
  );
const repeatedOf = (records: readonly string[]): string[] => {
  const seen = new Set<string>();
  return records.filter((record) => seen.size === seen.add(record).size);
};

test('two runs share no record, and in one run repeated conversations alone are alike', () => {
  const others = [...generate('s', 'r2', 1500), ...generate('s2', 'r', 1500)];
  expect(new Set([...recordsOf(pushes), ...recordsOf(others)]).size).toBe(
    new Set(recordsOf(pushes)).size + new Set(recordsOf(others)).size,
  );
  for (const text of repeatedOf(recordsOf(pushes))) expect(text).toMatch(/"conversation_duration"/);
});

test('Sobot’s batches have 1 to 20 records of one company and type, counted', () => {
  const sizes = envelopes.map(({ content }) => content.length);
  expect(Math.min(...sizes)).toBe(1);
  expect(Math.max(...sizes)).toBe(20);
  expect(sizes).toEqual(pushes.map(({ records }) => records));
  pushes.forEach(({ accountId }, at) => {
    const ids = envelopes[at]?.content.map((record) => record.companyid ?? record.companyId);
    expect(new Set(ids)).toEqual(new Set([accountId]));
  });
  expect(new Set(pushes.map(({ accountId }) => accountId))).toEqual(new Set(['c1', 'c2', 'c3']));
  expect(envelopes.map(({ type }) => type)).toEqual(pushes.map(({ dataType }) => dataType));
});

test('times lie in the 45 minutes before now', () => {
  const stamps = envelopes
    .flatMap(({ content }) => content.flatMap(({ timems, end_time }) => [timems, end_time]))
    .filter((at) => at !== undefined)
    .map(Number);
  for (const at of stamps) {
    expect(at).toBeLessThanOrEqual(moment);
    expect(at).toBeGreaterThan(moment - 46 * 60_000);
  }
  expect(stamps.length).toBeGreaterThan(1000);
});

test.each([
  ['a revocation', /"revoke_flag":"1"/],
  ['params as an object', /"params":\{/],
  ['params as a text', /"params":"\{/],
  ['start_time under its other name', /"chat_start_time"/],
  ['a visitor who left the queue', /"session_queue_state":"3"[^}]*"human_recep_flag":"0"/],
  ['a conversation that nobody answered', /"staff_reply_msg_count":"0"[^}]*"human_recep_flag":"1"/],
  ['a conversation with a robot alone', /"human_recep_flag":"0"[^}]*"robotid":"1"/],
  ['a conversation of no length', /"conversation_duration":"0"/],
])('Sobot’s traffic has %s', (_, pattern) => {
  expect(pushes.some(({ text }) => pattern.test(text))).toBe(true);
});

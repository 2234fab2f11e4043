import { XMLParser } from 'fast-xml-parser';
import { SyntaxValidator } from 'fast-xml-validator';
import { beijingHour } from './beijing-time.ts';
import type { PlainPush } from './push.ts';
import { seededRandom } from './random.ts';
import { sealPushes } from './seal-push.ts';
import { takeFirst } from './take-first.ts';
import { testSources } from './testing/test-sources.ts';
import { generateTraffic } from './traffic.ts';

const moment = 1_790_000_000_000;
const now = () => moment;

function generate(seed: string, run: string, count: number): PlainPush[] {
  return [...takeFirst(generateTraffic({ sources: testSources, seed, run, now }), count)];
}

const pushes = generate('s', 'r', 6000);
const echat = pushes.filter(({ vendor }) => vendor === 'echat');
const sobot = pushes.filter(({ vendor }) => vendor === 'sobot');

interface Envelope {
  type: string;
  content: Record<string, unknown>[];
}
const envelopes = sobot.map(({ text }) => JSON.parse(text) as Envelope);

test('every data type appears', () => {
  expect(new Set(echat.map(({ dataType }) => dataType))).toEqual(
    new Set([
      ...[
        'companyStatus',
        'skillStatus',
        'staffStatus',
        'routeStatus',
        'leaveMsgOwner',
        'chatStart',
        'robotChatStart',
      ],
      ...[
        'chatEnd',
        'robotChatEnd',
        'chatAnswer',
        'chatTransfer',
        'chatContent',
        'leaveMsgContent',
        'chatSubject',
      ],
      ...[
        'chatScore',
        'crmStatus',
        'visitorEnter',
        'keywordReturn',
        'visitorOut',
        'visitorTrackPage',
        'robotChatContent',
      ],
    ]),
  );
  expect(new Set(sobot.map(({ dataType }) => dataType))).toEqual(
    new Set(['conversation', 'evaluation', 'user', 'userinfo', 'msg', 'summary', 'ticket', 'calllog']),
  );
});

test('the same seed and run give the same bytes, nonces and ciphertexts included', () => {
  const seal = () =>
    JSON.stringify([...sealPushes(generate('s', 'r', 300), testSources, { now, random: seededRandom('n') })]);
  expect(seal()).toBe(seal());
});

const recordsOf = (list: readonly PlainPush[]): string[] =>
  list.flatMap(({ vendor, sourceId, text }) =>
    vendor === 'echat'
      ? [sourceId + text]
      : (JSON.parse(text) as Envelope).content.map((record) => sourceId + JSON.stringify(record)),
  );
const repeatedOf = (records: readonly string[]): string[] => {
  const seen = new Set<string>();
  return records.filter((record) => seen.size === seen.add(record).size);
};

test('two runs share no record, and in one run repeated changes, ratings and Sobot’s conversations alone are alike', () => {
  const others = [...generate('s', 'r2', 3000), ...generate('s2', 'r', 3000)];
  expect(new Set([...recordsOf(pushes), ...recordsOf(others)]).size).toBe(
    new Set(recordsOf(pushes)).size + new Set(recordsOf(others)).size,
  );
  expect(new Set(pushes.map(({ id }) => id)).size).toBe(pushes.length);
  const repeated = repeatedOf(recordsOf(pushes));
  expect(repeated.filter((text) => text.includes('<crmData>')).length).toBeGreaterThan(5);
  for (const text of repeated) expect(text).toMatch(/<crmStatus>|<chatScore>|"conversation_duration"/);
});

function isWellFormed(text: string): boolean {
  try {
    SyntaxValidator.validate(text);
    return true;
  } catch {
    return false;
  }
}

test('all XML names each thing once, and some of it has the flaws of the samples', () => {
  const parser = new XMLParser();
  const flawed = echat.filter(({ text }) => !isWellFormed(text));
  expect(flawed.length).toBeGreaterThan(echat.length * 0.005);
  expect(flawed.length).toBeLessThan(echat.length * 0.05);
  for (const { text } of echat.filter((push) => !flawed.includes(push)))
    expect(Object.keys(parser.parse(text) as object)).toEqual(['xml']);
});

test('Sobot’s batches have 1 to 20 records of one company and type, counted', () => {
  const sizes = envelopes.map(({ content }) => content.length);
  expect(Math.min(...sizes)).toBe(1);
  expect(Math.max(...sizes)).toBe(20);
  expect(sizes).toEqual(sobot.map(({ records }) => records));
  sobot.forEach(({ companyId }, at) => {
    const ids = envelopes[at]?.content.map((record) => record.companyid ?? record.companyId);
    expect(new Set(ids)).toEqual(new Set([companyId]));
  });
  expect(new Set(sobot.map(({ companyId }) => companyId))).toEqual(new Set(['c1', 'c2', 'c3']));
  expect(envelopes.map(({ type }) => type)).toEqual(sobot.map(({ dataType }) => dataType));
});

test('times lie in the 45 minutes before now', () => {
  const stamps = echat.flatMap(({ text }) => /<tm><!\[CDATA\[(\d+)/.exec(text)?.[1] ?? []).map(Number);
  const records = envelopes.flatMap(({ content }) => content);
  const sobotStamps = records
    .flatMap(({ timems, end_time }) => [timems, end_time])
    .filter((at) => at !== undefined);
  for (const at of [...stamps, ...sobotStamps.map(Number)]) {
    expect(at).toBeLessThanOrEqual(moment);
    expect(at).toBeGreaterThan(moment - 46 * 60_000);
  }
  expect(stamps.length).toBeGreaterThan(1000);
});

/** All conversations of one company's Echat by their number: which types it names. */
function typesByNumber(): Map<string, Set<string>> {
  const types = new Map<string, Set<string>>();
  for (const { text, sourceId } of echat)
    for (const [, type = '', number = ''] of text.matchAll(/\b([1235])_(\d{9,})\b/g)) {
      const key = `${sourceId}/${number}`;
      types.set(key, (types.get(key) ?? new Set()).add(type));
    }
  return types;
}

test('one number names conversations of several kinds', () => {
  const shared = [...typesByNumber().values()].filter((types) => types.size > 1);
  expect(shared.length).toBeGreaterThan(20);
  expect(new Set(shared.flatMap((types) => [...types]))).toEqual(new Set(['1', '2', '3', '5']));
});

test('ends, answers and ratings name their conversation mostly by its number alone', () => {
  const ids = echat
    .filter(({ dataType }) => ['chatEnd', 'robotChatEnd', 'chatAnswer', 'chatScore'].includes(dataType))
    .map(({ text }) => /<chatRecordId><!\[CDATA\[(\d+_)?/.exec(text)?.[1]);
  const bare = ids.filter((prefix) => prefix === undefined).length / ids.length;
  expect(bare).toBeGreaterThan(0.8);
  expect(bare).toBeLessThan(1);
});

test('a transcript comes again, longer', () => {
  const lengths = new Map<string, number[]>();
  for (const { text, sourceId, dataType } of echat.filter(({ dataType: type }) => type.endsWith('Content'))) {
    const id = /<chatRecordId><!\[CDATA\[(\w+)/.exec(text)?.[1] ?? '';
    const key = `${sourceId}/${dataType}/${id}`;
    lengths.set(key, [...(lengths.get(key) ?? []), text.length]);
  }
  const several = [...lengths.values()].filter((all) => all.length > 1);
  expect(several.length).toBeGreaterThan(10);
  expect(several.some((all) => Math.max(...all) > Math.min(...all))).toBe(true);
});

test('a conversation is reopened under its id', () => {
  const starts = echat
    .filter(({ dataType }) => dataType === 'chatStart')
    .map(({ text, sourceId }) => sourceId + (/<chatRecordId><!\[CDATA\[(\w+)/.exec(text)?.[1] ?? ''));
  expect(repeatedOf(starts).length).toBeGreaterThan(5);
});

test('what belongs together comes out of order', () => {
  const seen = new Map<string, Set<string>>();
  let early = 0;
  for (const { text, sourceId, dataType } of echat) {
    const track = `${sourceId}/${/<trackRecordId>(?:<!\[CDATA\[)?(\d+)/.exec(text)?.[1] ?? ''}`;
    const types = seen.get(track) ?? new Set();
    seen.set(track, types.add(dataType));
    if (dataType === 'visitorEnter' && types.size > 1) early += 1;
  }
  expect(early).toBeGreaterThan(0);
});

test('a history fills the days before now, mostly by day', () => {
  const traffic = generateTraffic({ sources: testSources, seed: 's', run: 'r', now, days: 70 });
  const stamps = [...takeFirst(traffic, 3000)]
    .flatMap(({ text }) => /<tm><!\[CDATA\[(\d+)/.exec(text)?.[1] ?? [])
    .map(Number);
  const dayMs = 86_400_000;
  const days = new Set(stamps.map((at) => Math.floor((moment - at) / dayMs)));
  expect(days.size).toBeGreaterThan(60);
  expect(Math.max(...stamps)).toBeLessThanOrEqual(moment);
  expect(Math.min(...stamps)).toBeGreaterThan(moment - 71 * dayMs);
  const byDay = stamps.filter((at) => beijingHour(at) >= 8 && beijingHour(at) < 22).length;
  expect(byDay / stamps.length).toBeGreaterThan(0.85);
});

test.each([
  ['a bare chatRecordId', /<chatRecordId><!\[CDATA\[\d+\]\]>/],
  ['a prefixed chatRecordId', /<chatRecordId><!\[CDATA\[1_\d+\]\]>/],
  ['gender as a text', /<gender><!\[CDATA\[[男女]/],
  ['gender as a code', /<gender><!\[CDATA\[[012]\]/],
  ['an empty element', /<memo><!\[CDATA\[\]\]>/],
  ['chatEnd without msgId', /^<xml>\n {4}<chatStatus><!\[CDATA\[2\]\]>[^]*<chatEndTime>/],
  ['a conversation after a transfer', /<staffKpi>/],
  ['an emoji', /\p{Emoji_Presentation}/u],
  ['a supplementary ideograph', /[\u{20000}-\u{3FFFF}]/u],
  ['HTML in a text', /<a href="/],
  ['a CDATA end in a text', /\]\]\]\]><!\[CDATA\[>/],
  ['a busy conversation', /<chatRecordId><!\[CDATA\[2_\d+/],
  ['one given up while all were busy', /<chatEndType><!\[CDATA\[12\]/],
  ['an end without an answer', /<chatTotalTime><!\[CDATA\[0\]\]>[^]*<staffSendMsg><!\[CDATA\[0\]/],
  ['an answer at once', /<chatWaitTime><!\[CDATA\[0\]/],
  ['an end tag that its sample misspells', /<\/trackRecorId>/],
  ['a section that its sample does not close', /\[CDATA\[[^\]]*\]>?<\/|\[CDATA\[[^\]]*\]\]<\//],
  ['an end without its root', /^ {4}<(?:msgId|chatStatus)>/],
  ['custom fields under one name', /<c1-c20>/],
])('Echat’s traffic has %s', (_, pattern) => {
  expect(echat.some(({ text }) => pattern.test(text))).toBe(true);
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
  expect(sobot.some(({ text }) => pattern.test(text))).toBe(true);
});

test('no sources is an error', () => {
  expect(() => generateTraffic({ sources: [], seed: 's', run: 'r', now }).next()).toThrow(RangeError);
});

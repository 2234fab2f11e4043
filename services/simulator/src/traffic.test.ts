import { XMLParser } from 'fast-xml-parser';
import { SyntaxValidator } from 'fast-xml-validator';
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

const pushes = generate('s', 'r', 3000);
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
  const seal = () => [
    ...sealPushes(generate('s', 'r', 300), testSources, { now, random: seededRandom('n') }),
  ];
  expect(seal()).toEqual(seal());
});

test('no two records are alike, in one run or in two', () => {
  const recordsOf = (list: readonly PlainPush[]) =>
    list.flatMap(({ vendor, sourceId, text }) =>
      vendor === 'echat'
        ? [text]
        : (JSON.parse(text) as Envelope).content.map((record) => sourceId + JSON.stringify(record)),
    );
  const all = [
    ...recordsOf(pushes),
    ...recordsOf(generate('s', 'r2', 3000)),
    ...recordsOf(generate('s2', 'r', 3000)),
  ];
  expect(new Set(all).size).toBe(all.length);
  expect(new Set(pushes.map(({ id }) => id)).size).toBe(pushes.length);
});

test('all XML is well-formed, and names each thing once', () => {
  const parser = new XMLParser();
  for (const { text } of echat) {
    expect(SyntaxValidator.validate(text)).toBe(true);
    expect(Object.keys(parser.parse(text) as object)).toEqual(['xml']);
  }
});

test('Sobot’s batches have 1 to 20 records of one type, counted', () => {
  const sizes = envelopes.map(({ content }) => content.length);
  expect(Math.min(...sizes)).toBe(1);
  expect(Math.max(...sizes)).toBe(20);
  expect(sizes).toEqual(sobot.map(({ records }) => records));
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
])('Echat’s traffic has %s', (_, pattern) => {
  expect(echat.some(({ text }) => pattern.test(text))).toBe(true);
});

test.each([
  ['a revocation', /"revoke_flag":"1"/],
  ['params as an object', /"params":\{/],
  ['params as a text', /"params":"\{/],
  ['start_time under its other name', /"chat_start_time"/],
])('Sobot’s traffic has %s', (_, pattern) => {
  expect(sobot.some(({ text }) => pattern.test(text))).toBe(true);
});

test('no sources is an error', () => {
  expect(() => generateTraffic({ sources: [], seed: 's', run: 'r', now }).next()).toThrow(RangeError);
});

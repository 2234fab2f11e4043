import { XMLParser } from 'fast-xml-parser';
import { SyntaxValidator } from 'fast-xml-validator';
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

test('every data type appears', () => {
  expect(new Set(pushes.map(({ dataType }) => dataType))).toEqual(
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
});

const recordsOf = (list: readonly PlainPush[]): string[] => list.map(({ sourceId, text }) => sourceId + text);
const repeatedOf = (records: readonly string[]): string[] => {
  const seen = new Set<string>();
  return records.filter((record) => seen.size === seen.add(record).size);
};

test('two runs share no document, and in one run repeated changes and ratings alone are alike', () => {
  const others = [...generate('s', 'r2', 1500), ...generate('s2', 'r', 1500)];
  expect(new Set([...recordsOf(pushes), ...recordsOf(others)]).size).toBe(
    new Set(recordsOf(pushes)).size + new Set(recordsOf(others)).size,
  );
  const repeated = repeatedOf(recordsOf(pushes));
  expect(repeated.filter((text) => text.includes('<crmData>')).length).toBeGreaterThan(5);
  for (const text of repeated) expect(text).toMatch(/<crmStatus>|<chatScore>/);
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
  const flawed = pushes.filter(({ text }) => !isWellFormed(text));
  expect(flawed.length).toBeGreaterThan(pushes.length * 0.005);
  expect(flawed.length).toBeLessThan(pushes.length * 0.05);
  for (const { text } of pushes.filter((push) => !flawed.includes(push)))
    expect(Object.keys(parser.parse(text) as object)).toEqual(['xml']);
});

test('times lie in the 45 minutes before now', () => {
  const stamps = pushes.flatMap(({ text }) => /<tm><!\[CDATA\[(\d+)/.exec(text)?.[1] ?? []).map(Number);
  for (const at of stamps) {
    expect(at).toBeLessThanOrEqual(moment);
    expect(at).toBeGreaterThan(moment - 46 * 60_000);
  }
  expect(stamps.length).toBeGreaterThan(1000);
});

/** All conversations of one company's Echat by their number: which types it names. */
function typesByNumber(): Map<string, Set<string>> {
  const types = new Map<string, Set<string>>();
  for (const { text, sourceId } of pushes)
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
  const ids = pushes
    .filter(({ dataType }) => ['chatEnd', 'robotChatEnd', 'chatAnswer', 'chatScore'].includes(dataType))
    .map(({ text }) => /<chatRecordId><!\[CDATA\[(\d+_)?/.exec(text)?.[1]);
  const bare = ids.filter((prefix) => prefix === undefined).length / ids.length;
  expect(bare).toBeGreaterThan(0.8);
  expect(bare).toBeLessThan(1);
});

test('a transcript comes again, longer', () => {
  const lengths = new Map<string, number[]>();
  for (const { text, sourceId, dataType } of pushes.filter(({ dataType: type }) =>
    type.endsWith('Content'),
  )) {
    const id = /<chatRecordId><!\[CDATA\[(\w+)/.exec(text)?.[1] ?? '';
    const key = `${sourceId}/${dataType}/${id}`;
    lengths.set(key, [...(lengths.get(key) ?? []), text.length]);
  }
  const several = [...lengths.values()].filter((all) => all.length > 1);
  expect(several.length).toBeGreaterThan(10);
  expect(several.some((all) => Math.max(...all) > Math.min(...all))).toBe(true);
});

test('a conversation is reopened under its id', () => {
  const starts = pushes
    .filter(({ dataType }) => dataType === 'chatStart')
    .map(({ text, sourceId }) => sourceId + (/<chatRecordId><!\[CDATA\[(\w+)/.exec(text)?.[1] ?? ''));
  expect(repeatedOf(starts).length).toBeGreaterThan(5);
});

test('what belongs together comes out of order', () => {
  const seen = new Map<string, Set<string>>();
  let early = 0;
  for (const { text, sourceId, dataType } of pushes) {
    const track = `${sourceId}/${/<trackRecordId>(?:<!\[CDATA\[)?(\d+)/.exec(text)?.[1] ?? ''}`;
    const types = seen.get(track) ?? new Set();
    seen.set(track, types.add(dataType));
    if (dataType === 'visitorEnter' && types.size > 1) early += 1;
  }
  expect(early).toBeGreaterThan(0);
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
  expect(pushes.some(({ text }) => pattern.test(text))).toBe(true);
});

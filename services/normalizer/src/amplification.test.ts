import fc from 'fast-check';
import { createEncoder } from '@sluice/canonical-event/avro-codec';
import { payloadLimits } from '@sluice/raw-event/payload-limits';
import { canonicalTopics, requestLimitBytes, rawTopic } from '@sluice/schemas/topics';
import { inFlightLimits } from './in-flight.ts';
import type { Normalized } from '@sluice/vendor-kit/mapping/normalize';
import { publisherLimits } from './publisher-limits.ts';
import { useNormalize } from '@sluice/vendors/testing/golden-source';

const encoders = new Map(
  canonicalTopics.map((topic) => [topic, createEncoder(topic, 1) as (value: never) => Buffer]),
);
const normalize = useNormalize();

function run(vendor: 'echat' | 'sobot', dataType: string, text: string): Normalized & { payload: Buffer } {
  const payload = Buffer.from(text);
  return { payload, ...normalize(vendor, dataType, payload) };
}

/** As `payload-limits.ts` states it. */
const mostBytes = (payloadBytes: number, events: number): number =>
  16 * payloadBytes + 1024 * 1024 + 2048 * events;

function bytesMade({ events, rejected }: Normalized): number {
  const ofEvents = events.map(({ topic, value }) => encoders.get(topic)!(value as never).length);
  return [...ofEvents, ...rejected.map(({ payload }) => payload.length)].reduce(
    (sum, bytes) => sum + bytes,
    0,
  );
}

const repeated = (count: number, of: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => of(index)).join('');
const listed = (count: number, of: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => of(index)).join(',');

/** A batch of a staff page as ingress keeps it. */
const staffBatch = (members: string, actions: string): string =>
  `{"page":"p","batch":{${members}"actions":[${actions}]}}`;
const turns = (count: number, text = ''): string =>
  repeated(count, (index) => `a>2016-08-17 10:47:${String(index % 60).padStart(2, '0')}\\n${text}\\n`);
const transcript = (chatRecordId: string, content: string, more = ''): string =>
  `<xml>${more}<chatData><chatRecordId>${chatRecordId}</chatRecordId><chatContent>${content}</chatContent></chatData></xml>`;

type Shape = readonly [vendor: 'echat' | 'sobot', dataType: string, text: string];

/** Payloads that make the most of the least. */
const shapes: Readonly<Record<string, Shape>> = {
  'a long value above many records': [
    'echat',
    'staffAction',
    staffBatch(
      `"sdk":"${'x'.repeat(120_000)}",`,
      listed(1_000, () => '1'),
    ),
  ],
  'a short value above many records': [
    'echat',
    'staffAction',
    staffBatch(
      `"sdk":"${'中'.repeat(payloadLimits.sharedValueChars)}",`,
      listed(1_000, () => '1'),
    ),
  ],
  'members above many records': [
    'sobot',
    'msg',
    `{${listed(10_000, (index) => `"k${index}":1`)},"content":[${listed(1_000, () => '1')}]}`,
  ],
  'a long envelope and bad records': [
    'sobot',
    'msg',
    `{"pad":"${'x'.repeat(500_000)}","content":[${listed(900, () => '{x}')}]}`,
  ],
  'bad records': ['sobot', 'msg', `{"content":[${listed(90, () => '{x}')}]}`],
  'a long name above many values': [
    'sobot',
    'msg',
    `{"content":[{"${'中'.repeat(250)}":[${listed(19_000, () => '1')}]}]}`,
  ],
  'long names within each other': [
    'sobot',
    'msg',
    `{"content":[{"${'中'.repeat(250)}":{"${'中'.repeat(250)}":{"${'中'.repeat(250)}":[${listed(400, () => '1')}]}}}]}`,
  ],
  'an id of many events': ['echat', 'chatContent', transcript('9'.repeat(5_000), turns(900))],
  'a message id of many events': [
    'echat',
    'chatContent',
    transcript('1', turns(900), `<msgId>${'9'.repeat(200_000)}</msgId>`),
  ],
  'a short id of many events': ['echat', 'chatContent', transcript('1_5987809', turns(9_000))],
  'many page views': [
    'echat',
    'visitorTrackPage',
    `<xml><trackData><trackRecordId>${'9'.repeat(20_000)}</trackRecordId><visitPageDatas>${repeated(900, () => '<pageData><a/></pageData>')}</visitPageDatas></trackData></xml>`,
  ],
  'a query of many parts': [
    'echat',
    'visitorEnter',
    `<xml><trackData><visitTimes>1</visitTimes></trackData><myData>${repeated(19_000, () => 'a=&amp;')}</myData></xml>`,
  ],
  'members in a text': [
    'sobot',
    'user',
    `{"content":[{"params":${JSON.stringify(`{${listed(19_000, () => '"":1')}}`)}}]}`,
  ],
  'lists in texts': [
    'sobot',
    'summary',
    `{"content":[{"req_type":"${'1-'.repeat(19_000)}","req_type_name":"${'a-'.repeat(19_000)}"}]}`,
  ],
};

test.each(Object.entries(shapes))('%s: what a payload becomes is bounded', (_, shape) => {
  const made = run(...shape);
  expect(made.events.length).toBeLessThanOrEqual(payloadLimits.events);
  expect(made.rejected.length).toBeLessThanOrEqual(payloadLimits.deadLetters);
  expect(bytesMade(made)).toBeLessThanOrEqual(mostBytes(made.payload.length, made.events.length));
  // Each is read or kept.
  expect(made.events.length + made.rejected.length).toBeGreaterThan(0);
});

/** A payload beyond a limit by one, and one at the limit. */
const { records, events, depth, values, nameChars, pathChars } = payloadLimits;
const json = (element: string): Shape => ['sobot', 'msg', `{"content":[${element}]}`];
const xml = (inside: string): Shape => ['echat', 'chatEnd', `<xml>${inside}</xml>`];
const nested = (count: number): string => repeated(count, () => '<a>') + repeated(count, () => '</a>');
const nestedNames = (chars: number): string => {
  const names = [
    ...Array.from({ length: Math.floor(chars / 201) }, () => 'x'.repeat(200)),
    'y'.repeat(chars % 201),
  ];
  return `{${names.map((name) => `"${name}":`).join('{')}1${'}'.repeat(names.length)}`;
};
const limits: Readonly<Record<string, readonly [within: Shape, beyond: Shape]>> = {
  records: [json(listed(records, () => '1')), json(listed(records + 1, () => '1'))],
  events: [
    ['echat', 'chatContent', transcript('1', turns(events - 1))],
    ['echat', 'chatContent', transcript('1', turns(events + 1))],
  ],
  'depth of JSON': [
    json('['.repeat(depth - 1) + ']'.repeat(depth - 1)),
    json('['.repeat(depth) + ']'.repeat(depth)),
  ],
  'depth of XML': [xml(nested(depth)), xml(nested(depth + 1))],
  'values of JSON': [json(`[${listed(values, () => '1')}]`), json(`[${listed(values + 1, () => '1')}]`)],
  'values of XML': [xml(repeated(values, () => '<a/>')), xml(repeated(values + 1, () => '<a/>'))],
  'names in JSON': [json(`{"${'x'.repeat(nameChars)}":1}`), json(`{"${'x'.repeat(nameChars + 1)}":1}`)],
  'names in XML': [xml(`<${'x'.repeat(nameChars)}/>`), xml(`<${'x'.repeat(nameChars + 1)}/>`)],
  'names of attributes': [
    xml(`<a ${'x'.repeat(nameChars)}="1"/>`),
    xml(`<a ${'x'.repeat(nameChars + 1)}="1"/>`),
  ],
  paths: [json(nestedNames(pathChars)), json(nestedNames(pathChars + 1))],
  'items of a list in a text': [
    ['sobot', 'user', `{"content":[{"user_tels":"${'1,'.repeat(values - 1)}"}]}`],
    ['sobot', 'user', `{"content":[{"user_tels":"${'1,'.repeat(values)}"}]}`],
  ],
};

test.each(Object.entries(limits))('%s: beyond the limit the payload is one dead letter', (_, shape) => {
  const [within, beyond] = shape.map((each) => run(...each));
  expect(within?.rejected).toEqual([]);
  expect(beyond).toMatchObject({ events: [], rejected: [{ reason: 'TOO_LARGE' }] });
  expect(beyond?.rejected).toHaveLength(1);
  expect(beyond?.rejected[0]?.payload).toBe(beyond?.payload);
});

test('what a fuzzer makes of little is bounded', () => {
  const name = fc.oneof(
    fc.constantFrom('a', 'cid', 'params', 'msg'),
    fc.nat(300).map((length) => '中'.repeat(length)),
  );
  const value = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 5 },
      fc.constantFrom('1', '""', '{}', '"中"', 'null'),
      fc
        .tuple(fc.integer({ min: 1, max: 400 }), fc.constantFrom('1', '[]', '"x"'))
        .map(([count, of]) => `[${listed(count, () => of)}]`),
      fc.tuple(name, tie('value')).map(([key, of]) => `{${JSON.stringify(key)}:${of as string}}`),
      fc.array(tie('value'), { maxLength: 4 }).map((all) => `[${all.join(',')}]`),
    ),
  })).value;
  fc.assert(
    fc.property(
      fc.constantFrom('msg', 'user', 'summary', 'novelty'),
      fc.array(fc.tuple(name, value), { maxLength: 4 }),
      fc.array(value, { maxLength: 6 }),
      (dataType, members, elements) => {
        const above = members.map(([key, of]) => `${JSON.stringify(key)}:${of},`).join('');
        const made = run('sobot', dataType, `{${above}"content":[${elements.join(',')}]}`);
        expect(bytesMade(made)).toBeLessThanOrEqual(mostBytes(made.payload.length, made.events.length));
      },
    ),
    { numRuns: 300 },
  );
});

test('no payload alone fills the publisher, whatever else is in flight', () => {
  const { maxMessageBytes } = rawTopic;
  expect(requestLimitBytes).toBeLessThan(maxMessageBytes);
  const most = {
    events: inFlightLimits.events + payloadLimits.events,
    // Its key and headers are small: the ids in them count as texts of the events.
    bytes: inFlightLimits.bytes + mostBytes(maxMessageBytes, payloadLimits.events),
  };
  expect(most.events).toBeLessThan(publisherLimits.maxRecords);
  expect(most.bytes).toBeLessThan(publisherLimits.maxBytes);
});

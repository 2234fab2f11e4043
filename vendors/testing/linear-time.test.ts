import { documentedShapes } from '../field-coverage/documented.ts';
import { vendors, type VendorId } from '../index.ts';
import { useMappings, useNormalize } from './golden-source.ts';
import { fill, testingOf, type Shape } from './vendor-testing.ts';

const ids = Object.keys(vendors) as VendorId[];
const [small, large] = [16 * 1024, 256 * 1024];
const numbered = (bytes: number, of: (index: number) => string): string =>
  Array.from({ length: Math.floor(bytes / of(10_000).length) }, (_, index) => of(index)).join('');

const fragments = [
  ...[
    ' ',
    '\n',
    '<a/>',
    '<a>x</a>',
    '<a>',
    '</a>',
    '<a ',
    '<a b="',
    '<',
    '"',
    ']',
    ']]>',
    ']></',
    ']]</a ',
    '<!---->',
  ],
  ...[
    '<?p?>',
    '<![CDATA[x]]>',
    '<a><![CDATA[x]></a>',
    '<a><![CDATA[x]]</a>',
    '<a><![CDATA[',
    '<a>1</b>',
    '&',
    '&amp;',
    '&lt;>',
    '\r',
    ' \r\n',
    '😀',
  ],
  ...[
    '&#1;',
    '&#',
    '&#55357;',
    '&#55357;&#56832;',
    '&#0000',
    '\x01',
    '\uFEFF',
    '中',
    'a>2016-08-17 10:47:08\\n',
  ],
];

const xmlShapes: Readonly<Record<string, Shape>> = {
  ...Object.fromEntries(
    fragments.flatMap((fragment): [string, Shape][] => [
      [`${JSON.stringify(fragment)} in an element`, (bytes) => `<xml><a>${fill(bytes, fragment)}</a></xml>`],
      [
        `${JSON.stringify(fragment)} in a section`,
        (bytes) => `<xml><a><![CDATA[${fill(bytes, fragment)}</a></xml>`,
      ],
      [`${JSON.stringify(fragment)} before a document`, (bytes) => `${fill(bytes, fragment)}<xml/>`],
      [`${JSON.stringify(fragment)} alone`, (bytes) => fill(bytes, fragment)],
    ]),
  ),
  'sections that are all closed early': (bytes) =>
    `<xml>${numbered(bytes, (index) => `<a${index}><![CDATA[x]]</a${index}>`)}</xml>`,
  'sections whose elements were closed before': (bytes) =>
    `<xml>${numbered(bytes / 2, (index) => `</a${index}>`)}${numbered(bytes / 2, (index) => `<a${index}><![CDATA[]]>`)}`,
  'a long name': (bytes) => `<xml><${fill(bytes / 2, 'x')}>${fill(bytes / 2, '<a/>')}`,
  'deep and wide': (bytes) => `<xml>${'<a>'.repeat(90)}${fill(bytes, '<b/>')}${'</a>'.repeat(90)}</xml>`,
  'many names': (bytes) => `<xml>${numbered(bytes, (index) => `<a${index}/>`)}</xml>`,
  'many attributes': (bytes) => `<xml><a ${numbered(bytes, (index) => ` a${index}="1"`)}/></xml>`,
};

/** Of a batch of records, and of one record. */
const inContent =
  (of: Shape): Shape =>
  (bytes) =>
    `{"type":"user","content":[${of(bytes)}]}`;
const jsonShapes: Readonly<Record<string, Shape>> = {
  ...Object.fromEntries(
    ['1,', ',', '{}', '[', '{"a":', '"', '\\', '\\\\', '\\"', '"",', '{"a":1},', ' ', 'x', '\u0001'].map(
      (piece): [string, Shape] => [JSON.stringify(piece), inContent((bytes) => fill(bytes, piece))],
    ),
  ),
  'spaces in a string': inContent((bytes) => `{"user_tels":"${fill(bytes, ' ')}!"}`),
  escapes: inContent((bytes) => `{"remark":"${fill(bytes, '\\u00e9')}"}`),
  'raw control characters': inContent((bytes) => `{"remark":"${fill(bytes, '\t\\q')}"}`),
  'halves of characters': inContent((bytes) => `{"remark":"${fill(bytes, '\\ud83d')}"}`),
  'a number of many digits': inContent((bytes) => `{"age":${fill(bytes, '1')}x}`),
  'a time of many digits': inContent((bytes) => `{"update_time":"${fill(bytes, '1')}"}`),
  'many names': inContent((bytes) => `{${numbered(bytes, (index) => `"k${index}":1,`)}}`),
  'one name': inContent((bytes) => `{${fill(bytes, '"cid":"1",')}}`),
  'a long name': inContent((bytes) => `{"${fill(bytes / 2, 'x')}":[${fill(bytes / 2, '1,')}]}`),
  'an object in a string': inContent(
    (bytes) => `{"params":${JSON.stringify(`{${fill(bytes, '"a":{},')}}`)}}`,
  ),
  'a list in a string': inContent((bytes) => `{"user_tels":"${fill(bytes, ', ')}"}`),
  'parallel lists': inContent(
    (bytes) => `{"fieldid":[${fill(bytes / 2, '1,')}],"field_name":[${fill(bytes / 2, '1,')}]}`,
  ),
  'members of the envelope': (bytes) =>
    `{${numbered(bytes, (index) => `"k${index}":1,`)}"content":[${'{},'.repeat(900)}]}`,
  'bad records below a long envelope': (bytes) =>
    `{"pad":"${fill(bytes, 'x')}","content":[${'{x},'.repeat(900)}]}`,
};

const normalize = useNormalize();
const mappings = useMappings();

function cpuMs(step: () => unknown): number {
  // The least of some is what it takes without what else the machine does.
  const times = Array.from({ length: 3 }, () => {
    const { user, system } = process.cpuUsage();
    step();
    const after = process.cpuUsage();
    return (after.user + after.system - user - system) / 1000;
  });
  return Math.min(...times);
}

/** 16 times the bytes; quadratic work takes 256 times as long. What takes hardly any time grows by chance. */
const mostGrowth = 64;
const unmeasurableMs = 8;

function expectLinear(step: (text: string) => unknown, shape: Shape): void {
  const [ofSmall, ofLarge] = [small, large].map((bytes) => {
    const text = shape(bytes);
    return cpuMs(() => step(text));
  });
  expect(ofLarge).toBeLessThan(mostGrowth * Math.max(unmeasurableMs / 4, ofSmall ?? 0));
}

const shapes: Readonly<Record<string, Shape>> = {
  ...Object.fromEntries(Object.entries(xmlShapes).map(([name, shape]) => [`XML, ${name}`, shape])),
  ...Object.fromEntries(Object.entries(jsonShapes).map(([name, shape]) => [`JSON, ${name}`, shape])),
};

describe.each(ids)('%s', (id) => {
  const dataType = documentedShapes(id)[0]?.dataTypes[0] ?? '';

  // Whatever a vendor sends, somebody may send it the other format.
  test.each(Object.entries(shapes))('%s: time grows as the payload does', (_, shape) => {
    expectLinear((text) => normalize(id, dataType, text), shape);
  });

  test('records that are filled: time grows as the payload does', async () => {
    const { writeRecord, largePayloads = {} } = await testingOf(id);
    const { fields = {} } = documentedShapes(id)[0] ?? {};
    const paths = Object.keys(fields);
    const filled: Readonly<Record<string, Shape>> = {
      ...largePayloads,
      ...Object.fromEntries(
        paths.map((path): [string, Shape] => [
          `one long ${path}`,
          (bytes) => writeRecord([[path, fill(bytes, 'x')]]).payload,
        ]),
      ),
      'every field, over and over': (bytes) =>
        writeRecord(
          Array.from({ length: Math.floor(bytes / 32) }, (_, at) => [paths[at % paths.length] ?? '', '1']),
        ).payload,
    };
    for (const shape of Object.values(filled)) expectLinear((text) => normalize(id, dataType, text), shape);
  });

  test('bytes of any encoding: time grows as the payload does', () => {
    for (const piece of ['eda0bdedb880', 'eda0bd', 'c080', 'ed', 'ff', 'd6d0']) {
      const ofBytes = (bytes: number): number => {
        const payload = Buffer.from(fill(2 * bytes, piece), 'hex');
        return cpuMs(() => mappings.of(id).pushes.parse(payload, dataType, 'text/plain; charset=GBK'));
      };
      expect(ofBytes(large)).toBeLessThan(mostGrowth * Math.max(unmeasurableMs / 4, ofBytes(small)));
    }
  });
});

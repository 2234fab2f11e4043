import fc from 'fast-check';
import { membersOfText } from '@sluice/vendor-kit/mapping/json-reader';
import { parseSobot } from '../sobot/mapping/parse.ts';

/** The values of one member in the records of a batch; null for a record that is rejected. */
function read(...records: string[]): { values: (string | null)[]; repairs: string[][]; rejected: string[] } {
  const parsed = parseSobot(Buffer.from(`{"content":[${records.join(',')}]}`), 'msg');
  if (parsed.outcome !== 'parsed') throw new Error(parsed.detail);
  return {
    values: parsed.records.map(({ fields }) => fields.peek('msg')),
    repairs: parsed.records.map((record) => [...record.repairs]),
    rejected: parsed.rejected.map((record) => record.isolate().toString()),
  };
}
const ofValue = (value: string): string => `{"msg":${value}}`;
const neighbour = ofValue('"n"');

test.each<[what: string, sent: string, value: string, repairs: string[]]>([
  ['a raw line break', '"a\nb"', 'a\nb', ['raw-control-character']],
  ['a raw carriage return', '"a\r\nb"', 'a\r\nb', ['raw-control-character']],
  ['a raw tab', '"a\tb"', 'a\tb', ['raw-control-character']],
  ['a raw U+0001', '"a\x01b"', 'a\x01b', ['raw-control-character']],
  ['a raw U+000B', '"a\x0bb"', 'a\x0bb', ['raw-control-character']],
  ['a raw U+0000', '"a\0b"', 'a\0b', ['raw-control-character']],
  ['a raw U+2028', '"a\u2028b"', 'a\u2028b', []],
  ['fastjson’s \\v', '"a\\vb"', 'a\vb', ['unknown-escape']],
  ['fastjson’s \\0', '"a\\0b\\7"', 'a\0b\x07', ['unknown-escape']],
  ['JavaScript’s \\x', '"\\x41\\x00"', 'A\0', ['unknown-escape']],
  ["an escaped '", '"it\\\'s"', "it's", ['unknown-escape']],
  ['a path of Windows', '"C:\\dir\\x"', 'C:\\dir\\x', ['unknown-escape']],
  ['half an escape', '"\\u12"', '\\u12', ['unknown-escape']],
  ['both at once', '"\t\\q"', '\t\\q', ['raw-control-character', 'unknown-escape']],
  ['PHP’s slashes', '"<\\/a>"', '</a>', []],
  ['Go’s escapes', '"\\u003ca\\u003e\\u0026"', '<a>&', []],
  ['escaped Chinese', '"\\u4e2d\\ud83d\\ude00"', '中😀', []],
  ['half a character', '"\\ud83d"', '\\ud83d', ['lone-surrogate']],
  ['NaN', 'NaN', 'NaN', ['odd-number']],
  ['-Infinity', '-Infinity', '-Infinity', ['odd-number']],
  ['leading zeros', '007', '007', ['odd-number']],
  ['a plus', '+1', '+1', ['odd-number']],
  ['a point alone', '.5', '.5', ['odd-number']],
  ['a point behind', '5.', '5.', ['odd-number']],
  ['many digits', '12345678901234567890.10', '12345678901234567890.10', []],
  ['a comma too many', '"x",', 'x', ['trailing-comma']],
])('%s is read as sent, is counted, and its neighbours continue', (_, sent, value, repairs) => {
  expect(read(neighbour, ofValue(sent), neighbour)).toEqual({
    values: ['n', value, 'n'],
    repairs: [[], repairs, []],
    rejected: [],
  });
});

test.each([
  ['no value', '{"msg":}'],
  ['single quotes', "{'msg':'x'}"],
  ['a name without quotes', '{msg:1}'],
  ['a comment', '{"msg":1/*x*/}'],
  ['Python’s words', '{"msg":None}'],
  ['an unfinished word', '{"msg":tru}'],
  ['two values', '{"msg":1 2}'],
  ['more behind it', '{"msg":1} x'],
  ['no comma', '{"msg":1 "b":2}'],
  ['a bracket in a string', '{"msg":"]}",}x'],
  ['nothing', ''],
])('a record with %s is rejected alone', (_, record) => {
  expect(read(neighbour, record, neighbour)).toEqual({
    values: ['n', 'n'],
    repairs: [[], []],
    rejected: [`{"content":[${record}]}`],
  });
});

test.each([
  '{"content":[{"a":[1},{"b":2}]}',
  '{"content":[{"a":1}]{{}]}',
  '{"content":[{"a":1}] 2}',
  '{"content":[{"a":"x},{"b":2}]}',
  '{"content":[1]',
])('%s shows no end of a record: it is no JSON', (text) => {
  expect(parseSobot(Buffer.from(text), 'msg')).toMatchObject({ outcome: 'undecodable', reason: 'NOT_JSON' });
});

test('what JSON.parse reads is read as JSON.parse does', () => {
  const name = fc.string({ unit: 'grapheme', maxLength: 5 });
  const arbitrary = fc.dictionary(name, fc.oneof(name, fc.integer(), fc.boolean()));
  fc.assert(
    fc.property(arbitrary, fc.constantFrom(0, 1, '\t'), (value, space) => {
      const members = membersOfText(JSON.stringify(value, null, space));
      expect(members).toEqual(Object.entries(value).map(([key, of]) => ({ name: key, value: String(of) })));
    }),
  );
});

test('what JSON.parse refuses is refused, or is one of the repairs', () => {
  const piece = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    '"',
    ':',
    ',',
    'a',
    '1',
    '-',
    '.',
    'e',
    '\\',
    ' ',
    'null',
    'true',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const text = `{"content":[{"msg":${pieces.join('')}}]}`;
      const parsed = parseSobot(Buffer.from(text), 'msg');
      const isJson = isParsed(text);
      const isClean =
        parsed.outcome === 'parsed' &&
        parsed.rejected.length === 0 &&
        parsed.repairs.length === 0 &&
        parsed.records.every(({ repairs }) => repairs.every((repair) => repair === 'repeated-name'));
      expect(isClean).toBe(isJson);
    }),
    { numRuns: 20_000 },
  );
});

function isParsed(text: string): boolean {
  try {
    return Array.isArray((JSON.parse(text) as { content?: unknown }).content);
  } catch {
    return false;
  }
}

import fc from 'fast-check';
import type { Parsed } from '@sluice/vendor-kit/mapping/mapping';
import { parseSobot } from './parse.ts';

/** JSON as it is written: members may share a name, numbers keep their digits. */
type Json =
  | { readonly kind: 'object'; readonly members: readonly (readonly [string, Json])[] }
  | { readonly kind: 'array'; readonly elements: readonly Json[] }
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'literal'; readonly text: string };

const name = fc.constantFrom(
  'a',
  'b',
  '',
  'a.b',
  'a[0]',
  '[0]',
  '.',
  '__proto__',
  'constructor',
  'toString',
  'envelope',
  'x.y.',
  '中',
);
const literal = fc.constantFrom('0', '-1', '1.50', '1e400', '12345678901234567890', 'true', 'false', 'null');
const { json, object } = fc.letrec<{ json: Json; object: Json }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 4, depthSize: 'max' },
    fc.record({ kind: fc.constant('literal'), text: literal }),
    fc.record({ kind: fc.constant('string'), text: fc.string({ unit: 'grapheme', maxLength: 5 }) }),
    fc.record({ kind: fc.constant('array'), elements: fc.array(tie('json'), { maxLength: 3 }) }),
    tie('object'),
  ),
  object: fc.record({
    kind: fc.constant('object'),
    members: fc.array(fc.tuple(name, tie('json')), { maxLength: 5 }),
  }),
}));

function written(json: Json): string {
  switch (json.kind) {
    case 'object':
      return `{${json.members.map(([key, value]) => `${JSON.stringify(key)}: ${written(value)}`).join(',')}}`;
    case 'array':
      return `[${json.elements.map(written).join(' , ')}]`;
    case 'string':
      return JSON.stringify(json.text);
    case 'literal':
      return json.text;
  }
}

/** A name that could be taken for more than one step is written in brackets. */
const step = (name: string): string => (/^$|[.[]/.test(name) ? `[${JSON.stringify(name)}]` : name);
/** Of the record's own: what the envelope is called is not at its place. */
const ownStep = (name: string): string => (name === 'envelope' ? '["envelope"]' : step(name));

/** Every value with its path, `prefix` before the names of members. */
function leavesOf(json: Json, path: string, prefix: string, first = step): { name: string; value: string }[] {
  if (json.kind === 'object' && json.members.length > 0) {
    return json.members.flatMap(([key, value]) =>
      leavesOf(value, prefix + first(key), `${prefix}${first(key)}.`),
    );
  }
  if (json.kind === 'array' && json.elements.length > 0) {
    return json.elements.flatMap((value, at) => leavesOf(value, `${path}[${at}]`, `${path}[${at}].`));
  }
  const value = json.kind === 'string' || json.kind === 'literal' ? json.text : written(json);
  return [{ name: path, value }];
}

function parse(text: string): Extract<Parsed, { outcome: 'parsed' }> {
  const parsed = parseSobot(Buffer.from(text), 'msg');
  if (parsed.outcome === 'undecodable') throw new Error(parsed.detail);
  return parsed;
}

test('every value of every record and of the envelope is there, whatever the names', () => {
  fc.assert(
    fc.property(
      fc.array(object, { minLength: 1, maxLength: 3 }),
      fc.array(fc.tuple(name, json), { maxLength: 2 }),
      (records, others) => {
        const content: Json = { kind: 'array', elements: records };
        const text = written({
          kind: 'object',
          members: [['type', { kind: 'string', text: 'msg' }], ...others, ['content', content]],
        });
        const found = parse(text).records.map(({ fields }) => fields.rest());
        const envelope = others.flatMap(([key, value]) =>
          leavesOf(value, `envelope.${step(key)}`, `envelope.${step(key)}.`),
        );
        const expected = records.map((record, index) => {
          const isEmpty = record.kind === 'object' && record.members.length === 0;
          return [...(isEmpty ? [] : leavesOf(record, '', '', ownStep)), ...(index === 0 ? envelope : [])];
        });
        expect(found).toEqual(expected);
      },
    ),
    { numRuns: 1000 },
  );
});

test('of a name that is there twice the last value counts and the others are kept', () => {
  const { records, repairs } = parse(
    '{"sys_code":"1","sys_code":"2","content":[{"cid":"first","cid":"second"},{"cid":"x"}]}',
  );
  const [record] = records;
  expect([repairs, record?.repairs]).toEqual([['repeated-name'], ['repeated-name']]);
  expect(record!.fields.text('cid')).toBe('second');
  expect(record!.fields.rest()).toEqual([
    { name: 'cid', value: 'first' },
    { name: 'envelope.sys_code', value: '1' },
    { name: 'envelope.sys_code', value: '2' },
  ]);
});

test('an earlier content, and a type that is not the record’s, stay in the envelope', () => {
  const { records } = parse('{"type":"user","content":[7],"content":[null,"x",[]]}');
  const envelope = [
    { name: 'envelope.type', value: 'user' },
    { name: 'envelope.content[0]', value: '7' },
  ];
  expect(records.map(({ fields }) => fields.rest())).toEqual([
    [{ name: 'content', value: 'null' }, ...envelope],
    [{ name: 'content', value: 'x' }],
    [{ name: 'content', value: '[]' }],
  ]);
});

test('a trailing comma is repaired and counted', () => {
  const parsed = parse('{"content":[{"a":1,},],}');
  expect(parsed.repairs).toEqual(['trailing-comma']);
  expect(parsed.records[0]!.fields.rest()).toEqual([{ name: 'a', value: '1' }]);
});

test('a record can be isolated from its batch', () => {
  const [, second] = parse('{"sys_code":"21","content":[{"a":1}, {"a":2}],"x":3}').records;
  expect(second!.isolate().toString()).toBe('{"sys_code":"21","content":[{"a":2}],"x":3}');
});

test.each([
  [' ', 'EMPTY', 'The body is empty.'],
  ['{"content":[{"a":1}]', 'NOT_JSON', 'The text ends inside of a value at offset 20.'],
  ['{"content":[{"a":1]}]}', 'NOT_JSON', 'A comma is expected at offset 20.'],
  ['[]', 'NOT_JSON', 'The body is not a JSON object.'],
  [`{"content":${'['.repeat(100)}`, 'NOT_JSON', 'The text ends inside of a value at offset 111.'],
  [
    `{"content":${'['.repeat(101)}${']'.repeat(101)}}`,
    'TOO_LARGE',
    'The body is nested deeper than 100 values.',
  ],
  ['{"content":"x"}', 'NO_ENVELOPE', 'The content is not an array: check whether the source is encrypted.'],
])('%j is %s', (text, reason, detail) => {
  expect(parseSobot(Buffer.from(text), 'msg')).toEqual({ outcome: 'undecodable', reason, detail });
});

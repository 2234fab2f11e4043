import avsc from 'avsc';
import fc from 'fast-check';
import { createEncoder, schemaOf } from './avro-codec.ts';
import { createWriter } from './avro-writer.ts';
import { avroTopics } from './registry.ts';

const { types } = avsc;

const bytesOf = (type: avsc.Type, value: unknown, size = 100_000): Buffer => {
  const bytes = Buffer.alloc(size);
  return bytes.subarray(0, createWriter(type)(bytes, 0, value));
};

/** Any text that UTF-8 can hold: short and long, in one, two, three and four bytes a character. */
const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.string({ unit: 'binary', maxLength: 100 }),
  fc.constantFrom('访'.repeat(21), '访'.repeat(22), 'é'.repeat(63), '访'.repeat(8_191), 'a'.repeat(8_192)),
);
const largest = Number.MAX_SAFE_INTEGER - 1;
const long = fc.oneof(
  fc.integer({ min: -largest, max: largest }),
  fc.integer(),
  fc.constantFrom(2 ** 27, 2 ** 30 - 1, 2 ** 30, 2 ** 31, 2 ** 48, -(2 ** 30), -(2 ** 31) - 1),
);

const primitives = new Map<string, fc.Arbitrary<unknown>>([
  ['null', fc.constant(null)],
  ['boolean', fc.boolean()],
  ['int', fc.integer()],
  ['long', long],
  ['string', text],
  ['bytes', fc.uint8Array().map((bytes) => Buffer.from(bytes))],
]);

/** Any value of a type; of a record any of the fields that have a default may be missing. */
function valueOf(type: avsc.Type): fc.Arbitrary<unknown> {
  if (type instanceof types.RecordType) {
    const required = type.fields.filter((field) => field.defaultValue() === undefined);
    const model = Object.fromEntries(type.fields.map((field) => [field.name, valueOf(field.type)]));
    return fc.record(model, { requiredKeys: required.map(({ name }) => name) });
  }
  if (type instanceof types.UnwrappedUnionType) return fc.oneof(...type.types.map(valueOf));
  if (type instanceof types.ArrayType) return fc.array(valueOf(type.itemsType), { maxLength: 3 });
  if (type instanceof types.EnumType) return fc.constantFrom(...type.symbols);
  const values = primitives.get(type.typeName);
  if (!values) throw new Error(`The test knows no values of ${type.typeName}.`);
  return values;
}

test.each(avroTopics)('writes the bytes that avsc writes, for any value of %s', (topic) => {
  const type = avsc.Type.forSchema(schemaOf(topic) as avsc.Schema);
  const write = createWriter(type);
  const bytes = Buffer.alloc(4 * 1024 * 1024);
  fc.assert(
    fc.property(valueOf(type), (value) => {
      expect(bytes.subarray(0, write(bytes, 0, value)).equals(type.toBuffer(value))).toBe(true);
    }),
    { numRuns: 50 },
  );
});

test.each(['string', 'long', 'int'] as const)('writes the bytes that avsc writes, for any %s', (name) => {
  const type = avsc.Type.forSchema(name);
  const values = valueOf(type);
  fc.assert(fc.property(values, (value) => expect(bytesOf(type, value)).toEqual(type.toBuffer(value))));
});

const meta = { event_id: '1', event_type: 'message.sent', source_id: 's', received_at: 1 };

test('a value that is larger than the room is written once there is more', () => {
  const type = avsc.Type.forSchema(schemaOf('message.v1') as avsc.Schema);
  const encode = createEncoder('message.v1', 7);
  for (const length of [65_000, 65_536, 200_000, 3_000_000]) {
    const value = { meta, text: '访'.repeat(length), knowledge_id: 'x' } as never;
    const bytes = encode(value);
    expect(bytes.subarray(0, 5)).toEqual(Buffer.from([0, 0, 0, 0, 7]));
    expect(bytes.subarray(5).equals(type.toBuffer(value))).toBe(true);
  }
});

test.each([
  ['a number in a text', { meta, text: 5 }, 'invalid ["null","string"]: 5'],
  ['a text in a number', { meta, ordinal: '5' }, 'invalid ["null","int"]: "5"'],
  [
    'a number that is not exact',
    { meta: { ...meta, received_at: 2 ** 53 - 1 } },
    'invalid "long": 9007199254740991',
  ],
  ['a fraction', { meta: { ...meta, received_at: 0.5 } }, 'invalid "long": 0.5'],
  ['an int of more than 32 bits', { meta: { ...meta, raw_partition: 2 ** 31 } }, 'invalid "int": 2147483648'],
  ['an unlisted symbol', { meta, kind: 'SHOUTED' }, 'SHOUTED'],
  ['null where there must be a value', { meta: { ...meta, source_id: null } }, 'invalid "string": null'],
  ['a field that has no default and is missing', { meta: { event_id: '1' } }, 'invalid "string": undefined'],
  ['no list', { meta, attributes: {} }, 'invalid'],
])('%s is refused, in avsc words', (_name, value, sentence) => {
  expect(() => createEncoder('message.v1', 1)(value as never)).toThrow(sentence);
});

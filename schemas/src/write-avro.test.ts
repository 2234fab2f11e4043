import avsc from 'avsc';
import fc from 'fast-check';
import { avroSchemas } from './avro-schemas.ts';
import type { ValueOf } from './generated/schemas.ts';
import { writers } from './generated/writers.ts';
import { writeInt, writeLong, writeString, type Write } from './write-avro.ts';

const { types } = avsc;

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

const topics = Object.keys(writers) as (keyof ValueOf)[];

test.each(topics)('writes the bytes that avsc writes, for any value of %s', (topic) => {
  const type = avsc.Type.forSchema(avroSchemas[topic].at(-1) as object as avsc.Schema);
  const write = writers[topic];
  const bytes = Buffer.alloc(4 * 1024 * 1024);
  fc.assert(
    fc.property(valueOf(type), (value) => {
      expect(bytes.subarray(0, write(bytes, 0, value)).equals(type.toBuffer(value))).toBe(true);
    }),
    { numRuns: 50 },
  );
});

test.each([
  ['string', writeString],
  ['long', writeLong],
  ['int', writeInt],
] as const)('writes the bytes that avsc writes, for any %s', (name, write: Write) => {
  const type = avsc.Type.forSchema(name);
  const bytes = Buffer.alloc(100_000);
  fc.assert(
    fc.property(valueOf(type), (value) => {
      expect(bytes.subarray(0, write(bytes, 0, value))).toEqual(type.toBuffer(value));
    }),
  );
});

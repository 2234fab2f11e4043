import avsc from 'avsc';
import { createEncoder, schemaOf } from './avro-codec.ts';

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
])('%s is refused, in avsc words', (_name, value, message) => {
  expect(() => createEncoder('message.v1', 1)(value as never)).toThrow(message);
});

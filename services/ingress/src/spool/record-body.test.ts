import fc from 'fast-check';
import { recordOfBody, recordToBody } from './record-body.ts';

const bytes = fc.uint8Array({ maxLength: 50 }).map((array) => Buffer.from(array));
const text = fc.string({ unit: 'grapheme' });
const names = fc.oneof(text, fc.constantFrom('__proto__', 'constructor', ''));
const records = fc.record({
  topic: text,
  key: bytes,
  value: bytes,
  headers: fc.array(fc.tuple(names, fc.oneof(text, bytes))).map((all) => Object.fromEntries(all)),
});

test('what comes out is what went in: topic, key, value, headers with their kinds', () => {
  fc.assert(
    fc.property(records, (record) => {
      const read = recordOfBody(Buffer.concat(recordToBody(record)));
      expect(read).toEqual(record);
      expect(Object.entries(read?.headers ?? {})).toEqual(Object.entries(record.headers));
    }),
  );
});

test('a body that ends too early is refused, wherever it ends', () => {
  const value = Buffer.alloc(0);
  const body = Buffer.concat(
    recordToBody({ topic: 't', key: Buffer.from('k'), value, headers: { a: 'b', c: Buffer.of(1) } }),
  );
  for (let length = 0; length < body.length; length++)
    expect(recordOfBody(body.subarray(0, length))).toBeNull();
});

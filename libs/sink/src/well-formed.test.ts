import fc from 'fast-check';
import { wellFormed, wellFormedJson } from './well-formed.ts';

test('leaves what is valid as it is', () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
      expect(wellFormed(value)).toEqual(value);
    }),
  );
});

test('replaces lone surrogates at any depth', () => {
  expect(wellFormed({ a: ['\udc00', { b: 'x\ud800' }], c: 1, d: null })).toEqual({
    a: ['\ufffd', { b: 'x\ufffd' }],
    c: 1,
    d: null,
  });
});

test('JSON is that of the well-formed copy', () => {
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('\ud800', 'x\udfff', '\\ud800', '😀'));
  fc.assert(
    fc.property(fc.array(fc.record({ text, inner: fc.array(text) })), (value) => {
      expect(wellFormedJson(value)).toBe(JSON.stringify(wellFormed(value)));
    }),
  );
});

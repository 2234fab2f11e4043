import fc from 'fast-check';
import { bytesOfBase64 } from './base64.ts';

const form = /^[A-Za-z0-9+/_-]+={0,2}$/;
const isBase64 = (text: string): boolean => form.test(text) || form.test(text.replaceAll(/\s/g, ''));

/** Characters of the alphabets, and others: some share their low byte with one of the alphabet. */
const nearly = fc.string({
  unit: fc.constantFrom(
    ...Array.from('ABab09+/-_=  \n!*.&'),
    '\u0141',
    '\u013d',
    '\u3000',
    '\u{1f600}',
    '\ud800',
  ),
  maxLength: 24,
});

test('only base64 of either alphabet is decoded, white space passed over', () => {
  fc.assert(
    fc.property(fc.oneof(nearly, fc.base64String()), (text) => {
      const plain = Buffer.from(text.replaceAll(/\s/g, ''), 'base64');
      expect(bytesOfBase64(text)).toEqual(isBase64(text) ? plain : null);
    }),
    { numRuns: 20_000 },
  );
});

test.each([
  ['YWJj', 'abc'],
  ['YWI=', 'ab'],
  ['YQ==', 'a'],
  ['YWI', 'ab'],
  ['YW\r\nJj', 'abc'],
  ['\u0141WJj', null],
  ['YQ==YQ==', null],
  ['YW=J', null],
  ['', null],
])('%j', (text, bytes) => {
  expect(bytesOfBase64(text)?.toString() ?? null).toBe(bytes);
});

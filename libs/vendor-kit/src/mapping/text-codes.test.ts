import { membersOfText } from './json-reader.ts';
import { nameIn } from './known-names.ts';
import { codesOf, withCodes } from './text-codes.ts';

/** The zero included. */
const read = (text: string): number[] => withCodes(text, (codes) => [...codes.subarray(0, text.length + 1)]);
const expected = (text: string): number[] => [
  ...Array.from({ length: text.length }, (_, at) => text.charCodeAt(at)),
  0,
];

test.each(['', 'a', '您好😀', '\ud83d', '\0\uffff', 'x'.repeat(100_000)])(
  '%j has its codes and a zero',
  (text) => {
    expect(read(text)).toEqual(expected(text));
  },
);

test('a text that is read within another one leaves its codes alone, also where reading fails', () => {
  withCodes('outer', (outer) => {
    expect(read('inner')).toEqual(expected('inner'));
    expect([...outer.subarray(0, 6)]).toEqual(expected('outer'));
  });
  const fail = (): never => {
    throw new Error('no');
  };
  expect(() => withCodes('outer', fail)).toThrow('no');
  expect(read('x')).toEqual(expected('x'));
});

test('nothing of a longer text is read after a shorter one', () => {
  expect(membersOfText('{"a":"b","c":"d"}')).toHaveLength(2);
  for (const cut of ['{"a":"b', '{"a":"b\\', '{"a', '{', '{"a":"b"', '{"a":"b",', '{"a":'])
    expect(membersOfText(cut)).toEqual([]);
});

test('a name is the one that was sent, however many there are and whatever their hashes are', () => {
  // Two pairs have one hash each.
  const names = [
    'Aa',
    'BB',
    'staffKpi',
    'staffKpi006420786515',
    '__proto__',
    '',
    '7',
    '姓名',
    'n'.repeat(300),
  ];
  const others = Array.from({ length: 5_000 }, (_, at) => `name${at}`);
  for (const name of [...names, ...others, ...names])
    expect(nameIn(`"${name}"`, codesOf(`"${name}"`), 1, name.length + 1)).toBe(name);
});

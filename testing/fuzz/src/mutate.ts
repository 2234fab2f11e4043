import type { Random } from '@sluice/simulator/random';

/** Pieces that parsers, repairs and decoders decide by. */
const pieces: readonly (string | readonly number[])[] = [
  ...[']]>', ']></x>', ']]</x>', '<![CDATA[', '</chatContent>', '<x><![CDATA[y]]></x>', '</xml>', '<xml>'],
  ...['<a', '/>', '<!--', '-->', '<?xml version="1.0" encoding="GBK"?>', '<!DOCTYPE x>', '<a b="c" b="d">'],
  ...['&', '&amp;', '&#55357;&#56832;', '&#xD83D;', '&#0;', '&#x1F600;', '&lt;', '&nbsp;', '<Encrypt>'],
  ...['"', '\\', '{', '}', '[', ']', ',', ':', '{"a":1,"a":2}', '[[[[[[[[', '\\u0000', '\\ud83d', '\\"'],
  ...[
    'null',
    'true',
    '-0',
    '1e400',
    '1.539153409792E12',
    '1539153409792.0',
    '123456789012345678901234567890',
  ],
  ...['"__proto__":{"x":1}', '"gateway.staff":"1"', '"envelope.type":"x"', '"content":[1]', '"actions":[1]'],
  ...['name>2016-08-17 10:47:09\n', '对话开始 >>2016-08-17 10:47:09', '\\n', '\r\n', '\t', ' '.repeat(2_000)],
  ...[
    'x'.repeat(300),
    'x'.repeat(20_000),
    '9999-99-99 99:99:99',
    '2100-01-01 00:00:00',
    '\ufeff',
    '\ufeff\n',
  ],
  ...['\u0000', '\u000b', '\uffff', '\u202e', '😀', '中'],
  // A byte order mark of UTF-16, GBK, CESU-8, Java's NUL, an overlong slash, a lone continuation.
  ...[
    [0xff, 0xfe],
    [0xc4, 0xe3, 0xba, 0xc3],
    [0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80],
    [0xc0, 0x80],
  ],
  ...[[0xc0, 0xaf], [0x80], [0xff]],
];

type Mutation = (bytes: Buffer, random: Random) => Buffer;

const splice = (bytes: Buffer, from: number, to: number, insert: Buffer): Buffer =>
  Buffer.concat([bytes.subarray(0, from), insert, bytes.subarray(to)]);

/** A range of the bytes, short ones more often. */
function rangeOf(bytes: Buffer, random: Random): [from: number, to: number] {
  const from = random.integer(0, bytes.length);
  const most = random.pick([1, 4, 30, 300, bytes.length]);
  return [from, Math.min(bytes.length, from + random.integer(0, most))];
}

/** A part that stands between two marks of the syntax: an element, a string, a member. */
function unitOf(bytes: Buffer, random: Random): [from: number, to: number] {
  const mark = random.pick(['<', '"', ',', '{', '}', '>']);
  const from = bytes.indexOf(mark, random.integer(0, bytes.length));
  if (from < 0) return rangeOf(bytes, random);
  const to = bytes.indexOf(random.pick(['>', '"', ',', '}', '</']), from + 1);
  return [from, to < 0 ? bytes.length : to + 1];
}

const mutations: readonly Mutation[] = [
  (bytes, random) => {
    const [from, to] = rangeOf(bytes, random);
    return splice(bytes, from, to, Buffer.alloc(0));
  },
  (bytes, random) => {
    const at = random.integer(0, bytes.length);
    return splice(bytes, at, at, Buffer.from(random.pick(pieces) as string));
  },
  (bytes, random) => {
    const [from, to] = unitOf(bytes, random);
    return splice(bytes, from, to, Buffer.from(random.pick(pieces) as string));
  },
  (bytes, random) => {
    const [from, to] = unitOf(bytes, random);
    const unit = bytes.subarray(from, to);
    return splice(bytes, to, to, Buffer.concat(Array<Buffer>(random.pick([1, 2, 20, 500])).fill(unit)));
  },
  (bytes, random) => {
    const [from, to] = unitOf(bytes, random);
    const [place] = unitOf(bytes, random);
    return splice(bytes, place, place, Buffer.from(bytes.subarray(from, to)));
  },
  (bytes, random) => {
    const changed = Buffer.from(bytes);
    const at = random.integer(0, Math.max(0, bytes.length - 1));
    if (changed.length > 0) changed[at] = random.integer(0, 255);
    return changed;
  },
  (bytes, random) => {
    const [from, to] = rangeOf(bytes, random);
    const depth = random.pick([1, 10, 150]);
    const [open, close] = random.pick([['[', ']'], ['{"a":', '}'], ['<a>', '</a>']] as const); // prettier-ignore
    return Buffer.concat([
      bytes.subarray(0, from),
      Buffer.from(open.repeat(depth)),
      bytes.subarray(from, to),
      Buffer.from(close.repeat(depth)),
      bytes.subarray(to),
    ]);
  },
  (bytes, random) => bytes.subarray(0, random.integer(0, bytes.length)),
];

/** No larger than this, so that a run of many bodies ends. */
const maxBytes = 64 * 1024;

/** Changes a body some times, or never, in ways that keep much of its structure. */
export function mutate(body: Buffer, random: Random): Buffer {
  let bytes = body;
  for (let left = random.pick([0, 1, 1, 2, 3, 8]); left > 0; left -= 1)
    bytes = random.pick(mutations)(bytes, random).subarray(0, maxBytes);
  return bytes;
}

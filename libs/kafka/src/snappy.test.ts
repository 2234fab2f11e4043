import { compress } from 'snappyjs';
import { BatchTooLarge } from './batch-limits.ts';
import { decompressSnappy } from './snappy.ts';

const limit = 64 * 1024 * 1024;
const text = Buffer.from('退款 '.repeat(20_000));
const block = (bytes: Buffer): Buffer => compress(Buffer.from(bytes));

/** As snappy-java frames blocks. */
function framed(blocks: readonly Buffer[]): Buffer {
  const lengths = blocks.map((one) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(one.length);
    return length;
  });
  const head = Buffer.from('82534e41505059000000000100000001', 'hex');
  return Buffer.concat([head, ...blocks.flatMap((one, index) => [lengths[index]!, one])]);
}

/** A block that says that it holds so many bytes, and holds none. */
function boast(bytes: number): Buffer {
  const preamble: number[] = [];
  let left = bytes;
  for (; left > 0x7f; left = Math.floor(left / 0x80)) preamble.push((left % 0x80) | 0x80);
  return Buffer.of(...preamble, left);
}

test('one raw block, and blocks in a frame', () => {
  expect(decompressSnappy(block(text), limit)).toEqual(text);
  const halves = [text.subarray(0, 60_000), text.subarray(60_000)].map(block);
  expect(decompressSnappy(framed(halves), limit)).toEqual(text);
  expect(decompressSnappy(framed([]), limit)).toEqual(Buffer.alloc(0));
});

// By hand, after snappy's format_description.txt: ten bytes, a literal of four, and a copy of six from four back.
test('a copy that overlaps what it copies', () => {
  const written = Buffer.from('0a0c616263640904', 'hex');
  expect(decompressSnappy(written, limit).toString()).toBe('abcdabcdab');
});

test('a bomb is refused by the length that it says, before any memory is taken', () => {
  const before = process.memoryUsage().rss;
  expect(() => decompressSnappy(boast(1024 ** 3), limit)).toThrow(BatchTooLarge);
  expect(() => decompressSnappy(boast(2 ** 32 - 1), limit)).toThrow(BatchTooLarge);
  expect(process.memoryUsage().rss - before).toBeLessThan(50 * 1024 * 1024);
});

test('the blocks of a frame have the limit together', () => {
  const blocks = [text, text, text].map(block);
  expect(decompressSnappy(framed(blocks), 3 * text.length)).toHaveLength(3 * text.length);
  expect(() => decompressSnappy(framed(blocks), 3 * text.length - 1)).toThrow(BatchTooLarge);
});

test.each([
  ['nothing', Buffer.alloc(0)],
  ['no snappy', Buffer.from('plain text')],
  ['a block that is cut', block(text).subarray(0, 100)],
  ['a frame that ends within a length', framed([block(text)]).subarray(0, 18)],
  ['a frame that ends within a block', framed([block(text)]).subarray(0, 200)],
])('%s is an error, and no bomb', (_what, bytes) => {
  const run = (): Buffer => decompressSnappy(bytes, limit);
  expect(run).toThrow();
  expect(run).not.toThrow(BatchTooLarge);
});

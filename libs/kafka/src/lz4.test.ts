import { compressFrameSync } from 'lz4-napi';
import { BatchTooLarge } from './batch-limits.ts';
import { decompressLz4 } from './lz4.ts';

const limit = 64 * 1024 * 1024;
const text = Buffer.from('退款 '.repeat(20_000));
const frame = compressFrameSync(text);

/** A frame as Kafka's Java client begins it: blocks of 64 KiB, none depends on another, no checksums. */
const byHand = (...blocks: readonly string[]): Buffer =>
  Buffer.from(['04224d18604082', ...blocks, '00000000'].join(''), 'hex');

test('what is written is read', () => {
  expect(decompressLz4(frame, limit).equals(text)).toBe(true);
  const checked = compressFrameSync(text, { contentChecksum: true, blockChecksums: true });
  expect(decompressLz4(checked, limit).equals(text)).toBe(true);
  expect(decompressLz4(byHand(), limit)).toEqual(Buffer.alloc(0));
});

// By hand, after lz4_Block_format.md: a literal of four, a copy of eight from four back, and a literal of five.
test('a copy that overlaps what it copies, and a block that is not compressed', () => {
  const copied = '0d00000044616263640400506162636465';
  const stored = '03000080787878';
  expect(decompressLz4(byHand(copied, stored), limit).toString()).toBe(
    `${'abcd'.repeat(4)}e${'x'.repeat(3)}`,
  );
});

test('a bomb is refused by its blocks, before any memory is taken', () => {
  const zeros = compressFrameSync(Buffer.alloc(4 * 1024 * 1024));
  // Its header is 7 bytes, its end 4.
  const blocks = Array.from({ length: 128 }, () => zeros.subarray(7, -4));
  const bomb = Buffer.concat([zeros.subarray(0, 7), ...blocks, zeros.subarray(-4)]);
  expect(bomb.length).toBeLessThan(3 * 1024 * 1024);
  const before = process.memoryUsage().rss;
  expect(() => decompressLz4(bomb, limit)).toThrow(BatchTooLarge);
  expect(process.memoryUsage().rss - before).toBeLessThan(50 * 1024 * 1024);
});

test('the blocks of a frame have the limit together', () => {
  expect(decompressLz4(frame, 4 * 65_536).equals(text)).toBe(true);
  expect(() => decompressLz4(frame, text.length - 1)).toThrow(BatchTooLarge);
});

test.each([
  ['nothing', Buffer.alloc(0)],
  ['no lz4', Buffer.from('plain text')],
  ['a frame that is cut', frame.subarray(0, 100)],
  ['a frame without its end', frame.subarray(0, -4)],
  ['two frames', Buffer.concat([frame, frame])],
  ['a block that copies from before the first byte', byHand('0700000010610400506162')],
])('%s is an error, and no bomb', (_what, bytes) => {
  expect(() => decompressLz4(bytes, limit)).toThrow();
  expect(() => decompressLz4(bytes, limit)).not.toThrow(BatchTooLarge);
});

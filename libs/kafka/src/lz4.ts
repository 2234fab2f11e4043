import { decompressFrameSync } from 'lz4-napi';
import { BatchTooLarge } from './batch-limits.ts';

/** Of a frame: https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md */
const magic = 0x184d2204;
const flag = { blockChecksums: 0x10, contentSize: 0x08, contentChecksum: 0x04, dictionary: 0x01 };
/** What one block holds at most, in bytes, by its number. */
const blockBytes: Readonly<Record<number, number>> = { 4: 65_536, 5: 262_144, 6: 1_048_576, 7: 4_194_304 };
/** A compressed byte stands for at most so many. */
const highestRatio = 255;

/**
 * Reads what a producer wrote in lz4: one frame.
 * @param maxOutputLength in bytes. The library knows no limit, so that the blocks are added up before it begins. Each
 * counts as much as it can hold: a frame just below the limit may be refused.
 * @throws BatchTooLarge beyond it; an Error where it is no frame, or not one alone
 */
export function decompressLz4(bytes: Buffer, maxOutputLength: number): Buffer {
  if (mostBytesOf(bytes) > maxOutputLength) throw new BatchTooLarge();
  return decompressFrameSync(bytes);
}

/** How much a frame can hold. @throws RangeError where it is cut off */
function mostBytesOf(frame: Buffer): number {
  if (frame.readUInt32LE(0) !== magic) throw new Error('It is no frame of lz4.');
  const flags = frame.readUInt8(4);
  const has = (bits: number, bytes: number): number => ((flags & bits) === 0 ? 0 : bytes);
  const ofBlock = blockBytes[(frame.readUInt8(5) >> 4) & 0x07] ?? 0;
  let most = 0;
  let at = 7 + has(flag.contentSize, 8) + has(flag.dictionary, 4);
  for (let head = frame.readUInt32LE(at); head !== 0; head = frame.readUInt32LE(at)) {
    const size = head & 0x7fffffff;
    most += Math.min(ofBlock, size * highestRatio);
    at += 4 + size + has(flag.blockChecksums, 4);
  }
  if (at + 4 + has(flag.contentChecksum, 4) !== frame.length) throw new Error('A frame of lz4 is not alone.');
  return most;
}

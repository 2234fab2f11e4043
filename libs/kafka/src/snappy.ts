import { uncompress } from 'snappyjs';
import { BatchTooLarge } from './batch-limits.ts';

/** What snappy-java, and so every Java producer, writes before its blocks (https://github.com/xerial/snappy-java). */
const framedMagic = Buffer.from('82534e4150505900', 'hex');
const framedHeaderBytes = 16;

/**
 * Reads what a producer wrote in snappy: one raw block, or blocks in snappy-java's frame.
 * @param maxOutputLength in bytes, of all blocks together; a block says its length first, so that none is begun in vain
 * @throws BatchTooLarge beyond it; an Error where it is no snappy
 */
export function decompressSnappy(bytes: Buffer, maxOutputLength: number): Buffer {
  if (!bytes.subarray(0, framedMagic.length).equals(framedMagic)) return readBlock(bytes, maxOutputLength);
  const blocks: Buffer[] = [];
  let left = maxOutputLength;
  for (let at = framedHeaderBytes; at < bytes.length;) {
    const start = at + 4;
    if (start > bytes.length) throw new Error('A frame of snappy ends within the length of a block.');
    at = start + bytes.readUInt32BE(at);
    if (at > bytes.length) throw new Error('A frame of snappy ends within a block.');
    const block = readBlock(bytes.subarray(start, at), left);
    left -= block.length;
    blocks.push(block);
  }
  return Buffer.concat(blocks);
}

function readBlock(block: Buffer, maxOutputLength: number): Buffer {
  if (lengthOf(block) > maxOutputLength) throw new BatchTooLarge();
  return uncompress(block, maxOutputLength);
}

/** The length that a block says it has: little-endian, seven bits a byte. */
function lengthOf(block: Buffer): number {
  let length = 0;
  for (const [index, byte] of block.subarray(0, 5).entries()) {
    length += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) break;
  }
  return length;
}

import { createGzip, createZstdCompress, gunzipSync, zstdDecompressSync } from 'node:zlib';
import { decompressFrameSync } from 'lz4-napi';
import { uncompress } from 'snappyjs';
import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import kafkajs from 'kafkajs';
import { BatchTooLarge } from '../batch-limits.ts';
import { registerCodecs } from './codecs.ts';

const { CompressionCodecs, CompressionTypes } = kafkajs;
registerCodecs();

interface Codec {
  compress(encoder: { buffer: Buffer }): Promise<Buffer>;
  decompress(bytes: Buffer): Promise<Buffer>;
}
const codecOf = (type: number) => (CompressionCodecs as unknown as Record<number, () => Codec>)[type]!();

describe.each([
  ['gzip', CompressionTypes.GZIP, gunzipSync, createGzip],
  ['zstd', CompressionTypes.ZSTD, zstdDecompressSync, createZstdCompress],
])('%s', (_name, type, decompress, createStream) => {
  test('writes what others read, and reads it back', async () => {
    const text = Buffer.from('退款 '.repeat(1_000));
    const compressed = await codecOf(type).compress({ buffer: text });
    expect(decompress(compressed)).toEqual(text);
    expect(await codecOf(type).decompress(compressed)).toEqual(text);
  });

  test('what is not compressed is refused', async () => {
    const refused = codecOf(type).decompress(Buffer.from('plain'));
    await expect(refused).rejects.toThrow();
    await expect(refused).rejects.not.toBeInstanceOf(BatchTooLarge);
  });

  test('a bomb of 512 MiB ends at the limit, and not in memory', async () => {
    const zeros = Buffer.alloc(1024 * 1024);
    const bomb = await buffer(Readable.from(Array.from({ length: 512 }, () => zeros)).pipe(createStream()));
    expect(bomb.length).toBeLessThan(1024 * 1024);
    const before = process.memoryUsage().rss;
    await expect(codecOf(type).decompress(bomb)).rejects.toThrow(BatchTooLarge);
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024);
  }, 20_000);
});

test.each([
  ['snappy', CompressionTypes.Snappy, uncompress],
  ['lz4', CompressionTypes.LZ4, decompressFrameSync],
])('%s: writes what others read, and reads it back', async (_name, type, decompress) => {
  const text = Buffer.from('退款 '.repeat(1_000));
  const compressed = await codecOf(type).compress({ buffer: text });
  expect(decompress(compressed)).toEqual(text);
  expect(await codecOf(type).decompress(compressed)).toEqual(text);
});

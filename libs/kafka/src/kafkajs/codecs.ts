import { promisify } from 'node:util';
import { gunzip, zstdDecompress } from 'node:zlib';
import kafkajs from 'kafkajs';
import { BatchTooLarge, maxBatchBytes } from '../batch-limits.ts';
import { compress } from '../compress.ts';
import { decompressLz4 } from '../lz4.ts';
import { decompressSnappy } from '../snappy.ts';

const { CompressionCodecs, CompressionTypes } = kafkajs;

const decompressZstd = promisify(zstdDecompress);
const decompressGzip = promisify(gunzip);

/**
 * Makes kafkajs read (and write) gzip and zstd batches through Node's zlib, snappy and lz4 batches, with bounded output:
 * beyond it they throw `BatchTooLarge`. The contract is kafkajs's: `compress` gets an encoder, `decompress` a Buffer.
 */
export function registerCodecs(): void {
  CompressionCodecs[CompressionTypes.ZSTD] = () => ({
    compress: (encoder: { buffer: Buffer }) => compress.zstd(encoder.buffer),
    decompress: (bytes: Buffer) => bounded(decompressZstd(bytes, { maxOutputLength: maxBatchBytes })),
  });
  CompressionCodecs[CompressionTypes.GZIP] = () => ({
    compress: (encoder: { buffer: Buffer }) => compress.gzip(encoder.buffer),
    decompress: (bytes: Buffer) => bounded(decompressGzip(bytes, { maxOutputLength: maxBatchBytes })),
  });
  CompressionCodecs[CompressionTypes.Snappy] = () => ({
    compress: (encoder: { buffer: Buffer }) => compress.snappy(Buffer.from(encoder.buffer)),
    decompress: (bytes: Buffer) => new Promise((resolve) => resolve(decompressSnappy(bytes, maxBatchBytes))),
  });
  CompressionCodecs[CompressionTypes.LZ4] = () => ({
    compress: (encoder: { buffer: Buffer }) => compress.lz4(encoder.buffer),
    decompress: (bytes: Buffer) => new Promise((resolve) => resolve(decompressLz4(bytes, maxBatchBytes))),
  });
}

/** Node's own error of what grows beyond `maxOutputLength`, as ours. */
async function bounded(decompressed: Promise<Buffer>): Promise<Buffer> {
  try {
    return await decompressed;
  } catch (error) {
    if (Error.isError(error) && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE')
      throw new BatchTooLarge({ cause: error });
    throw error;
  }
}

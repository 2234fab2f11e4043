import { promisify } from 'node:util';
import { gunzip, gzip, zstdCompress, zstdDecompress } from 'node:zlib';
import kafkajs from 'kafkajs';
import { compress as compressSnappy } from 'snappyjs';
import { BatchTooLarge, maxBatchBytes } from '../batch-limits.ts';
import { decompressSnappy } from '../snappy.ts';

const { CompressionCodecs, CompressionTypes } = kafkajs;

const compressZstd = promisify(zstdCompress);
const compressGzip = promisify(gzip);
const decompressZstd = promisify(zstdDecompress);
const decompressGzip = promisify(gunzip);

/**
 * Makes kafkajs read (and write) gzip and zstd batches through Node's zlib, and snappy batches, with bounded output:
 * beyond it they throw `BatchTooLarge`. The contract is kafkajs's: `compress` gets an encoder, `decompress` a Buffer.
 */
export function registerCodecs(): void {
  CompressionCodecs[CompressionTypes.ZSTD] = () => ({
    compress: (encoder: { buffer: Buffer }) => compressZstd(encoder.buffer),
    decompress: (bytes: Buffer) => bounded(decompressZstd(bytes, { maxOutputLength: maxBatchBytes })),
  });
  CompressionCodecs[CompressionTypes.GZIP] = () => ({
    compress: (encoder: { buffer: Buffer }) => compressGzip(encoder.buffer),
    decompress: (bytes: Buffer) => bounded(decompressGzip(bytes, { maxOutputLength: maxBatchBytes })),
  });
  CompressionCodecs[CompressionTypes.Snappy] = () => ({
    compress: (encoder: { buffer: Buffer }) => Promise.resolve(compressSnappy(Buffer.from(encoder.buffer))),
    decompress: (bytes: Buffer) => new Promise((resolve) => resolve(decompressSnappy(bytes, maxBatchBytes))),
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

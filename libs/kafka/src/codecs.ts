import { promisify } from 'node:util';
import { gunzip, gzip, zstdCompress, zstdDecompress } from 'node:zlib';
import kafkajs from 'kafkajs';

const { CompressionCodecs, CompressionTypes } = kafkajs;

/** What one compressed batch may grow to, in bytes: a bomb ends here and not in memory. */
const maxOutputLength = 64 * 1024 * 1024;

const compressZstd = promisify(zstdCompress);
const compressGzip = promisify(gzip);
const decompressZstd = promisify(zstdDecompress);
const decompressGzip = promisify(gunzip);

/**
 * Makes kafkajs read (and write) gzip and zstd batches through Node's zlib, with bounded output.
 * The contract is kafkajs's: `compress` gets an encoder, `decompress` a Buffer.
 */
export function registerCodecs(): void {
  CompressionCodecs[CompressionTypes.ZSTD] = () => ({
    compress: (encoder: { buffer: Buffer }) => compressZstd(encoder.buffer),
    decompress: (bytes: Buffer) => decompressZstd(bytes, { maxOutputLength }),
  });
  CompressionCodecs[CompressionTypes.GZIP] = () => ({
    compress: (encoder: { buffer: Buffer }) => compressGzip(encoder.buffer),
    decompress: (bytes: Buffer) => decompressGzip(bytes, { maxOutputLength }),
  });
}

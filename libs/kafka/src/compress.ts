import { promisify } from 'node:util';
import { gzip, zstdCompress } from 'node:zlib';
import { compressFrame } from 'lz4-napi';
import { compress as compressSnappy } from 'snappyjs';
import type { KafkaCompression } from './client.ts';

/** How the records of a batch are compressed before they are sent. All but snappy work outside of the event loop. */
export const compress: Readonly<
  Record<Exclude<KafkaCompression, 'none'>, (records: Buffer) => Promise<Buffer>>
> = {
  gzip: promisify(gzip),
  snappy: (records) => Promise.resolve(compressSnappy(records)),
  lz4: (records) => compressFrame(records),
  zstd: promisify(zstdCompress),
};

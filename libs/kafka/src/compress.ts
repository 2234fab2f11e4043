import { promisify } from 'node:util';
import { gzip, zstdCompress } from 'node:zlib';
import { compress as compressSnappy } from 'snappyjs';
import type { KafkaCompression } from './client.ts';

/** How the records of a batch are compressed before they are sent. gzip and zstd work outside of the event loop. */
export const compress: Readonly<
  Record<Exclude<KafkaCompression, 'none'>, (records: Buffer) => Promise<Buffer>>
> = {
  gzip: promisify(gzip),
  snappy: (records) => Promise.resolve(compressSnappy(records)),
  zstd: promisify(zstdCompress),
};

import type { ConsumedRecord } from '@sluice/kafka/consumer';
import { takeChunk } from './take-chunk.ts';

/** A chart's worker may have some hundred partitions, and a store that is unavailable holds them all. */
const bounds = { maxRecords: 500, maxBytes: 64 * 1024 };

/**
 * The first records of a chunk that failed, to be tried again without fetching them again. Copies: the records of a
 * fetch are parts of one buffer, which may have 10 MB.
 */
export function keepToRetry(chunk: readonly ConsumedRecord[]): ConsumedRecord[] {
  return takeChunk(chunk, 0, bounds).map((record) => ({
    ...record,
    key: record.key && Buffer.from(record.key),
    value: record.value && Buffer.from(record.value),
    headers: Object.fromEntries(
      Object.entries(record.headers).map(([name, value]) => [name, Buffer.from(value)]),
    ),
  }));
}

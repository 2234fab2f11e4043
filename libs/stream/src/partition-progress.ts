import type { ConsumedRecord } from '@sluice/kafka/consumer';
import type { Blockage } from './blockage.ts';
import type { PoisonPillSearch } from './poison-pills.ts';

/** How far a process is in a partition, from one batch to the next. */
export interface Progress {
  readonly topic: string;
  readonly partition: number;
  /** The offset of the first record that has not ended. */
  next: string;
  /** How many records from there on were told as received. */
  told: number;
  trouble: Trouble;
  /** How many records are tried at once, at most. */
  atOnce: number;
  search: {
    /** How many records from `next` on may be a poison pill. */
    records: number;
    /** How many of those are tried at once, at most. */
    readonly atOnce: number;
    /** How many attempts at the first record alone have crashed. */
    deaths: number;
    /** The first record is a poison pill. */
    isProven: boolean;
    /** While there are `records`, nothing else for which this holds is to be attempted at the same time. */
    readonly isAlone: boolean;
    /** Nothing was attempted since the partition was taken over. */
    isNew: boolean;
    /** The attempt is marked in the commit metadata. */
    isMarked: boolean;
  };
}

/** The failed attempts at the records from `next` on, however many of them were tried together. */
export interface Trouble extends Pick<Blockage, 'attempts' | 'sinceMs'> {
  readonly error: string;
}

const noTrouble: Trouble = { attempts: 0, sinceMs: 0, error: '' };

/** @param blockage what the process before was blocked by: the one record that it knew is tried alone at once */
export function startOf(
  { topic, partition, offset }: ConsumedRecord,
  { chunkRecords, records, deaths, isProven, isAlone }: PoisonPillSearch,
  blockage: Blockage | null,
  maxRecords: number,
): Progress {
  return {
    ...{ topic, partition, next: offset, told: 0 },
    trouble: blockage ?? noTrouble,
    atOnce: blockage?.records === 1 ? 1 : maxRecords,
    search: { records, atOnce: chunkRecords, deaths, isProven, isAlone, isNew: true, isMarked: false },
  };
}

/** How many records to try next, at most. */
export function chunkRecordsOf({ atOnce, search }: Progress): number {
  if (search.isProven) return 1;
  return search.records > 0 ? Math.min(search.atOnce, atOnce) : atOnce;
}

/** All of a chunk has ended. @param maxRecords how many may be tried at once when nothing is wrong */
export function finish(progress: Progress, chunk: readonly ConsumedRecord[], maxRecords: number): void {
  const { search } = progress;
  progress.next = String(BigInt(chunk.at(-1)?.offset ?? progress.next) + 1n);
  progress.told = Math.max(0, progress.told - chunk.length);
  progress.trouble = noTrouble;
  progress.atOnce = Math.min(progress.atOnce * 2, maxRecords);
  search.records = search.isProven ? 0 : Math.max(0, search.records - chunk.length);
  search.deaths = 0;
  search.isProven = false;
  search.isMarked = false;
}

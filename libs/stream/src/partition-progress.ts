import type { ConsumedRecord } from '@sluice/kafka/consumer';
import type { Blockage } from './blockage.ts';
import type { Suspicion } from './suspects.ts';

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
  suspicion: {
    /** Of how many records from `next` on a process may have died. */
    records: number;
    /** How many of those are tried at once, at most. */
    readonly atOnce: number;
    /** The first record is what the processes died of. */
    isProven: boolean;
    /** The attempt that comes is noted beside the committed offset. */
    isNoted: boolean;
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
  { chunkRecords, records, isProven }: Suspicion,
  blockage: Blockage | null,
  maxRecords: number,
): Progress {
  return {
    ...{ topic, partition, next: offset, told: 0 },
    trouble: blockage ?? noTrouble,
    atOnce: blockage?.records === 1 ? 1 : maxRecords,
    suspicion: { records, atOnce: chunkRecords, isProven, isNoted: !isProven },
  };
}

/** How many records to try next, at most. */
export function chunkRecordsOf({ atOnce, suspicion }: Progress): number {
  if (suspicion.isProven) return 1;
  return suspicion.records > 0 ? Math.min(suspicion.atOnce, atOnce) : atOnce;
}

/** All of a chunk has ended. @param maxRecords how many may be tried at once when nothing is wrong */
export function finish(progress: Progress, chunk: readonly ConsumedRecord[], maxRecords: number): void {
  const { suspicion } = progress;
  progress.next = String(BigInt(chunk.at(-1)?.offset ?? progress.next) + 1n);
  progress.told = Math.max(0, progress.told - chunk.length);
  progress.trouble = noTrouble;
  progress.atOnce = Math.min(progress.atOnce * 2, maxRecords);
  suspicion.records = suspicion.isProven ? 0 : Math.max(0, suspicion.records - chunk.length);
  suspicion.isProven = false;
  suspicion.isNoted = false;
}

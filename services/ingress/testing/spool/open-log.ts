import type { OutgoingRecord } from '@sluice/kafka/publisher';
import { openLog, type SpoolLog } from '../../src/spool/log.ts';
import type { SpooledRecord } from '../../src/spool/spooled.ts';
import type { SpoolLimits } from '../../src/spool/spool-limits.ts';
import type { SimulatedDisk } from './simulated-disk.ts';

export const folder = '/spool';

/** Small enough for every bound to be met. */
export const smallLimits: SpoolLimits = {
  maxBytes: 20_000,
  segmentBytes: 2_000,
  maxWaitingBytes: 10_000,
  maxBatchRecords: 4,
  maxBatchBytes: 3_000,
};

/** A record that is known again by its key. */
export function recordOf(id: number, valueBytes = 20): OutgoingRecord {
  const value = Buffer.alloc(valueBytes, `value ${id};`);
  return { topic: 'sluice.raw.tests', key: Buffer.from(`${id}`), value, headers: { id: `${id}` } };
}

export function idOf({ key }: OutgoingRecord): number {
  return Number(key.toString());
}

/** Opens the folder on the simulated disk; a refusal is a test's error. */
export async function openOn(
  disk: SimulatedDisk,
  limits: Partial<SpoolLimits> = {},
  nowMs: () => number = () => 1_000,
): Promise<SpoolLog> {
  const opened = await openLog({
    folder,
    limits: { ...smallLimits, ...limits },
    nowMs,
    files: disk.boot(),
  });
  if (opened.outcome === 'refused') throw new Error(opened.reason);
  return opened.log;
}

/** Appends one by one, so that each record is a commit. */
export async function appendEach(
  spool: SpoolLog,
  ids: readonly number[],
  valueBytes?: number,
): Promise<string[]> {
  const outcomes: string[] = [];
  for (const id of ids) outcomes.push((await spool.append(recordOf(id, valueBytes))).outcome);
  return outcomes;
}

/** Drains to the end; the ids of what came out. */
export async function drainAll(spool: SpoolLog): Promise<number[]> {
  const ids: number[] = [];
  const { outcome } = await spool.drain((batch: readonly SpooledRecord[]) => {
    ids.push(...batch.map(idOf));
    return Promise.resolve(batch);
  });
  if (outcome !== 'drained') throw new Error(`the drain ended as ${outcome}`);
  return ids;
}

/** The paths of the segments, oldest first. */
export function segmentsOf(disk: SimulatedDisk): string[] {
  return [...disk.files.keys()].filter((path) => path.endsWith('.segment')).sort();
}

/** The paths of what was put into quarantine. */
export function quarantineOf(disk: SimulatedDisk): string[] {
  return [...disk.files.keys()].filter((path) => path.includes('/quarantine/')).sort();
}

export function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

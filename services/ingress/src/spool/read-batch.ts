import { readFrames } from './read-frames.ts';
import { recordOfBody } from './record-body.ts';
import type { Quarantine } from './quarantine.ts';
import type { Segment } from './segment-log.ts';
import type { SpoolFile } from './spool-files.ts';
import type { SpooledRecord } from './spooled.ts';

export interface BatchRange {
  readonly from: number;
  /** A boundary of frames; nothing behind it is read. */
  readonly end: number;
  /** Offsets of records that are delivered already. */
  readonly delivered: ReadonlySet<number>;
  readonly maxRecords: number;
  readonly maxBytes: number;
}

export interface Batch {
  /** In the order of the segment, at most the bounds, at least one record if there is any. */
  readonly records: readonly PlacedRecord[];
  /** Where the next batch begins. */
  readonly end: number;
  /** How many records, and damaged pieces, are between the two. */
  readonly passed: number;
}

export interface PlacedRecord {
  readonly at: number;
  /** Like `Batch.passed`, of what stands before this record. */
  readonly passedBefore: number;
  readonly record: SpooledRecord;
}

/** Reads the next records of a segment; damaged pieces go to quarantine. Rejects when either is impossible. */
export async function readBatch(
  file: SpoolFile,
  segment: Segment,
  range: BatchRange,
  quarantine: Quarantine,
): Promise<Batch> {
  const records: PlacedRecord[] = [];
  let [bytes, end, passed] = [0, range.from, 0];
  for await (const found of readFrames(file, segment.seed, range.from, range.end)) {
    bytes += found.end - found.at;
    if (records.length > 0 && (records.length >= range.maxRecords || bytes > range.maxBytes)) break;
    const body = found.found === 'frame' ? recordOfBody(found.body) : null;
    if (found.found === 'damage') await quarantine.keep(segment, file, found);
    else if (body === null) await quarantine.keep(segment, file, { ...found, reason: 'body' });
    else if (!range.delivered.has(found.at)) {
      const record = { ...body, appendedAtMs: found.header.appendedAtMs };
      records.push({ at: found.at, passedBefore: passed, record });
    }
    end = found.end;
    passed += 1;
  }
  // A whole segment header at exactly the end yields nothing: with it everything was read.
  return { records, end: passed === 0 ? range.end : end, passed };
}

import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { seedOf } from './frame.ts';
import { reasonOf, type SpoolFiles } from './spool-files.ts';

/** One file of the spool. Only the process that made it ever writes to it. */
export interface Segment {
  readonly name: string;
  /** Grows from segment to segment by about the records in between. */
  readonly number: number;
  readonly seed: number;
  /** Bytes that are synced: what may be read. */
  end: number;
  /** Bytes that it may take on the disk: more than `end` while a commit is out, or after one that failed. */
  bytes: number;
  /** About how many records were appended to it. */
  records: number;
  firstAppendedAtMs: number | null;
}

/** How far the oldest segment is delivered. */
export interface Position {
  readonly offset: number;
  readonly records: number;
  /** When the record at the offset was appended; null if this is unknown, or if no such record exists. */
  readonly appendedAtMs: number | null;
}

/** What the parts of the spool share: its segments, oldest first, and how far they are delivered. */
export interface SegmentLog {
  readonly folder: string;
  readonly segments: readonly Segment[];
  position: Position;
  pathOf(segment: Segment): string;
  /** A new, last segment, of which no file exists yet. */
  begin(): Segment;
  /** To be called when bytes of a segment were synced. */
  grow(segment: Segment, bytes: number, records: number, firstAppendedAtMs: number | null): void;
  /**
   * Takes a segment out and deletes its file, as well as those that could not be deleted before.
   * Resolves to the reason why a file is still there, or null. Never rejects.
   */
  discard(segment: Segment): Promise<string | null>;
  /** Deletes what could not be deleted before; the same answer. */
  sweep(): Promise<string | null>;
  /** Bytes on the disk, at most. */
  bytes(): number;
  /** About how many records are not delivered. */
  records(): number;
  oldestAppendedAtMs(): number | null;
}

export const startOfSegment: Position = { offset: 0, records: 0, appendedAtMs: null };

const nameShape = /^(\d{16})-[0-9a-f]{16}\.segment$/;

/** The segment of that file name, empty; null when it is not one. */
export function segmentOfName(name: string): Segment | null {
  const number = nameShape.exec(name)?.[1];
  if (number === undefined) return null;
  const empty = { end: 0, bytes: 0, records: 0, firstAppendedAtMs: null };
  return { name, number: Number(number), seed: seedOf(name), ...empty };
}

/** @param found what recovery found, oldest first */
export function createSegmentLog(
  folder: string,
  files: SpoolFiles,
  found: readonly Segment[],
  position: Position,
): SegmentLog {
  const segments = [...found];
  const undeleted = new Set<Segment>();
  let last = segments.at(-1);

  const sweep = async (): Promise<string | null> => {
    let reason: string | null = null;
    for (const segment of undeleted) {
      try {
        await files.remove(log.pathOf(segment));
        // Until its name is gone permanently, a crash can bring it back: its bytes are not free.
        await files.syncFolder(folder);
        undeleted.delete(segment);
      } catch (error) {
        reason = reasonOf(error);
      }
    }
    return reason;
  };

  const log: SegmentLog = {
    folder,
    segments,
    position: { ...position, appendedAtMs: position.appendedAtMs ?? segments[0]?.firstAppendedAtMs ?? null },
    pathOf: ({ name }) => join(folder, name),
    begin() {
      const segment = newSegment(last === undefined ? 1 : last.number + Math.max(1, last.records));
      last = segment;
      segments.push(segment);
      return segment;
    },
    grow(segment, bytes, records, firstAppendedAtMs) {
      const caughtUp = log.position.offset === segment.end || segment.records === 0;
      if (caughtUp && segment === segments[0])
        log.position = { ...log.position, appendedAtMs: firstAppendedAtMs };
      if (segment.records === 0) segment.firstAppendedAtMs = firstAppendedAtMs;
      segment.end += bytes;
      segment.bytes = segment.end;
      segment.records += records;
    },
    discard(segment) {
      const at = segments.indexOf(segment);
      if (at >= 0) segments.splice(at, 1);
      if (at === 0)
        log.position = { ...startOfSegment, appendedAtMs: segments[0]?.firstAppendedAtMs ?? null };
      undeleted.add(segment);
      return sweep();
    },
    sweep,
    bytes: () => [...segments, ...undeleted].reduce((sum, { bytes }) => sum + bytes, 0),
    records: () => {
      const appended = segments.reduce((sum, { records }) => sum + records, 0);
      return Math.max(0, appended - log.position.records);
    },
    oldestAppendedAtMs: () => log.position.appendedAtMs,
  };
  return log;
}

/** The random part keeps the checksums of one segment from being right in any other. */
function newSegment(number: number): Segment {
  const name = `${String(number).padStart(16, '0')}-${randomBytes(8).toString('hex')}.segment`;
  const segment = segmentOfName(name);
  if (segment === null) throw new Error(`${name} is no name of a segment`);
  return segment;
}

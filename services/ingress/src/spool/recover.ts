import { join } from 'node:path';
import { readCursor } from './cursor.ts';
import { checkSegmentHeader, frameHeaderBytes, readFrameHeader, segmentHeaderBytes } from './frame.ts';
import { readFrames } from './read-frames.ts';
import { segmentOfName, startOfSegment, type Position, type Segment } from './segment-log.ts';
import type { SpoolFile, SpoolFiles } from './spool-files.ts';

export type Recovery =
  | { readonly outcome: 'recovered'; readonly segments: readonly Segment[]; readonly position: Position }
  | { readonly outcome: 'refused'; readonly reason: string };

/**
 * Finds what an earlier process left. Only the newest segment is read, to count its records and to cut its torn
 * tail; the others are checked when they are drained, so that opening takes no longer when more is spooled.
 * A segment that cannot be read now does not keep the spool from opening: draining it tells.
 * Rejects when the folder cannot be read or synced.
 */
export async function recover(files: SpoolFiles, folder: string): Promise<Recovery> {
  // A deletion that is not durable could be undone by a crash, behind the numbers that new segments get.
  await files.syncFolder(folder);
  const names = await files.list(folder);
  const segments = names.map(segmentOfName).filter((segment) => segment !== null);
  for (const [index, segment] of segments.entries()) {
    const newer = await useFile(files, folder, segment, 'read', (file) => measure(file, segment));
    if (newer) return { outcome: 'refused', reason: newerReason(segment) };
    const next = segments[index + 1];
    if (next) segment.records = next.number - segment.number;
    else await findTail(files, folder, segment).catch(() => undefined);
    await settle(files, folder, segment).catch(() => undefined);
  }
  return { outcome: 'recovered', segments, position: await findPosition(files, folder, segments[0]) };
}

function newerReason({ name }: Segment): string {
  return `The spool's segment ${name} was written by a newer version: run that version until the spool is drained.`;
}

/** Fills in the bytes and the age; whether a newer version wrote the segment. */
async function measure(file: SpoolFile, segment: Segment): Promise<boolean> {
  segment.bytes = await file.size();
  segment.end = segment.bytes;
  segment.firstAppendedAtMs = await appendedAtMs(file, segment.seed, segmentHeaderBytes).catch(() => null);
  const header = Buffer.alloc(segmentHeaderBytes);
  const read = await file.read(header, 0).catch(() => 0);
  return checkSegmentHeader(header.subarray(0, read), segment.seed) === 'newer';
}

/** Counts the records and finds the torn tail. The tail was never synced, so no push in it was acknowledged. */
function findTail(files: SpoolFiles, folder: string, segment: Segment): Promise<void> {
  return useFile(files, folder, segment, 'read', async (file) => {
    for await (const part of readFrames(file, segment.seed, 0, segment.bytes)) {
      if (part.found === 'damage' && part.reason === 'torn') segment.end = part.at;
      else segment.records += 1;
    }
  });
}

/**
 * Cuts the torn tail, and syncs: a cut that an earlier process could not sync could be undone by a crash, and
 * the file be larger than was counted.
 */
function settle(files: SpoolFiles, folder: string, segment: Segment): Promise<void> {
  return useFile(files, folder, segment, 'mend', async (file) => {
    if (segment.end < segment.bytes) await file.truncate(segment.end);
    await file.sync();
    segment.bytes = segment.end;
  });
}

/** The cursor counts when it is about the oldest segment: all others begin at their beginning. */
async function findPosition(
  files: SpoolFiles,
  folder: string,
  oldest: Segment | undefined,
): Promise<Position> {
  const cursor = await readCursor(files, folder);
  if (!oldest || cursor?.segment !== oldest.name || cursor.offset > oldest.end) return startOfSegment;
  const { offset, records } = cursor;
  const at = await useFile(files, folder, oldest, 'read', (file) =>
    appendedAtMs(file, oldest.seed, offset),
  ).catch(() => null);
  return { offset, records, appendedAtMs: at };
}

/** When the record at this offset was appended; null when no whole header is there. */
async function appendedAtMs(file: SpoolFile, seed: number, offset: number): Promise<number | null> {
  const header = Buffer.alloc(frameHeaderBytes);
  const read = await file.read(header, offset);
  return readFrameHeader(header.subarray(0, read), seed, offset)?.appendedAtMs ?? null;
}

async function useFile<T>(
  files: SpoolFiles,
  folder: string,
  { name }: Segment,
  mode: 'read' | 'mend',
  use: (file: SpoolFile) => Promise<T>,
): Promise<T> {
  const file = await files.open(join(folder, name), mode);
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}

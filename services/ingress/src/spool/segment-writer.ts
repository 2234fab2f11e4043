import { placeFrame, segmentHeader, segmentHeaderBytes } from './frame.ts';
import type { Segment, SegmentLog } from './segment-log.ts';
import { reasonOf, writeAll, type SpoolFile, type SpoolFiles } from './spool-files.ts';

export interface WaitingFrame {
  readonly frame: Buffer;
  readonly appendedAtMs: number;
}

type WriteOutcome = { readonly outcome: 'written' } | { readonly outcome: 'failed'; readonly reason: string };

/** Writes to the newest segment. One write at a time. */
export interface SegmentWriter {
  /** Bytes of frames that the next write takes, given the bytes of its first one, which may be larger. */
  room(first: number): number;
  /**
   * One write and one sync; the frames are durable when it resolves to `written`. No frames: finds out whether
   * the disk takes any. After a failure nothing is known of what was written after the last sync (a sync that
   * failed once may succeed the next time without having written anything: LWN 752063), so that the segment is
   * closed at its last synced byte, and the next write begins another one. Never rejects.
   */
  write(frames: readonly WaitingFrame[]): Promise<WriteOutcome>;
  isWriting(segment: Segment): boolean;
  /** Nothing more is written to the segment. False while a write is out: it may be going there. */
  seal(segment: Segment): boolean;
  close(): Promise<void>;
}

interface OpenSegment {
  readonly segment: Segment;
  readonly file: SpoolFile;
}

export function createSegmentWriter(log: SegmentLog, files: SpoolFiles, segmentBytes: number): SegmentWriter {
  let current: OpenSegment | null = null;
  let writing = false;

  const fits = ({ segment }: OpenSegment, bytes: number): boolean => segment.end + bytes <= segmentBytes;

  const write = async (frames: readonly WaitingFrame[]): Promise<WriteOutcome> => {
    writing = true;
    try {
      if (current !== null && !fits(current, frames[0]?.frame.length ?? 0)) {
        await closeQuietly(current.file);
        current = null;
      }
      current ??= await begin(log, files);
      await append(current, frames, log, files);
      return { outcome: 'written' };
    } catch (error) {
      const attempted = frames.reduce((sum, { frame }) => sum + frame.length, segmentHeaderBytes);
      if (current !== null) await abandon(current, attempted, log);
      current = null;
      return { outcome: 'failed', reason: reasonOf(error) };
    } finally {
      writing = false;
    }
  };

  return {
    room: (first) =>
      segmentBytes - (current !== null && fits(current, first) ? current.segment.end : segmentHeaderBytes),
    write,
    isWriting: (segment) => current?.segment === segment || (writing && segment === log.segments.at(-1)),
    seal(segment) {
      if (writing || current?.segment !== segment) return false;
      void closeQuietly(current.file);
      current = null;
      return true;
    },
    async close() {
      if (current !== null) await closeQuietly(current.file);
      current = null;
    },
  };
}

async function begin(log: SegmentLog, files: SpoolFiles): Promise<OpenSegment> {
  const undeleted = await log.sweep();
  // Files that could neither be written nor deleted must not pile up.
  if (undeleted !== null) throw new Error(undeleted);
  const segment = log.begin();
  try {
    return { segment, file: await files.open(log.pathOf(segment), 'create') };
  } catch (error) {
    await log.discard(segment);
    throw error;
  }
}

async function append(
  { segment, file }: OpenSegment,
  frames: readonly WaitingFrame[],
  log: SegmentLog,
  files: SpoolFiles,
): Promise<void> {
  const isNew = segment.end === 0;
  const bytes = bytesOf(frames, segment);
  if (bytes.length > 0) await writeAll(file, bytes, segment.end);
  await file.sync();
  if (isNew) await files.syncFolder(log.folder);
  log.grow(segment, bytes.length, frames.length, frames[0]?.appendedAtMs ?? null);
}

/**
 * Closes a segment at its last synced byte, after a write that failed.
 * @param attempted the bytes of that write: the segment may take as many more on the disk
 */
async function abandon({ segment, file }: OpenSegment, attempted: number, log: SegmentLog): Promise<void> {
  segment.bytes = segment.end + attempted;
  try {
    if (segment.end > 0) {
      await file.truncate(segment.end);
      await file.sync();
      segment.bytes = segment.end;
    }
  } catch {
    // What stays after the last synced byte is not read by this process; the next one reads what is whole.
  }
  await closeQuietly(file);
  if (segment.end === 0) await log.discard(segment);
}

/** The frames at their places, after the segment's header if there is none yet. */
function bytesOf(frames: readonly WaitingFrame[], { seed, end }: Segment): Buffer {
  const parts = end === 0 ? [segmentHeader(seed)] : [];
  let at = end === 0 ? segmentHeaderBytes : end;
  for (const { frame } of frames) {
    placeFrame(frame, seed, at);
    parts.push(frame);
    at += frame.length;
  }
  return Buffer.concat(parts);
}

/** Everything that counts was synced before: an error of closing says nothing more. */
async function closeQuietly(file: SpoolFile): Promise<void> {
  await file.close().catch(() => undefined);
}

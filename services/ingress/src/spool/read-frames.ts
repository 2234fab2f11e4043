import {
  checkSegmentHeader,
  frameHeaderBytes,
  frameMarker,
  isWholeBody,
  readFrameHeader,
  segmentHeaderBytes,
  type FrameHeader,
} from './frame.ts';
import type { SpoolFile } from './spool-files.ts';

/** Why bytes of a segment are no record: a closed list, part of the name of the file that keeps them. */
export type DamageReason = 'segment-header' | 'frame-header' | 'checksum' | 'body' | 'torn';

/** What is at a place of a segment: `at` and `end` are byte offsets. */
export type Found =
  | {
      readonly found: 'frame';
      readonly at: number;
      readonly end: number;
      readonly header: FrameHeader;
      readonly body: Buffer;
    }
  | { readonly found: 'damage'; readonly at: number; readonly end: number; readonly reason: DamageReason };

const windowBytes = 1024 * 1024;

/**
 * Reads a segment from one boundary of frames to another. The parts add up to the whole: what is no frame is
 * damage, up to the next whole header. `torn` is the last part only: the beginning of a frame, or nothing but
 * zeros, as a crash leaves it.
 * Memory: 1 MiB or the largest frame. Rejects when the file cannot be read.
 */
export async function* readFrames(
  file: SpoolFile,
  seed: number,
  from: number,
  end: number,
): AsyncGenerator<Found> {
  const window = createWindow(file, end);
  let at = from;
  if (at === 0 && end > 0) {
    const header = await window.bytes(0, segmentHeaderBytes);
    at = Math.min(segmentHeaderBytes, end);
    if (checkSegmentHeader(header, seed) === 'damaged')
      yield { found: 'damage', at: 0, end: at, reason: at === end ? 'torn' : 'segment-header' };
  }
  while (at < end) {
    const found = await findAt(window, seed, at, end);
    yield found;
    at = found.end;
  }
}

async function findAt(window: Window, seed: number, at: number, end: number): Promise<Found> {
  const header = readFrameHeader(await window.bytes(at, frameHeaderBytes), seed, at);
  if (header === null) {
    const next = await findHeader(window, seed, at + 1, end);
    const torn = next === end && (end - at < frameHeaderBytes || (await isZero(window, at, end)));
    return { found: 'damage', at, end: next, reason: torn ? 'torn' : 'frame-header' };
  }
  const start = at + frameHeaderBytes;
  const next = start + header.bodyBytes;
  if (next > end) return { found: 'damage', at, end, reason: 'torn' };
  const body = await window.bytes(start, header.bodyBytes);
  return isWholeBody(body, header)
    ? { found: 'frame', at, end: next, header, body }
    : { found: 'damage', at, end: next, reason: 'checksum' };
}

/** The place of the next whole header, or the end. */
async function findHeader(window: Window, seed: number, from: number, end: number): Promise<number> {
  let at = from;
  while (at + frameHeaderBytes <= end) {
    const bytes = await window.bytes(at, Math.min(windowBytes, end - at));
    const hit = bytes.indexOf(frameMarker);
    if (hit < 0) {
      at += bytes.length - frameMarker.length + 1;
      continue;
    }
    at += hit;
    if (readFrameHeader(await window.bytes(at, frameHeaderBytes), seed, at) !== null) return at;
    at += 1;
  }
  return end;
}

async function isZero(window: Window, from: number, end: number): Promise<boolean> {
  for (let at = from; at < end; at += windowBytes) {
    const bytes = await window.bytes(at, Math.min(windowBytes, end - at));
    if (bytes.some((byte) => byte !== 0)) return false;
  }
  return true;
}

interface Window {
  /** Bytes of the file, fewer at the end. They stay valid. */
  bytes(at: number, count: number): Promise<Buffer>;
}

function createWindow(file: SpoolFile, end: number): Window {
  let start = 0;
  let held = Buffer.alloc(0);
  return {
    async bytes(at, count) {
      const last = Math.min(at + count, end);
      if (at < start || last > start + held.length) {
        start = at;
        // Zeros where the file is shorter than it should be: they are damage, and reading ends.
        held = Buffer.alloc(Math.min(Math.max(count, windowBytes), end - at));
        await file.read(held, at);
      }
      return held.subarray(at - start, last - start);
    },
  };
}

import { crc32 } from 'node:zlib';

/**
 * A segment on disk: a header, then frames, back to back. Integers are big-endian.
 *
 *   segment header   "SLUICESP"  version u32  crc u32
 *   frame            marker 8 bytes  body length u32  crc of the body u32  appended at f64 (ms)  crc u32  body
 *
 * The crc of a header also covers the segment's name, which has a random part, and the place in the file. So a
 * header is one only where it was written: bytes of a frame that came in as somebody's payload are not a frame.
 * With a whole header the length is known and a bad body costs that record alone; with a broken one the next
 * frame is found by its marker.
 */
export const segmentHeaderBytes = 16;
export const frameHeaderBytes = 28;
const segmentMagic = Buffer.from('SLUICESP', 'latin1');
const segmentVersion = 1;
/** Its bytes are no valid UTF-8, so that it is rare in payloads. */
export const frameMarker = Buffer.from('f5a3534cfe5543c1', 'hex');

export interface FrameHeader {
  readonly bodyBytes: number;
  readonly bodyChecksum: number;
  readonly appendedAtMs: number;
}

/** Where the checksums of a segment start from. */
export function seedOf(segmentName: string): number {
  return crc32(segmentName);
}

export function segmentHeader(seed: number, version = segmentVersion): Buffer {
  const header = Buffer.alloc(segmentHeaderBytes);
  segmentMagic.copy(header);
  header.writeUInt32BE(version, 8);
  header.writeUInt32BE(crc32(header.subarray(0, 12), seed), 12);
  return header;
}

/** `newer`: whole, but of a version that this program does not know. */
export function checkSegmentHeader(header: Buffer, seed: number): 'whole' | 'damaged' | 'newer' {
  if (header.length < segmentHeaderBytes || !header.subarray(0, 8).equals(segmentMagic)) return 'damaged';
  if (crc32(header.subarray(0, 12), seed) !== header.readUInt32BE(12)) return 'damaged';
  return header.readUInt32BE(8) === segmentVersion ? 'whole' : 'newer';
}

/** A frame that still needs `placeFrame`: its body follows room for the header. */
export function frameOf(bodyParts: readonly Buffer[], appendedAtMs: number): Buffer {
  const frame = Buffer.concat([Buffer.alloc(frameHeaderBytes), ...bodyParts]);
  frameMarker.copy(frame);
  frame.writeUInt32BE(frame.length - frameHeaderBytes, 8);
  frame.writeUInt32BE(crc32(frame.subarray(frameHeaderBytes)), 12);
  frame.writeDoubleBE(appendedAtMs, 16);
  return frame;
}

/** Completes the frame's header for its place, a byte offset in the segment. */
export function placeFrame(frame: Buffer, seed: number, at: number): void {
  frame.writeUInt32BE(headerChecksum(frame, seed, at), 24);
}

/** The header at this place, or null when these bytes are not a header. */
export function readFrameHeader(bytes: Buffer, seed: number, at: number): FrameHeader | null {
  if (bytes.length < frameHeaderBytes || !bytes.subarray(0, 8).equals(frameMarker)) return null;
  if (headerChecksum(bytes, seed, at) !== bytes.readUInt32BE(24)) return null;
  return {
    bodyBytes: bytes.readUInt32BE(8),
    bodyChecksum: bytes.readUInt32BE(12),
    appendedAtMs: bytes.readDoubleBE(16),
  };
}

export function isWholeBody(body: Buffer, header: FrameHeader): boolean {
  return crc32(body) === header.bodyChecksum;
}

function headerChecksum(frame: Buffer, seed: number, at: number): number {
  const place = Buffer.alloc(8);
  place.writeDoubleBE(at);
  return crc32(frame.subarray(0, 24), crc32(place, seed));
}

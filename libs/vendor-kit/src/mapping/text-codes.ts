/** Most texts fit. */
const room = new Uint16Array(32 * 1024);
const roomBytes = Buffer.from(room.buffer);
let isRoomTaken = false;

/**
 * Reads a text by its UTF-16 codes, with a zero after the last one. An array is read twice as fast as a text.
 * @param read must not keep the codes
 */
export function withCodes<T>(text: string, read: (codes: Uint16Array) => T): T {
  if (isRoomTaken || text.length >= room.length) return read(codesOf(text));
  isRoomTaken = true;
  try {
    roomBytes.write(text, 'utf16le');
    room[text.length] = 0;
    return read(room);
  } finally {
    isRoomTaken = false;
  }
}

/** Codes of their own. */
export function codesOf(text: string): Uint16Array {
  const codes = new Uint16Array(text.length + 1);
  Buffer.from(codes.buffer).write(text, 'utf16le');
  return codes;
}

/** Whether a word is at a place. */
export function isAt(codes: Uint16Array, from: number, word: Uint16Array): boolean {
  for (let at = 0; at < word.length; at += 1) if (word[at] !== codes[from + at]) return false;
  return true;
}

/** The hash of a part of a text: a number that a Map finds at once. */
export function hashOf(codes: Uint16Array, from: number, end: number): number {
  let hash = 0;
  for (let at = from; at < end; at += 1) hash = (Math.imul(hash, 31) + (codes[at] ?? 0)) | 0;
  return hash;
}

/** A place in Avro binary. What reads a value moves it behind the value. */
export interface Cursor {
  readonly bytes: Buffer;
  at: number;
}

/**
 * Reads a value as avsc does. Every length is checked before it is used, so a few bytes that claim a huge array take no
 * memory.
 * @throws {RangeError} when the bytes end before the value does, or hold none of its type
 */
export type Read<T> = (cursor: Cursor) => T;

/**
 * Reads the one value that is in the bytes from a place on.
 * @throws {RangeError} as the reader does, and when bytes are left
 */
export function readWhole<T>(read: Read<T>, bytes: Buffer, from: number): T {
  const cursor = { bytes, at: from };
  const value = read(cursor);
  if (cursor.at < bytes.length) throw new RangeError('Bytes are left behind the value.');
  return value;
}

/** avsc takes no other numbers: beyond them some are not exact. */
const mostLong = Number.MAX_SAFE_INTEGER - 1;

export function readBoolean(cursor: Cursor): boolean {
  const byte = cursor.bytes[cursor.at];
  if (byte === undefined) throw new RangeError('The bytes end inside a value.');
  cursor.at += 1;
  return byte !== 0;
}

export function readLong(cursor: Cursor): number {
  const long = readInt(cursor);
  if (Math.abs(long) > mostLong) throw new RangeError('A number is too large.');
  return long;
}

/** Zigzag, seven bits a byte, the lowest first. Beyond 2^53 it is not exact. */
export function readInt(cursor: Cursor): number {
  const first = cursor.bytes[cursor.at];
  if (first === undefined || first >= 0x80) return readLonger(cursor);
  cursor.at += 1;
  return (first >> 1) ^ -(first & 1);
}

function readLonger(cursor: Cursor): number {
  const { bytes, at: start } = cursor;
  let at = start;
  let value = 0;
  for (let scale = 1; ; scale *= 128) {
    const byte = bytes[at];
    if (byte === undefined || at - start > 9) throw new RangeError('The bytes end inside a number.');
    at += 1;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) break;
  }
  cursor.at = at;
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}

function takeLength(cursor: Cursor): number {
  const length = readInt(cursor);
  if (length < 0) throw new RangeError('A length is negative.');
  if (cursor.at + length > cursor.bytes.length) throw new RangeError('The bytes end inside a value.');
  return length;
}

export function readString(cursor: Cursor): string {
  const length = takeLength(cursor);
  const { bytes, at } = cursor;
  cursor.at = at + length;
  return length === 0 ? '' : bytes.toString('utf8', at, at + length);
}

export function readBytes(cursor: Cursor): Buffer {
  const length = takeLength(cursor);
  const { bytes, at } = cursor;
  cursor.at = at + length;
  return Buffer.from(bytes.subarray(at, at + length));
}

/** Whether a union of null and one other type holds the other one. */
export function isPresent(cursor: Cursor): boolean {
  const index = readInt(cursor);
  if (index !== 0 && index !== 1) throw new RangeError(`There is no member ${index} in the union.`);
  return index === 1;
}

export function readSymbol<T>(cursor: Cursor, symbols: readonly T[]): T {
  const index = readInt(cursor);
  const symbol = symbols[index];
  if (symbol === undefined) throw new RangeError(`There is no symbol ${index} in the enumeration.`);
  return symbol;
}

export function readArray<T>(cursor: Cursor, readItem: Read<T>): T[] {
  const items: T[] = [];
  for (let count = readInt(cursor); count !== 0; count = readInt(cursor)) {
    // A negative count is followed by the size of the block.
    if (count < 0) readInt(cursor);
    for (let left = Math.abs(count); left > 0; left -= 1) {
      const { at } = cursor;
      items.push(readItem(cursor));
      if (cursor.at === at) throw new RangeError('An array holds items that take no bytes.');
    }
  }
  return items;
}

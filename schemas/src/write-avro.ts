/**
 * Writes a value as Avro binary from `at`, and returns where the next one begins. Beyond the end of `bytes` the
 * value did not fit: nothing of use was written, and that many bytes may be enough.
 * @throws {SchemaMismatchError} when the value is not of the type; avsc, which writes the same bytes, has the words for it
 */
export type Write = (bytes: Buffer, at: number, value: unknown) => number;

export class SchemaMismatchError extends Error {}

/** The fields of a record, to be written one by one. */
export function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) throw new SchemaMismatchError();
  return value as Readonly<Record<string, unknown>>;
}

/** One block, and the end. */
export function writeArray(bytes: Buffer, start: number, items: unknown, writeItem: Write): number {
  if (!Array.isArray(items)) throw new SchemaMismatchError();
  let at = start;
  if (items.length > 0) at = writeLong(bytes, at, items.length);
  for (const item of items) at = writeItem(bytes, at, item);
  bytes[at] = 0;
  return at + 1;
}

/** What an enum is written as: the place of each symbol. */
export const indicesOf = (symbols: readonly string[]): ReadonlyMap<unknown, number> =>
  new Map(symbols.map((symbol, index) => [symbol, index]));

export function writeBoolean(bytes: Buffer, at: number, value: unknown): number {
  if (typeof value !== 'boolean') throw new SchemaMismatchError();
  bytes[at] = value ? 1 : 0;
  return at + 1;
}

export function writeInt(bytes: Buffer, at: number, value: unknown): number {
  if ((value as number) >> 0 !== value) throw new SchemaMismatchError();
  return writeLong(bytes, at, value);
}

/** Zigzag, seven bits a byte, the lowest first. avsc, which reads this, rejects `Number.MAX_SAFE_INTEGER`. */
export function writeLong(bytes: Buffer, start: number, value: unknown): number {
  const number = value as number;
  if (!Number.isInteger(number) || Math.abs(number) >= Number.MAX_SAFE_INTEGER)
    throw new SchemaMismatchError();
  let rest = number < 0 ? -2 * number - 1 : 2 * number;
  let at = start;
  // Beyond 31 bits there are no shifts: of a time, four bytes are taken at once.
  for (; rest >= 2 ** 31; rest = Math.floor(rest / 2 ** 28)) {
    const low = rest % 2 ** 28;
    bytes[at] = low | 0x80;
    bytes[at + 1] = (low >> 7) | 0x80;
    bytes[at + 2] = (low >> 14) | 0x80;
    bytes[at + 3] = (low >> 21) | 0x80;
    at += 4;
  }
  for (; rest >= 0x80; rest >>= 7) bytes[at++] = rest | 0x80;
  bytes[at] = rest;
  return at + 1;
}

export function writeBytes(bytes: Buffer, start: number, value: unknown): number {
  if (!Buffer.isBuffer(value)) throw new SchemaMismatchError();
  const at = writeLong(bytes, start, value.length);
  if (at + value.length <= bytes.length) bytes.set(value, at);
  return at + value.length;
}

/** UTF-16 units that are copied faster one by one than by a call out of JavaScript. */
const shortText = 12;

export function writeString(bytes: Buffer, start: number, value: unknown): number {
  if (typeof value !== 'string') throw new SchemaMismatchError();
  return (value.length <= shortText ? writeShort(bytes, start, value) : 0) || writeText(bytes, start, value);
}

/** @returns 0 for a text with surrogates, which is left to the engine */
function writeShort(bytes: Buffer, start: number, text: string): number {
  let at = start + 1;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) bytes[at++] = unit;
    else if (unit < 0x800) {
      bytes[at++] = 0xc0 | (unit >> 6);
      bytes[at++] = 0x80 | (unit & 0x3f);
    } else if (unit < 0xd800 || unit > 0xdfff) {
      bytes[at++] = 0xe0 | (unit >> 12);
      bytes[at++] = 0x80 | ((unit >> 6) & 0x3f);
      bytes[at++] = 0x80 | (unit & 0x3f);
    } else return 0;
  }
  // At most 36 bytes: their number is a single byte.
  bytes[start] = (at - start - 1) << 1;
  return at;
}

/** The text goes behind its length, which is known afterwards: as if it were ASCII, and is moved if it is not. */
function writeText(bytes: Buffer, start: number, text: string): number {
  const most = 3 * text.length;
  if (start + lengthBytes(most) + most > bytes.length) return start + lengthBytes(most) + most;
  const guessed = start + lengthBytes(text.length);
  const length = bytes.write(text, guessed, most);
  const from = start + lengthBytes(length);
  if (from !== guessed) bytes.copyWithin(from, guessed, guessed + length);
  writeLong(bytes, start, length);
  return from + length;
}

/** How many bytes a length takes. */
function lengthBytes(length: number): number {
  if (length < 2 ** 6) return 1;
  if (length < 2 ** 13) return 2;
  if (length < 2 ** 20) return 3;
  return length < 2 ** 27 ? 4 : 5;
}

/** A value within JSON text, as the bytes it stands in. */
export interface Span {
  readonly start: number;
  /** One past the last byte. */
  readonly end: number;
}

const space = new Set([0x20, 0x09, 0x0a, 0x0d]);
const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;

function skipSpace(bytes: Buffer, from: number): number {
  let at = from;
  while (space.has(bytes[at] ?? -1)) at += 1;
  return at;
}

/** @returns the position after the closing quote, or -1 */
function endOfString(bytes: Buffer, start: number): number {
  for (let at = start + 1; at < bytes.length; at += 1) {
    if (bytes[at] === backslash) at += 1;
    else if (bytes[at] === quote) return at + 1;
  }
  return -1;
}

/**
 * Finds where a value ends by counting brackets outside of strings: its inside is not judged.
 * @returns the position after it, or -1 when it does not end
 */
export function endOfValue(bytes: Buffer, start: number): number {
  const first = bytes[start];
  if (first === quote) return endOfString(bytes, start);
  if (first !== openBrace && first !== openBracket) {
    let at = start;
    while (
      at < bytes.length &&
      bytes[at] !== comma &&
      bytes[at] !== closeBrace &&
      bytes[at] !== closeBracket &&
      !space.has(bytes[at] ?? -1)
    )
      at += 1;
    return at > start ? at : -1;
  }
  let depth = 0;
  for (let at = start; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === quote) {
      at = endOfString(bytes, at) - 1;
      if (at < 0) return -1;
    } else if (byte === openBrace || byte === openBracket) depth += 1;
    else if (byte === closeBrace || byte === closeBracket) {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return -1;
}

/**
 * The members of the object that the bytes hold, by name; of a repeated name the last one, as JSON.parse
 * would take it.
 * @returns null when the bytes are not one object
 */
export function membersOf(bytes: Buffer): Map<string, Span> | null {
  // A byte order mark says nothing in UTF-8 and is passed over.
  const begin = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  let at = skipSpace(bytes, begin);
  if (bytes[at] !== openBrace) return null;
  const members = new Map<string, Span>();
  at = skipSpace(bytes, at + 1);
  while (bytes[at] === quote) {
    const nameEnd = endOfString(bytes, at);
    if (nameEnd < 0) return null;
    const name = bytes.toString('utf8', at + 1, nameEnd - 1);
    at = skipSpace(bytes, nameEnd);
    if (bytes[at] !== colon) return null;
    const start = skipSpace(bytes, at + 1);
    const end = endOfValue(bytes, start);
    if (end < 0) return null;
    members.set(name, { start, end });
    at = skipSpace(bytes, end);
    if (bytes[at] === comma) at = skipSpace(bytes, at + 1);
  }
  return bytes[at] === closeBrace && skipSpace(bytes, at + 1) === bytes.length ? members : null;
}

/** The elements of an array; null when the span is not one. */
export function elementsOf(bytes: Buffer, { start, end }: Span): Span[] | null {
  if (bytes[start] !== openBracket) return null;
  const elements: Span[] = [];
  let at = skipSpace(bytes, start + 1);
  while (at < end && bytes[at] !== closeBracket) {
    const elementEnd = endOfValue(bytes, at);
    if (elementEnd < 0 || elementEnd > end) return null;
    elements.push({ start: at, end: elementEnd });
    at = skipSpace(bytes, elementEnd);
    if (bytes[at] === comma) at = skipSpace(bytes, at + 1);
    else if (bytes[at] !== closeBracket) return null;
  }
  return elements;
}

/** The text of a JSON string; null when the span is not one. */
export function stringAt(bytes: Buffer, { start, end }: Span): string | null {
  if (bytes[start] !== quote) return null;
  try {
    const text: unknown = JSON.parse(bytes.toString('utf8', start, end));
    return typeof text === 'string' ? text : null;
  } catch {
    return null;
  }
}

/** A value within JSON text, as the bytes it is in. */
export interface Span {
  readonly start: number;
  /** One past the last byte. */
  readonly end: number;
}

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function skipSpace(bytes: Buffer, from: number): number {
  let at = from;
  while (isSpace(bytes[at])) at += 1;
  return at;
}

/** Where text begins, behind white space and byte order marks: some senders write several marks. */
export function startOfText(bytes: Buffer): number {
  let at = skipSpace(bytes, 0);
  while (bytes[at] === 0xef && bytes[at + 1] === 0xbb && bytes[at + 2] === 0xbf)
    at = skipSpace(bytes, at + 3);
  return at;
}

/**
 * GBK text in which no byte of a character looks like ASCII: the second byte of a GBK character may be a backslash or a
 * bracket. Every position stays what it is.
 */
export function withoutTrailBytes(bytes: Buffer): Buffer {
  const masked = Buffer.from(bytes);
  for (let at = startOfText(bytes); at < masked.length - 1; at += 1) {
    if ((masked[at] ?? 0) > 0x80 && (masked[at + 1] ?? 0) >= 0x40) {
      at += 1;
      masked[at] = 0x80;
    }
  }
  return masked;
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
      !isSpace(bytes[at])
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
 * The members of the object that the bytes hold, by name, escapes resolved; of a repeated name all, in the order they
 * stand.
 * @param wanted of which members; all when it is left out
 * @returns null when the bytes are not one object
 */
export function membersOf(bytes: Buffer, wanted?: readonly string[]): Map<string, Span[]> | null {
  let at = startOfText(bytes);
  if (bytes[at] !== openBrace) return null;
  const members = new Map<string, Span[]>();
  at = skipSpace(bytes, at + 1);
  while (bytes[at] === quote) {
    const nameEnd = endOfString(bytes, at);
    if (nameEnd < 0) return null;
    const name = nameAt(bytes, { start: at, end: nameEnd });
    at = skipSpace(bytes, nameEnd);
    if (bytes[at] !== colon) return null;
    const start = skipSpace(bytes, at + 1);
    const end = endOfValue(bytes, start);
    if (end < 0) return null;
    const sameName = members.get(name);
    if (sameName) sameName.push({ start, end });
    else if (wanted?.includes(name) ?? true) members.set(name, [{ start, end }]);
    at = skipSpace(bytes, end);
    if (bytes[at] === comma) at = skipSpace(bytes, at + 1);
  }
  return bytes[at] === closeBrace && skipSpace(bytes, at + 1) === bytes.length ? members : null;
}

function nameAt(bytes: Buffer, span: Span): string {
  const text = bytes.toString('utf8', span.start + 1, span.end - 1);
  return text.includes('\\') ? (stringAt(bytes, span) ?? text) : text;
}

/**
 * The elements of an array; null when the span is not one.
 * @param most after which elements are left out
 */
export function elementsOf(
  bytes: Buffer,
  { start, end }: Span,
  most = Number.POSITIVE_INFINITY,
): Span[] | null {
  if (bytes[start] !== openBracket) return null;
  const elements: Span[] = [];
  let at = skipSpace(bytes, start + 1);
  while (at < end && bytes[at] !== closeBracket && elements.length < most) {
    const elementEnd = endOfValue(bytes, at);
    if (elementEnd < 0 || elementEnd > end) return null;
    elements.push({ start: at, end: elementEnd });
    at = skipSpace(bytes, elementEnd);
    if (bytes[at] === comma) at = skipSpace(bytes, at + 1);
    else if (bytes[at] !== closeBracket) return null;
  }
  return elements;
}

/** The text of a JSON string, raw control characters and all; null when the span is not one. */
export function stringAt(bytes: Buffer, { start, end }: Span): string | null {
  if (bytes[start] !== quote) return null;
  const json = bytes.toString('utf8', start, end);
  try {
    const text: unknown = JSON.parse(json);
    return typeof text === 'string' ? text : null;
  } catch {
    // Java's older base64 encoder breaks its lines, and some writers do not escape a line break.
    const escaped = json.replaceAll(
      /[\0-\x1f]/g,
      (char) => `\\u00${char.charCodeAt(0).toString(16).padStart(2, '0')}`,
    );
    try {
      return JSON.parse(escaped) as string;
    } catch {
      return null;
    }
  }
}

import type { CommonRepair } from './repair.ts';

/** A payload as text, without the byte order mark before it. */
export interface DecodedText {
  readonly text: string;
  readonly repairs: CommonRepair[];
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads a payload as UTF-8, which both vendors document. Bytes of another encoding are read in it where the payload
 * declares it or shows it by its first bytes. What stays unreadable becomes U+FFFD; the raw record keeps the bytes.
 * @param contentType as the request gave it: its `charset` counts before the one of an XML declaration
 */
export function decodeText(payload: Buffer, contentType: string): DecodedText {
  const wide = wideEncodingOf(payload);
  if (wide !== null) return decodeWide(wide, payload);
  const text = decodeUtf8(payload);
  if (text !== null && isUtf8ForSure(text, payload, contentType)) return { text, repairs: [] };
  for (const declared of declaredEncodings(payload.toString('latin1', 0, headLength), contentType)) {
    const other = decodeAs(declared, payload);
    if (other !== null) return { text: other, repairs: ['declared-encoding'] };
  }
  return text === null ? decodeOdd(payload) : { text, repairs: [] };
}

/** UTF-16 begins with a byte order mark, or with `<` or `{` and another ASCII character of two bytes. */
function wideEncodingOf([first, second, third, fourth]: Uint8Array): string | null {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  if ((first === 0x3c || first === 0x7b) && second === 0 && fourth === 0) return 'utf-16le';
  return first === 0 && (second === 0x3c || second === 0x7b) && third === 0 ? 'utf-16be' : null;
}

function decodeWide(encoding: string, payload: Buffer): DecodedText {
  const text = decodeAs(encoding, payload);
  if (text !== null) return { text, repairs: ['declared-encoding'] };
  return { text: new TextDecoder(encoding).decode(payload), repairs: ['declared-encoding', 'invalid-utf-8'] };
}

/**
 * More bytes than characters, four characters of Chinese at least. Of four characters in a Chinese encoding fewer than one
 * text in 1,000 is valid UTF-8 by chance.
 */
const bytesForSure = 8;

/**
 * Whether text that is valid UTF-8 is nothing else. .NET declares `utf-16` and Tomcat `ISO-8859-1` for what is UTF-8;
 * a word or two may be valid in UTF-8 and in the Chinese encoding that is declared.
 */
function isUtf8ForSure(text: string, payload: Buffer, contentType: string): boolean {
  if (payload.length - text.length >= bytesForSure || text.length === payload.length) return true;
  return !declaredEncodings(text.slice(0, headLength), contentType).some((name) =>
    /^(?:x-)?(?:gb|big5)/.test(name),
  );
}

/** An XML declaration is within so many characters, all of them ASCII. */
const headLength = 256;

/** In lower case, without those that the bytes themselves decide. */
function declaredEncodings(head: string, contentType: string): string[] {
  const charset = /;\s?charset\s?=\s?["']?([\w.:-]{1,40})/i.exec(contentType)?.[1];
  const ofXml = encodingOfXml(head);
  // Most payloads declare nothing.
  if (charset === undefined && ofXml === undefined) return [];
  return [charset, ofXml]
    .map((name) => name?.toLowerCase() ?? '')
    .filter((name) => name !== '' && !/^(?:utf-?(?:8|16|32)|us-ascii$)/.test(name));
}

function encodingOfXml(head: string): string | undefined {
  const start = head.indexOf('<?xml');
  if (start < 0) return undefined;
  const declaration = head.slice(start, head.indexOf('?>', start));
  return /\sencoding\s{0,9}=\s{0,9}["']([\w.:-]{1,40})["']/.exec(declaration)?.[1];
}

/** @returns null where the bytes are not of this encoding, or it is unknown: both throw, and nothing else does */
function decodeAs(encoding: string, payload: Buffer): string | null {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(payload);
  } catch {
    return null;
  }
}

/** @returns null where the bytes are no UTF-8 */
function decodeUtf8(payload: Buffer): string | null {
  try {
    return utf8.decode(payload);
  } catch {
    return null;
  }
}

/** Bytes that are no UTF-8, as Java writes them or not. */
function decodeOdd(payload: Buffer): DecodedText {
  const known = fromModifiedUtf8(payload);
  const text = decodeUtf8(known);
  const cesu: CommonRepair[] = known.length < payload.length ? ['cesu-8'] : [];
  if (text !== null) return { text, repairs: cesu };
  return { text: known.toString('utf8').replace(/^\uFEFF/, ''), repairs: [...cesu, 'invalid-utf-8'] };
}

/**
 * Java's modified UTF-8 writes U+0000 as `C0 80`, and as CESU-8 does, a character beyond U+FFFF as two halves of three
 * bytes each (`ED A0 BD ED B8 80`). Each becomes what UTF-8 has for it, which is shorter.
 */
function fromModifiedUtf8(payload: Buffer): Buffer {
  const written = Buffer.alloc(payload.length);
  let to = 0;
  for (let at = 0; at < payload.length;) {
    const halves = payload[at] === 0xed ? halvesAt(payload, at) : null;
    if (halves !== null) {
      to += written.write(halves, to);
      at += 6;
    } else if (payload[at] === 0xc0 && payload[at + 1] === 0x80) {
      written[to++] = 0;
      at += 2;
    } else written[to++] = payload[at++] ?? 0;
  }
  return written.subarray(0, to);
}

function halvesAt(bytes: Buffer, at: number): string | null {
  const [second = 0, third = 0, fourth, fifth = 0, sixth = 0] = bytes.subarray(at + 1, at + 6);
  const isPair = second >> 4 === 0xa && fourth === 0xed && fifth >> 4 === 0xb;
  if (!isPair || third >> 6 !== 2 || sixth >> 6 !== 2) return null;
  const half = (middle: number, last: number): number => 0xd000 | ((middle & 0x3f) << 6) | (last & 0x3f);
  return String.fromCharCode(half(second, third), half(fifth, sixth));
}

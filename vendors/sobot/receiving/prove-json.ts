import { isUtf8 } from 'node:buffer';
import { endOfValue, startOfText, withoutTrailBytes } from '@sluice/vendor-kit/receiving/json-span';

/** A list of records or a record, up to the colon behind its first name. */
const namedForm = /^(?:\[\s{0,16})?\{\s{0,16}"[A-Za-z0-9_]{1,64}"\s{0,16}:/;
/** Where `namedForm` ends at the latest, in bytes. */
const namedBytes = 128;
/** Random bytes of this length are valid UTF-8 with a probability of 2^-40. */
const longText = 48;

/**
 * The JSON array or object in a decrypted text, without byte order marks and padding. Null when the text does not prove
 * that its key is the right one.
 *
 * A right key yields one value, its brackets balanced, from the first byte to the padding. The padding is what Java's
 * `String.trim()` takes off in the vendor's own decoder: bytes up to 0x20, such as NULs and every PKCS pad. Besides, the value begins with a name, or is valid UTF-8 of three blocks, or is JSON as it stands. Trailing
 * commas, raw control characters, surrogates and GBK within strings prove no less, and the normalizer repairs them.
 *
 * A wrong key yields random bytes. They pass with a probability below 2^-40 a message: what begins with a name has five
 * given bytes and a name's first of 63 (2^-42, some 2^-41 over all names and white space); long text has one of two as
 * its first and last byte and is valid UTF-8 (2^-54); short text has to be JSON, of which `["…"]` is the likeliest (2^-42).
 */
export function provenJson(text: Buffer): Buffer | null {
  const start = startOfText(text);
  if (text[start] !== 0x5b && text[start] !== 0x7b) return null;
  let end = text.length;
  while (end > start && (text[end - 1] ?? 0) <= 0x20) end -= 1;
  const value = text.subarray(start, end);
  return isProof(value) ? value : null;
}

function isProof(value: Buffer): boolean {
  const isNamed = namedForm.test(value.toString('latin1', 0, namedBytes));
  if (isNamed && isOneValue(value)) return true;
  if (!isUtf8(value)) return isNamed && isOneValue(withoutTrailBytes(value));
  return value.length < longText ? isJson(value) : isOneValue(value);
}

function isOneValue(value: Buffer): boolean {
  return endOfValue(value, 0) === value.length;
}

function isJson(value: Buffer): boolean {
  try {
    JSON.parse(value.toString('utf8'));
    return true;
  } catch {
    return false;
  }
}

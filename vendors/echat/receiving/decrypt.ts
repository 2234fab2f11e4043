import { createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto';
import type { Keys } from '@sluice/sources/source';
import { isDocument } from './is-document.ts';

/** A decrypted message and the app id that is behind it. */
export interface EchatMessage {
  readonly message: Buffer;
  readonly appId: string;
  readonly keyUsed: 'current' | 'previous';
}

const blockBytes = 16;
/** WeChat pads to 32 bytes, not to the cipher's block of 16. */
const paddingBytes = 32;
const randomBytes = 16;
const lengthBytes = 4;

interface CipherKey {
  readonly key: KeyObject;
  readonly iv: Buffer;
}

/** Keys are decoded once and live as long as their source does. */
const decoded = new WeakMap<object, CipherKey>();

function cipherKeyOf(secret: Keys['current']): CipherKey {
  let cipherKey = decoded.get(secret);
  if (!cipherKey) {
    const bytes = Buffer.from(`${secret.reveal()}=`, 'base64');
    cipherKey = { key: createSecretKey(bytes), iv: bytes.subarray(0, blockBytes) };
    decoded.set(secret, cipherKey);
  }
  return cipherKey;
}

/** What an app id may look like: no end of a document does. */
const appIdForm = /^[A-Za-z0-9_.:@-]{0,64}$/;

/**
 * Decrypts an Echat message with whichever live key opens it.
 *
 * The scheme is WeChat's: AES-256-CBC, key = base64(EncodingAESKey + "="), IV = the key's first 16 bytes;
 * plaintext = 16 random bytes, the message's length (4 bytes, big-endian), the message, the app id, padded
 * by PKCS#7 to 32 bytes.
 *
 * A right key is proven by its whole plaintext: padding, length, a message that is a document, and an app id behind it; or
 * any message with one of the listed app ids behind it. A length that counts characters instead of bytes leaves a part
 * of the document before the app id, and so proves nothing. Random bytes pass with a probability below 2^-50: one of 256
 * is a padding, of 2^32 lengths few fit, and a document has two given bytes.
 * @param ciphertext decoded from base64
 * @param appIds that the source lists
 * @returns null when no key opens it
 */
export function decryptEchat(ciphertext: Buffer, keys: Keys, appIds: readonly string[]): EchatMessage | null {
  const withCurrent = decryptWith(ciphertext, cipherKeyOf(keys.current), appIds);
  if (withCurrent) return { ...withCurrent, keyUsed: 'current' };
  const withPrevious = keys.previous && decryptWith(ciphertext, cipherKeyOf(keys.previous), appIds);
  return withPrevious ? { ...withPrevious, keyUsed: 'previous' } : null;
}

function decryptWith(
  ciphertext: Buffer,
  { key, iv }: CipherKey,
  appIds: readonly string[],
): { message: Buffer; appId: string } | null {
  if (ciphertext.length === 0 || ciphertext.length % blockBytes !== 0) return null;
  const decipher = createDecipheriv('aes-256-cbc', key, iv).setAutoPadding(false);
  const head = decipher.update(ciphertext);
  const tail = decipher.final();
  const padded = tail.length === 0 ? head : Buffer.concat([head, tail]);

  const padding = padded[padded.length - 1] ?? 0;
  if (padding < 1 || padding > paddingBytes || padding > padded.length) return null;
  for (let at = padded.length - padding; at < padded.length; at += 1) if (padded[at] !== padding) return null;
  const plain = padded.subarray(0, padded.length - padding);

  const start = randomBytes + lengthBytes;
  if (plain.length < start) return null;
  const end = start + plain.readUInt32BE(randomBytes);
  if (end > plain.length) return null;
  const message = plain.subarray(start, end);
  const appId = plain.toString('latin1', end);
  const isProven =
    appIds.includes(appId) || (appIdForm.test(appId) && (end === start || isDocument(message)));
  return isProven ? { message, appId } : null;
}

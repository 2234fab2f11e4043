import { createDecipheriv, hash } from 'node:crypto';
import type { Keys } from '@sluice/sources/source';

export interface Decrypted {
  readonly text: Buffer;
  readonly keyUsed: 'current' | 'previous';
}

/** Tries the two live keys in turn. */
function withEitherKey(keys: Keys, decrypt: (key: string) => Buffer | null): Decrypted | null {
  const withCurrent = decrypt(keys.current.reveal());
  if (withCurrent) return { text: withCurrent, keyUsed: 'current' };
  const withPrevious = keys.previous && decrypt(keys.previous.reveal());
  return withPrevious ? { text: withPrevious, keyUsed: 'previous' } : null;
}

/** A value is a JSON array or object, from its first byte on: what every content and record is. */
function beginsJson(text: Buffer): boolean {
  const at = text.findIndex((byte) => byte !== 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d);
  return text[at] === 0x5b || text[at] === 0x7b;
}

/**
 * Decrypts the `content` of user, userinfo, msg, evaluation, summary, conversation and ticket.
 *
 * Base64, AES-128-CBC without padding; key and IV are the configured key, extended to 16 bytes by its own
 * beginning. Source: the document's `desEncrypt`.
 * @returns the plaintext with its tail (NULs, as a rule) still on it; null when no key opens it
 */
export function decryptContent(content: string, keys: Keys): Decrypted | null {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(content.replaceAll(/\s+/g, ''))) return null;
  const ciphertext = Buffer.from(content, 'base64');
  if (ciphertext.length === 0 || ciphertext.length % 16 !== 0) return null;
  return withEitherKey(keys, (key) => {
    const bytes = Buffer.from(key + key.slice(0, 16 - key.length), 'utf8');
    const decipher = createDecipheriv('aes-128-cbc', bytes, bytes).setAutoPadding(false);
    const text = Buffer.concat([decipher.update(ciphertext), decipher.final()]);
    return beginsJson(text) ? text : null;
  });
}

/**
 * Decrypts one element of a calllog's `content`.
 *
 * Hex, AES-128-ECB with PKCS#5 padding; the key is what Java's SHA1PRNG yields for the configured one: the
 * first 16 bytes of sha1(sha1(key)). Source: the document's `dcodes`, proven on a real Java.
 */
export function decryptRecord(element: string, keys: Keys): Decrypted | null {
  if (element.length % 32 !== 0 || !/^[0-9A-Fa-f]+$/.test(element)) return null;
  const ciphertext = Buffer.from(element, 'hex');
  return withEitherKey(keys, (key) => {
    const aesKey = hash('sha1', hash('sha1', key, 'buffer'), 'buffer').subarray(0, 16);
    try {
      const decipher = createDecipheriv('aes-128-ecb', aesKey, null);
      const text = Buffer.concat([decipher.update(ciphertext), decipher.final()]);
      return beginsJson(text) ? text : null;
    } catch {
      // Wrong padding: another key's, or another text.
      return null;
    }
  });
}

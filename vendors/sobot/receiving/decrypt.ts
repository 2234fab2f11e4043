import { createDecipheriv, hash } from 'node:crypto';
import type { Keys } from '@sluice/sources/source';
import { bytesOfBase64 } from '@sluice/vendor-kit/receiving/base64';
import { provenJson } from './prove-json.ts';

export interface Decrypted {
  /** One JSON array or object, without padding. */
  readonly text: Buffer;
  readonly keyUsed: 'current' | 'previous';
}

const blockBytes = 16;

/** Tries the two live keys in turn. */
function withEitherKey(keys: Keys, decrypt: (key: string) => Buffer | null): Decrypted | null {
  const withCurrent = decrypt(keys.current.reveal());
  if (withCurrent) return { text: withCurrent, keyUsed: 'current' };
  const withPrevious = keys.previous && decrypt(keys.previous.reveal());
  return withPrevious ? { text: withPrevious, keyUsed: 'previous' } : null;
}

/**
 * Decrypts the `content` of user, userinfo, msg, evaluation, summary, conversation and ticket.
 *
 * Base64, AES-128-CBC without padding; key and IV are the configured key, extended to 16 bytes by its own
 * beginning. Source: the document's `desEncrypt`.
 * @returns null when no key opens it on proof (see `prove-json.ts`)
 */
export function decryptContent(content: string, keys: Keys): Decrypted | null {
  const ciphertext = bytesOfBase64(content);
  if (ciphertext === null || ciphertext.length % blockBytes !== 0) return null;
  return withEitherKey(keys, (key) => {
    const bytes = Buffer.from(key + key.slice(0, blockBytes - key.length), 'utf8');
    const decipher = createDecipheriv('aes-128-cbc', bytes, bytes).setAutoPadding(false);
    return provenJson(Buffer.concat([decipher.update(ciphertext), decipher.final()]));
  });
}

/**
 * Decrypts one element of a calllog's `content`.
 *
 * Hex, AES-128-ECB with PKCS#5 padding; the key is what Java's SHA1PRNG yields for the configured one: the
 * first 16 bytes of sha1(sha1(key)). Source: the document's `dcodes`, proven on a real Java.
 * @returns null when no key opens it on proof (see `prove-json.ts`)
 */
export function decryptRecord(element: string, keys: Keys): Decrypted | null {
  if (element.length % (2 * blockBytes) !== 0 || !/^[0-9A-Fa-f]+$/.test(element)) return null;
  const ciphertext = Buffer.from(element, 'hex');
  return withEitherKey(keys, (key) => {
    const aesKey = hash('sha1', hash('sha1', key, 'buffer'), 'buffer').subarray(0, blockBytes);
    try {
      const decipher = createDecipheriv('aes-128-ecb', aesKey, null);
      return provenJson(Buffer.concat([decipher.update(ciphertext), decipher.final()]));
    } catch {
      // Wrong padding: another key's, or another text.
      return null;
    }
  });
}

import { createCipheriv, createHash } from 'node:crypto';

const paddingBlock = 32;

/**
 * Encrypts as Echat does, whose scheme is WeChat's (Echat push, section 2): AES-256-CBC over
 * random + length + message + app id, padded to blocks of 32 although AES has blocks of 16.
 * @param message the plain XML's bytes
 * @param encodingAesKey 43 base64 characters
 * @param appId what the receiver may compare after decrypting
 * @param randomPrefix 16 bytes
 * @returns base64
 * @throws RangeError when the key or the prefix has another length
 */
export function encryptEchat(
  message: Uint8Array,
  encodingAesKey: string,
  appId: string,
  randomPrefix: Uint8Array,
): string {
  const key = Buffer.from(`${encodingAesKey}=`, 'base64');
  if (key.length !== 32) throw new RangeError('An EncodingAESKey must be 43 base64 characters (32 bytes).');
  if (randomPrefix.length !== 16) throw new RangeError('The random prefix must be 16 bytes.');
  const length = Buffer.alloc(4);
  length.writeUInt32BE(message.length);
  const unpadded = Buffer.concat([randomPrefix, length, message, Buffer.from(appId)]);
  const padding = paddingBlock - (unpadded.length % paddingBlock);
  const cipher = createCipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false);
  return Buffer.concat([
    cipher.update(unpadded),
    cipher.update(Buffer.alloc(padding, padding)),
    cipher.final(),
  ]).toString('base64');
}

/** The body of an encrypted push, laid out as in Echat's samples. */
export function echatEnvelope(ciphertext: string): string {
  return `<xml>\n    <Encrypt><![CDATA[${ciphertext}]]></Encrypt>\n</xml>`;
}

/** The `signature` of a push: sha1 over token, timestamp and nonce, sorted and joined, in lower-case hex. */
export function signEchat(token: string, timestamp: string, nonce: string): string {
  return createHash('sha1').update([token, timestamp, nonce].sort().join('')).digest('hex');
}

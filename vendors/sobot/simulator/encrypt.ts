import { createCipheriv, createHash } from 'node:crypto';

const blockBytes = 16;

/**
 * Encrypts a whole `content` as Sobot does: AES/CBC/NoPadding with the key as IV, in base64. Sobot's page shows
 * the decryption only; filling the last block with NUL is what its lack of padding suggests.
 * @param content JSON text
 * @param key 8 to 16 bytes; a shorter one than 16 is extended by its own beginning, as in Sobot's Java example
 * @throws RangeError when the key has another length
 */
export function encryptSobotContent(content: string | Buffer, key: string): string {
  const keyBytes = Buffer.from(key + key.slice(0, Math.max(0, blockBytes - key.length)));
  if (keyBytes.length !== blockBytes) throw new RangeError("Sobot's AES key must be 8 to 16 bytes long.");
  const text = typeof content === 'string' ? Buffer.from(content) : content;
  const filling = Buffer.alloc((blockBytes - (text.length % blockBytes)) % blockBytes);
  const cipher = createCipheriv('aes-128-cbc', keyBytes, keyBytes).setAutoPadding(false);
  return Buffer.concat([cipher.update(text), cipher.update(filling), cipher.final()]).toString('base64');
}

/**
 * Encrypts one calllog record as Sobot does: AES/ECB/PKCS5 in upper-case hex. The key is what Java's SHA1PRNG
 * yields when it is seeded with the shared key: the first 16 bytes of sha1(sha1(key)).
 * @param record JSON text of one record
 * @param key any length
 */
export function encryptSobotRecord(record: string | Buffer, key: string): string {
  const sha1 = (bytes: string | Buffer) => createHash('sha1').update(bytes).digest();
  const cipher = createCipheriv('aes-128-ecb', sha1(sha1(key)).subarray(0, blockBytes), null);
  return Buffer.concat([
    cipher.update(typeof record === 'string' ? Buffer.from(record) : record),
    cipher.final(),
  ])
    .toString('hex')
    .toUpperCase();
}

/** The `X-Log-Sign` of a push: md5 over the four parts, joined in this order, in lower-case hex. */
export function signSobot(
  companyId: string,
  timestampMs: string,
  randomCode: string,
  appKey: string,
): string {
  return createHash('md5')
    .update(companyId + timestampMs + randomCode + appKey)
    .digest('hex');
}

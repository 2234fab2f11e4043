import { createDecipheriv, createHash } from 'node:crypto';

// Written from the vendor's page, apart from the encryptor, so that a test of one is not a test of itself.

export function decryptSobotContent(ciphertext: string, key: string): string {
  const extended = key.length < 16 ? key + key.substring(0, 16 - key.length) : key;
  const decipher = createDecipheriv('aes-128-cbc', extended, extended).setAutoPadding(false);
  const padded = decipher.update(ciphertext, 'base64', 'utf8') + decipher.final('utf8');
  return padded.replace(/(?<!\0)\0+$/, '');
}

export function decryptSobotRecord(ciphertext: string, key: string): string {
  const first = createHash('sha1').update(key).digest();
  const aesKey = createHash('sha1').update(first).digest().subarray(0, 16);
  const decipher = createDecipheriv('aes-128-ecb', aesKey, null);
  return decipher.update(ciphertext, 'hex', 'utf8') + decipher.final('utf8');
}

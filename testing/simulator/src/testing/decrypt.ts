import { createDecipheriv, createHash } from 'node:crypto';

// Written from the vendors' pages, apart from the encryptors, so that a test of one is not a test of itself.

export function decryptEchat(ciphertext: string, encodingAesKey: string): { message: Buffer; appId: string } {
  const key = Buffer.from(`${encodingAesKey}=`, 'base64');
  const decipher = createDecipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false);
  const padded = Buffer.concat([decipher.update(ciphertext, 'base64'), decipher.final()]);
  if (padded.length % 32 !== 0) throw new Error('not padded to 32');
  const plain = padded.subarray(0, padded.length - (padded.at(-1) ?? 0));
  const end = 20 + plain.readUInt32BE(16);
  return { message: plain.subarray(20, end), appId: plain.subarray(end).toString() };
}

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

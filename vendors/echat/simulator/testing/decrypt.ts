import { createDecipheriv } from 'node:crypto';

// Written from the vendor's page, apart from the encryptor, so that a test of one is not a test of itself.

export function decryptEchat(ciphertext: string, encodingAesKey: string): { message: Buffer; appId: string } {
  const key = Buffer.from(`${encodingAesKey}=`, 'base64');
  const decipher = createDecipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false);
  const padded = Buffer.concat([decipher.update(ciphertext, 'base64'), decipher.final()]);
  if (padded.length % 32 !== 0) throw new Error('not padded to 32');
  const plain = padded.subarray(0, padded.length - (padded.at(-1) ?? 0));
  const end = 20 + plain.readUInt32BE(16);
  return { message: plain.subarray(20, end), appId: plain.subarray(end).toString() };
}

import { createDecipheriv } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { decryptEchat } from './testing/decrypt.ts';
import { echatEnvelope, encryptEchat, signEchat } from './encrypt.ts';

interface EchatVectors {
  token: string;
  encodingAesKey: string;
  appId: string;
  vectors: {
    byteLength: number;
    plaintext: string;
    ciphertext: string;
    timestamp: string;
    nonce: string;
    signature: string;
  }[];
}

const key = 'HM2kqDScHpTWglUgMqSNve0AauHeBInhqYWKPLaHuN4';

describe('the vectors of another implementation', () => {
  const { token, encodingAesKey, appId, vectors } = JSON.parse(
    readFileSync(join(import.meta.dirname, '../../../testing/e2e/vectors/echat.json'), 'utf8'),
  ) as EchatVectors;

  test.each(vectors)('$byteLength bytes', ({ plaintext, ciphertext, timestamp, nonce, signature }) => {
    const theirs = decryptEchat(ciphertext, encodingAesKey);
    expect(theirs).toEqual({ message: Buffer.from(plaintext), appId });
    // CBC: their random prefix is the first block, which is decrypted by the IV alone.
    const prefix = randomPrefixOf(ciphertext, encodingAesKey);
    expect(encryptEchat(Buffer.from(plaintext), encodingAesKey, appId, prefix)).toBe(ciphertext);
    expect(signEchat(token, timestamp, nonce)).toBe(signature);
  });
});

test('the signature of the page’s own example', () => {
  expect(signEchat('myToken', 'myTimestamp', 'myNonce')).toBe('81ceaac69a2f44be4f98d4adbea202d5792c62bb');
});

test('decrypting gives the message and the app id back', () => {
  const bytes = (minLength: number, maxLength: number) => fc.uint8Array({ minLength, maxLength });
  fc.assert(
    fc.property(bytes(0, 300), fc.string({ maxLength: 40 }), bytes(16, 16), (message, appId, prefix) => {
      const decrypted = decryptEchat(encryptEchat(message, key, appId, prefix), key);
      expect(decrypted).toEqual({ message: Buffer.from(message), appId: Buffer.from(appId).toString() });
    }),
  );
});

test('a key or a prefix of another length is an error', () => {
  const message = Buffer.from('x');
  expect(() => encryptEchat(message, 'short', '1', Buffer.alloc(16))).toThrow('43 base64 characters');
  expect(() => encryptEchat(message, key, '1', Buffer.alloc(15))).toThrow('16 bytes');
});

test('the envelope is laid out as in the samples', () => {
  expect(echatEnvelope('abc=')).toBe('<xml>\n    <Encrypt><![CDATA[abc=]]></Encrypt>\n</xml>');
});

function randomPrefixOf(ciphertext: string, encodingAesKey: string): Buffer {
  const aes = Buffer.from(`${encodingAesKey}=`, 'base64');
  const decipher = createDecipheriv('aes-256-cbc', aes, aes.subarray(0, 16)).setAutoPadding(false);
  return decipher.update(ciphertext, 'base64').subarray(0, 16);
}

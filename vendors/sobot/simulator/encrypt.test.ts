import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { decryptSobotContent, decryptSobotRecord } from './testing/decrypt.ts';
import { encryptSobotContent, encryptSobotRecord, signSobot } from './encrypt.ts';

interface Encrypted {
  key: string;
  plaintext: string;
  ciphertext: string;
}
interface SobotVectors {
  wholeContent: Encrypted[];
  perRecord: Encrypted[];
  signature: { companyId: string; timestamp: string; randomCode: string; appKey: string; sign: string }[];
}

describe('the vectors of a real Java', () => {
  const vectors = JSON.parse(
    readFileSync(join(import.meta.dirname, '../../../testing/e2e/vectors/sobot.json'), 'utf8'),
  ) as SobotVectors;

  test.each(vectors.wholeContent)('whole content, key $key', ({ key, plaintext, ciphertext }) => {
    expect(encryptSobotContent(plaintext, key)).toBe(ciphertext);
  });
  test.each(vectors.perRecord)('one record, key $key', ({ key, plaintext, ciphertext }) => {
    expect(encryptSobotRecord(plaintext, key)).toBe(ciphertext);
  });
  test.each(vectors.signature)('signature $sign', ({ companyId, timestamp, randomCode, appKey, sign }) => {
    expect(signSobot(companyId, timestamp, randomCode, appKey)).toBe(sign);
  });
});

test('decrypting gives the text back', () => {
  const text = fc.string({ unit: 'grapheme' }).filter((value) => !value.endsWith('\0'));
  const shortKey = fc.stringMatching(/^[0-9A-Za-z]{8,16}$/);
  fc.assert(
    fc.property(text, shortKey, (plain, key) => {
      expect(decryptSobotContent(encryptSobotContent(plain, key), key)).toBe(plain);
      expect(decryptSobotRecord(encryptSobotRecord(plain, key), key)).toBe(plain);
    }),
  );
});

test.each(['1234567', '12345678901234567', ''])('the key "%s" is an error', (key) => {
  expect(() => encryptSobotContent('[]', key)).toThrow('8 to 16 bytes');
});

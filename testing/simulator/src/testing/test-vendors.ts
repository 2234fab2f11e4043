import { createHash } from 'node:crypto';
import type { VendorSimulator } from '../vendor-simulator.ts';

/** A made-up vendor: it signs the body and the time, and encrypts by writing the bytes in base64. */
const vendorOf = (acknowledgement: string): VendorSimulator => ({
  readSettings(entry) {
    if (entry.account === 'none') throw new Error('needs an account.');
    return { account: entry.account ?? 'a' };
  },
  *traffic(_source, { random, identifiers, moment }) {
    for (;;) {
      const text = `{"id":"${identifiers.number()}","at":${moment()},"said":"${random.digits(40)}"}`;
      const dataType = random.pick(['opened', 'said', 'closed']);
      yield { dataType, text, secretParts: [{ start: 1, end: text.length - 1 }], records: 1 };
    }
  },
  samples: () =>
    [false, true].map((encrypted) => {
      const body = Buffer.from(encrypted ? 'a ciphertext' : '{"id":"of the page"}');
      const secretParts = encrypted ? [] : [{ start: 1, end: body.length - 1 }];
      return { name: 'opened-page', dataType: 'opened', encrypted, body, secretParts, records: 2 };
    }),
  sign(_plain, body, { signingKey }, { now, random }) {
    if (signingKey === undefined) return { query: {}, headers: {} };
    const nonce = random.digits(6);
    const signature = createHash('sha256').update(`${signingKey}${now()}${nonce}`).update(body).digest('hex');
    return { query: { nonce }, headers: { 'x-signature': signature } };
  },
  encrypt: (part, _plain, { encryptionKey = '' }, random) =>
    Buffer.concat([random.bytes(4), Buffer.from(encryptionKey), part]).toString('base64'),
  writeCiphertext: (ciphertext) => `"${ciphertext}"`,
  isAcknowledged: ({ status, body }) => status === 200 && body === acknowledgement,
});

/** Two vendors, which differ by the answer that they wait for. */
export const testVendors = { wordy: vendorOf('success'), silent: vendorOf('') };

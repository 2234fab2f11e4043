import { createHash } from 'node:crypto';
import type { Push } from '@sluice/simulator/push';
import { seededRandom } from '@sluice/simulator/random';
import { sealPush } from '@sluice/simulator/seal-push';
import { takeFirst } from '@sluice/simulator/take-first';
import { generateTraffic } from '@sluice/simulator/traffic';
import { samplePushes } from '@sluice/simulator/vendor-samples';
import type { SimulatedSource } from '@sluice/simulator/vendor-simulator';
import { decryptEchat } from './testing/decrypt.ts';
import { testSources } from './testing/test-sources.ts';

const now = () => 1_790_000_000_123;
const context = () => ({ now, random: seededRandom('seal') });
const plains = [...takeFirst(generateTraffic({ sources: testSources, seed: 'seal', run: '1', now }), 800)];

/** The payload as the gateway must publish it, by the test's own decryption. */
function publishedPayload(push: Push, source: SimulatedSource): Buffer {
  const key = source.encryptionKey;
  const text = push.body.toString('utf8');
  if (key === undefined) return push.body;
  return decryptEchat(/CDATA\[(.*)\]\]/.exec(text)?.[1] ?? '', key).message;
}

test.each(testSources)('payloadHash is that of the decrypted payload: $id', (source) => {
  const mine = [...plains, ...samplePushes(source)].filter(
    (plain) => plain.sourceId === source.id && !plain.presealed,
  );
  expect(mine.length).toBeGreaterThan(100);
  for (const plain of mine) {
    const push = sealPush(plain, source, context());
    const payload = publishedPayload(push, source);
    expect(payload.toString()).toBe(plain.text);
    expect(push.payloadHash).toBe(createHash('sha256').update(payload).digest('hex'));
    if (source.encryptionKey !== undefined) expect(push.body.toString()).not.toContain(plain.text);
  }
});

test('Echat signs in the query, with seconds', () => {
  const source = testSources[0]!;
  const plain = plains.find(({ sourceId }) => sourceId === source.id)!;
  const url = new URL(sealPush(plain, source, context()).path, 'http://gateway');
  expect(url.pathname).toBe('/v1/echat/echat-sealed');
  const { timestamp, nonce, signature, dataType } = Object.fromEntries(url.searchParams);
  expect(timestamp).toBe('1790000000');
  expect(nonce).toMatch(/^\d{10}$/);
  expect(signature).toBe(
    createHash('sha1').update([timestamp, nonce, 'token'].sort().join('')).digest('hex'),
  );
  expect(dataType).toBe(plain.dataType);
});

import { createHash } from 'node:crypto';
import type { Push } from '@sluice/simulator/push';
import { seededRandom } from '@sluice/simulator/random';
import { sealPush } from '@sluice/simulator/seal-push';
import { takeFirst } from '@sluice/simulator/take-first';
import { generateTraffic } from '@sluice/simulator/traffic';
import { samplePushes } from '@sluice/simulator/vendor-samples';
import type { SimulatedSource } from '@sluice/simulator/vendor-simulator';
import { decryptSobotContent, decryptSobotRecord } from './testing/decrypt.ts';
import { testSources } from './testing/test-sources.ts';

const now = () => 1_790_000_000_123;
const context = () => ({ now, random: seededRandom('seal') });
const plains = [...takeFirst(generateTraffic({ sources: testSources, seed: 'seal', run: '1', now }), 800)];

/** The payload as the gateway must publish it, by the test's own decryption. */
function publishedPayload(push: Push, source: SimulatedSource): Buffer {
  const key = source.encryptionKey;
  const text = push.body.toString('utf8');
  if (key === undefined) return push.body;
  const plain =
    push.dataType === 'calllog'
      ? text.replaceAll(/"([0-9A-F]{32,})"/g, (_, hex: string) => decryptSobotRecord(hex, key))
      : text.replace(
          /("content"\s*:\s*)"([^"]*)"/,
          (_, name: string, base64: string) => name + decryptSobotContent(base64, key),
        );
  return Buffer.from(plain);
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

test.each(['c1', 'c2'])(
  'Sobot signs in headers, with milliseconds and the company of the records: %s',
  (id) => {
    const source = testSources[0]!;
    const plain = plains.find(({ accountId }) => accountId === id)!;
    const { path, headers } = sealPush(plain, source, context());
    expect(path).toBe('/v1/sobot/sobot-sealed');
    expect(headers['x-log-timestamp']).toBe('1790000000123');
    const code = headers['x-log-randomcode']!;
    expect(headers['x-log-sign']).toBe(
      createHash('md5').update(`${id}1790000000123${code}appKey`).digest('hex'),
    );
  },
);

test('a signed source needs companyIds', () => {
  const { simulator } = testSources[0]!;
  expect(() => simulator.readSettings({ signed: true })).toThrow('is signed, so it needs companyIds');
  expect(simulator.readSettings({ signed: false })).toEqual({
    companyIds: ['5cc2c708202d4defaf72d4bcac362a55'],
  });
});

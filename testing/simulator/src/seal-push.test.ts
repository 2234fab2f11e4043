import { createHash } from 'node:crypto';
import { decryptEchat, decryptSobotContent, decryptSobotRecord } from './testing/decrypt.ts';
import type { Push } from './push.ts';
import { seededRandom } from './random.ts';
import { sealPush, sealPushes } from './seal-push.ts';
import type { SimulatedSource } from './simulated-sources.ts';
import { takeFirst } from './take-first.ts';
import { testSources } from './testing/test-sources.ts';
import { generateTraffic } from './traffic.ts';
import { samplePushes } from './vendor-samples.ts';

const now = () => 1_790_000_000_123;
const context = () => ({ now, random: seededRandom('seal') });
const plains = [...takeFirst(generateTraffic({ sources: testSources, seed: 'seal', run: '1', now }), 1500)];

/** The payload as the gateway must publish it, by the test's own decryption. */
function publishedPayload(push: Push, source: SimulatedSource): Buffer {
  const key = source.encryptionKey;
  const text = push.body.toString('utf8');
  if (key === undefined) return push.body;
  if (push.vendor === 'echat') return decryptEchat(/CDATA\[(.*)\]\]/.exec(text)?.[1] ?? '', key).message;
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

test('a vendor’s own ciphertext goes as it stands', () => {
  const [source] = testSources;
  const [plain] = samplePushes(source!).filter((push) => push.presealed);
  expect(sealPush(plain!, source!, context()).body.toString()).toBe(plain!.text);
});

function seal(sourceId: string, companyId?: string): Push {
  const source = testSources.find(({ id }) => id === sourceId)!;
  return sealPush(
    plains.find(
      (plain) => plain.sourceId === sourceId && (companyId === undefined || plain.companyId === companyId),
    )!,
    source,
    context(),
  );
}

test('Echat signs in the query, with seconds', () => {
  const url = new URL(seal('echat-sealed').path, 'http://gateway');
  expect(url.pathname).toBe('/v1/echat/echat-sealed');
  const { timestamp, nonce, signature, dataType } = Object.fromEntries(url.searchParams);
  expect(timestamp).toBe('1790000000');
  expect(nonce).toMatch(/^\d{10}$/);
  expect(signature).toBe(
    createHash('sha1').update([timestamp, nonce, 'token'].sort().join('')).digest('hex'),
  );
  expect(dataType).toBe(plains.find((plain) => plain.sourceId === 'echat-sealed')!.dataType);
});

test.each(['c1', 'c2'])(
  'Sobot signs in headers, with milliseconds and the company of the records: %s',
  (id) => {
    const { path, headers } = seal('sobot-sealed', id);
    expect(path).toBe('/v1/sobot/sobot-sealed');
    expect(headers['x-log-timestamp']).toBe('1790000000123');
    const code = headers['x-log-randomcode']!;
    expect(headers['x-log-sign']).toBe(
      createHash('md5').update(`${id}1790000000123${code}appKey`).digest('hex'),
    );
  },
);

test('an unsigned source is addressed by its path secret and signs nothing', () => {
  expect(seal('sobot-open')).toMatchObject({
    path: '/v1/sobot/sobot-open/path-secret',
    headers: { 'content-type': 'application/json; charset=utf-8' },
  });
});

test('sealing is lazy, and an unknown source is an error', () => {
  let clock = 0;
  const pushes = sealPushes(
    plains.filter((plain) => plain.sourceId === 'sobot-sealed'),
    testSources,
    {
      now: () => ++clock,
      random: seededRandom('lazy'),
    },
  );
  pushes.next();
  expect(clock).toBe(1);
  expect(() => sealPushes(plains, [], context()).next()).toThrow('not among the sources');
});

test('sealed again, a push has the same payload under another signature', () => {
  const push = seal('echat-sealed');
  const again = push.sealAgain();
  expect(again.payloadHash).toBe(push.payloadHash);
  expect(again.path).not.toBe(push.path);
  expect(again.body.equals(push.body)).toBe(false);
});

import { createHash } from 'node:crypto';
import type { Push } from './push.ts';
import { seededRandom } from './random.ts';
import { sealPush, sealPushes, signBody } from './seal-push.ts';
import { takeFirst } from './take-first.ts';
import { testSources } from './testing/test-sources.ts';
import { generateTraffic } from './traffic.ts';
import { samplePushes } from './vendor-samples.ts';

const now = () => 1_790_000_000_123;
const context = () => ({ now, random: seededRandom('seal') });
const plains = [...takeFirst(generateTraffic({ sources: testSources, seed: 'seal', run: '1', now }), 300)];

function seal(sourceId: string): Push {
  const source = testSources.find(({ id }) => id === sourceId)!;
  return sealPush(
    plains.find((plain) => plain.sourceId === sourceId)!,
    source,
    context(),
  );
}

test.each(testSources)('payloadHash is that of the plain text: $id', (source) => {
  const mine = plains.filter((plain) => plain.sourceId === source.id);
  expect(mine.length).toBeGreaterThan(30);
  for (const plain of mine) {
    const { body, payloadHash } = sealPush(plain, source, context());
    expect(payloadHash).toBe(createHash('sha256').update(plain.text).digest('hex'));
    // The parts that are encrypted stand where they stood.
    expect(body.toString()).toEqual(
      source.encryptionKey === undefined ? plain.text : expect.stringMatching(/^\{"[\w+/]+=*"\}$/),
    );
  }
});

test('a body that is signed goes as it stands, and is its own payload', () => {
  const body = Buffer.from([0xff, 0x00, 0x41]);
  for (const source of testSources) {
    const plain = plains.find(({ sourceId }) => sourceId === source.id)!;
    const push = signBody(plain, body, source, context());
    const ofText = sealPush({ ...plain, presealed: true }, source, context());
    expect(push.body).toBe(body);
    expect(push.payloadHash).toBe(createHash('sha256').update(body).digest('hex'));
    expect(Object.keys(push.headers)).toEqual(Object.keys(ofText.headers));
    expect(push.sealAgain().body).toBe(body);
  }
});

test('a vendor’s own ciphertext goes as it stands', () => {
  const [source] = testSources;
  const [plain] = samplePushes(source!).filter((push) => push.presealed);
  expect(sealPush(plain!, source!, context()).body.toString()).toBe(plain!.text);
});

test('a source whose vendor encrypts nothing has no key', () => {
  const [source] = testSources;
  const plaintextOnly = { ...source!, simulator: { ...source!.simulator, encrypt: null } };
  expect(() => sealPush(plains[0]!, plaintextOnly, context())).toThrow('wordy encrypts nothing');
});

test('what the vendor signs is in the query and in headers', () => {
  const { path, headers } = seal('wordy-sealed');
  expect(path).toMatch(/^\/v1\/wordy\/wordy-sealed\?nonce=\d{6}$/);
  expect(headers['x-signature']).toMatch(/^[\da-f]{64}$/);
});

test('an unsigned source is addressed by its path secret and signs nothing', () => {
  expect(seal('silent-open')).toMatchObject({ path: '/v1/silent/silent-open/path-secret', headers: {} });
});

test('the answer is judged by the vendor of the push', () => {
  const judged = ['success', ''].map((body) =>
    ['wordy-plain', 'silent-open'].map((id) => seal(id).isAcknowledged({ status: 200, body })),
  );
  expect(judged).toEqual([
    [true, false],
    [false, true],
  ]);
});

test('sealing is lazy, and an unknown source is an error', () => {
  let clock = 0;
  const pushes = sealPushes(
    plains.filter((plain) => plain.sourceId === 'wordy-plain'),
    testSources,
    { now: () => ++clock, random: seededRandom('lazy') },
  );
  pushes.next();
  expect(clock).toBe(1);
  expect(() => sealPushes(plains, [], context()).next()).toThrow('not among the sources');
});

test('sealed again, a push has the same payload under another signature', () => {
  const push = seal('wordy-sealed');
  const again = push.sealAgain();
  expect(again.payloadHash).toBe(push.payloadHash);
  expect(again.path).not.toBe(push.path);
  expect(again.body.equals(push.body)).toBe(false);
});

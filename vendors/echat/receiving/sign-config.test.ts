import { hash } from 'node:crypto';
import fc from 'fast-check';
import { Secret } from '@sluice/service/secret';
import { sourceOf } from '../../testing/golden-source.ts';
import type { EchatSource } from '../settings.ts';
import { signConfig } from './sign-config.ts';
import { verifyEchat } from './verify.ts';

const nowMs = 1_700_000_000_000;
const token = 'aTokenOfTheTests';
const source: EchatSource = {
  ...(sourceOf('echat') as EchatSource),
  token: { current: new Secret(token), previous: null },
  freshnessMs: 300_000,
  staff: { signatureLifeMs: 60_000, pages: [] },
};
const signed = () => signConfig(source, nowMs)!;
const signatureOf = (timestamp: string, nonce: string): string =>
  hash('sha1', [token, timestamp, nonce].sort().join(''));
const verify = (query: Record<string, string>) =>
  verifyEchat({ query, header: () => undefined }, source, nowMs).outcome;

test('a signature for the workbench is what the vendor verifies', () => {
  const { timestamp, nonce, signature, expiresAt } = signed();
  expect(signature).toBe(signatureOf(timestamp, nonce));
  expect([timestamp, expiresAt]).toEqual([String(nowMs / 1000), nowMs + 60_000]);
});

test('it sends no push', () => {
  const { timestamp, nonce, signature } = signed();
  expect(verify({ timestamp, nonce, signature })).toBe('refused');
});

test('it sends none either when what was joined is taken apart in another way', () => {
  const { timestamp, nonce, signature } = signed();
  const joined = [token, timestamp, nonce].sort().join('');
  const lengths = fc.nat(joined.length);
  fc.assert(
    fc.property(lengths, lengths, fc.shuffledSubarray([0, 1, 2], { minLength: 3 }), (a, b, order) => {
      const [from, to] = [Math.min(a, b), Math.max(a, b)];
      const parts = [joined.slice(0, from), joined.slice(from, to), joined.slice(to)];
      const [first = '', second = ''] = order.map((at) => parts[at] ?? '');
      expect(verify({ timestamp: first, nonce: second, signature })).toBe('refused');
    }),
    { numRuns: 3000 },
  );
  // The vendor's own nonces pass: it is the marker that is refused.
  expect(verify({ timestamp, nonce: 'aNonce', signature: signatureOf(timestamp, 'aNonce') })).toBe(
    'verified',
  );
});

test.each(['.0', ' ', '+0', 'e0'])('a signed time of an odd form is refused: with %j behind it', (behind) => {
  const timestamp = `${nowMs / 1000}${behind}`;
  expect(verify({ timestamp, nonce: 'aNonce', signature: signatureOf(timestamp, 'aNonce') })).toBe('refused');
});

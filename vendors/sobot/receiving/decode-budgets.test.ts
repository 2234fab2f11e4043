import { createCipheriv, hash } from 'node:crypto';
import fc from 'fast-check';
import { Secret } from '@sluice/service/secret';
import { sourceOf } from '../../testing/golden-source.ts';
import type { SobotSource } from '../settings.ts';
import { decodeSobot } from './decode.ts';

const key = '1234567890abcdef';
const sealed: SobotSource = {
  ...(sourceOf('sobot') as SobotSource),
  aesKey: { current: new Secret(key), previous: null },
};
const sources = [sealed, { ...sealed, plaintext: 'accept' as const }];

/** One element of a calllog: AES-128-ECB under SHA1PRNG's key, in hex. */
function call(record: string, by = key): string {
  const aesKey = hash('sha1', hash('sha1', by, 'buffer'), 'buffer').subarray(0, 16);
  const cipher = createCipheriv('aes-128-ecb', aesKey, null);
  return Buffer.concat([cipher.update(record), cipher.final()]).toString('hex');
}

const element = fc.oneof(
  fc.constant(call('{"cid":"1"}')),
  fc.constant(call('{"cid":"1"}', 'fedcba0987654321')),
  fc.constantFrom('x', '', 'a'.repeat(19), 'f'.repeat(64)),
  fc.jsonValue(),
);
const body = fc
  .record({
    pad: fc.nat(5_000),
    elements: fc.array(element, { maxLength: 40 }),
    type: fc.oneof(fc.constant('calllog'), fc.string({ maxLength: 9 })),
  })
  .map(({ pad, elements, type }) =>
    Buffer.from(JSON.stringify({ type, pad: 'x'.repeat(pad), content: elements })),
  );

function expectBounded(bytes: Buffer): void {
  for (const source of sources) {
    const { payload, undecodable } = decodeSobot(bytes, { query: {}, header: () => undefined }, source);
    const made = undecodable.reduce((sum, part) => sum + part.payload.length, payload?.length ?? 0);
    // Three times the body, and brackets and commas of a content that is put together again.
    expect(made).toBeLessThanOrEqual(3 * bytes.length + 8);
    expect(payload !== null || undecodable.length > 0).toBe(true);
  }
}

describe('what calls of which some open become is at most three times their body', () => {
  test('for any mixture of elements next to a large member', () => {
    fc.assert(fc.property(body, expectBounded), { numRuns: 500 });
  });

  test('for any of its bytes changed, cut or repeated', () => {
    fc.assert(
      fc.property(body, fc.nat(), fc.nat(255), fc.nat(4), (bytes, at, byte, times) => {
        const changed = Buffer.from(bytes);
        changed[at % changed.length] = byte;
        const cut = changed.subarray(0, at % changed.length);
        for (const one of [changed, cut, Buffer.concat(Array<Buffer>(times).fill(changed))])
          expectBounded(one);
      }),
      { numRuns: 500 },
    );
  });
});

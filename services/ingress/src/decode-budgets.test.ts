import fc from 'fast-check';
import type { Source } from '@sluice/sources/source';
import { loadReceivers, type Receivers } from '@sluice/vendor-kit/vendor';
import { vendors } from '@sluice/vendors';
import { plainAddress, plainForwardedFor } from './address.ts';
import { decodeKept } from './decode-kept.ts';
import { rawKeyOf } from './raw-key.ts';
import { sobotCall, sobotEnvelope, sources } from '../testing/test-sources.ts';

let receivers: Receivers;
beforeAll(async () => {
  receivers = await loadReceivers(vendors);
});

const bySource = (id: string): Source => sources.find((source) => source.id === id)!;
const [echatSealed, sobotSealed] = [bySource('echat-sealed'), bySource('sobot-sealed')];
const lenient: readonly Source[] = [
  { ...echatSealed, plaintext: 'accept' },
  { ...sobotSealed, plaintext: 'accept' },
];
const all = [echatSealed, sobotSealed, ...lenient, bySource('echat-plain'), bySource('sobot-open')];

/** As `Decoded` says it. */
const multiple = 3;
/** Brackets and commas of a content that is put together again. */
const slack = 8;

function expectBounded(body: Buffer, source: Source): void {
  const { payload, undecodable } = decodeKept(body, 'chatEnd', source, receivers);
  const made = undecodable.reduce((sum, part) => sum + part.payload.length, payload?.length ?? 0);
  expect(made).toBeLessThanOrEqual(multiple * body.length + slack);
  expect(payload !== null || undecodable.length > 0).toBe(true);
}

describe('what one push becomes is at most three times its body', () => {
  const element = fc.oneof(
    fc.constant(sobotCall('{"cid":"1"}')),
    fc.constant(sobotCall('{"cid":"1"}', 'fedcba0987654321')),
    fc.constantFrom('x', '', 'a'.repeat(19), 'f'.repeat(64)),
    fc.jsonValue(),
  );
  const body = fc
    .record({
      pad: fc.nat(5_000),
      elements: fc.array(element, { maxLength: 40 }),
      type: fc.string({ maxLength: 9 }),
    })
    .map(({ pad, elements, type }) =>
      Buffer.from(JSON.stringify({ type, pad: 'x'.repeat(pad), content: elements })),
    );

  test('for any mixture of elements next to a large member', () => {
    fc.assert(
      fc.property(body, (bytes) => {
        for (const source of all) expectBounded(bytes, source);
      }),
      { numRuns: 500 },
    );
  });

  test('for any of its bytes changed, cut or repeated', () => {
    fc.assert(
      fc.property(body, fc.nat(), fc.nat(255), fc.nat(4), (bytes, at, byte, times) => {
        const changed = Buffer.from(bytes);
        changed[at % changed.length] = byte;
        const cut = changed.subarray(0, at % changed.length);
        for (const source of all)
          for (const one of [changed, cut, Buffer.concat(Array<Buffer>(times).fill(changed))])
            expectBounded(one, source);
      }),
      { numRuns: 500 },
    );
  });

  test('with as many elements as a body has room for', () => {
    for (const one of ['1', '"x"', `"${'a'.repeat(19)}"`, '[]', '{}']) {
      const many = Array<string>(Math.floor(200_000 / (one.length + 1)))
        .fill(one)
        .join(',');
      for (const source of all)
        expectBounded(
          Buffer.from(`{"type":"calllog","pad":"${'x'.repeat(200_000)}","content":[${many}]}`),
          source,
        );
    }
  });
});

/** Shapes that loops and expressions take badly; each has some `size` bytes. */
const shapes: Record<string, (size: number) => Buffer> = {
  'spaces in an Encrypt element': (size) =>
    Buffer.from(`<xml><Encrypt>AAAA${' '.repeat(size)}!</Encrypt></xml>`),
  'spaces in a content': (size) => Buffer.from(`{"type":"msg","content":"${' '.repeat(size)}!"}`),
  'line breaks in a content': (size) => Buffer.from(`{"type":"msg","content":"AAAA${'\n'.repeat(size)}!"}`),
  'base64 that ends badly': (size) => Buffer.from(`{"type":"msg","content":"${'A'.repeat(size)}!"}`),
  'equals signs': (size) => Buffer.from(`{"type":"msg","content":"A${'='.repeat(size)}!"}`),
  'hex that ends badly': (size) => Buffer.from(`{"type":"calllog","content":["${'f'.repeat(size)}x"]}`),
  'character references': (size) =>
    Buffer.from(`<xml><Encrypt>${'&#13;'.repeat(size / 5)}&#1</Encrypt></xml>`),
  'open Encrypt elements': (size) => Buffer.from('<Encrypt>'.repeat(size / 9)),
  'open CDATA sections': (size) => Buffer.from(`<Encrypt>${'<![CDATA['.repeat(size / 9)}</Encrypt>`),
  'blank before a document': (size) => Buffer.from(' '.repeat(size)),
  'marks before a document': (size) => Buffer.alloc(size, '\ufeff'),
  quotes: (size) => Buffer.from(`{"${'"'.repeat(size)}`),
  backslashes: (size) => Buffer.from(`{"type":"${'\\'.repeat(size)}`),
  'deep brackets': (size) => Buffer.from(`{"content":${'['.repeat(size)}`),
  'deep brackets, closed': (size) =>
    Buffer.from(`{"content":${'['.repeat(size / 2)}${']'.repeat(size / 2)}}`),
  'deep objects': (size) => Buffer.from(`{"content":[${'{"a":'.repeat(size / 5)}`),
  'empty lists': (size) => Buffer.from(`{"content":[${'[],'.repeat(size / 3)}1]}`),
  'one name again and again': (size) => Buffer.from(`{${'"content":[],'.repeat(size / 13)}"type":"msg"}`),
  'many names': (size) => Buffer.from(`{${'"a":1,'.repeat(size / 6)}"content":[]}`),
  'escaped names': (size) => Buffer.from(`{${'"\\u0061":1,'.repeat(size / 11)}"content":[]}`),
  'long name': (size) => Buffer.from(`{"${'n'.repeat(size)}":1,"content":[]}`),
  'bytes of GBK': (size) => Buffer.concat([Buffer.from('{"content":["'), Buffer.alloc(size, 0x81)]),
  'raw control characters': (size) => Buffer.from(`{"type":"msg","content":"${'\u0001'.repeat(size)}"}`),
  'spaces behind a plaintext': (size) => sobotEnvelope(`[{"a":1}]${' '.repeat(size)}x`),
  'brackets in a plaintext': (size) => sobotEnvelope(`[{"a":${'['.repeat(size)}`),
  'quotes in a plaintext': (size) => sobotEnvelope(`[{"a":${'"'.repeat(size)}`),
  'spaces behind an id': (size) => Buffer.from(`<chatRecordId>${' '.repeat(size)}`),
  ids: (size) => Buffer.from('"cid"'.repeat(size / 5)),
  addresses: (size) => Buffer.from('[::1]:1,'.repeat(size / 8)),
  'brackets of addresses': (size) => Buffer.from('['.repeat(size)),
  'quotes of addresses': (size) => Buffer.from('"'.repeat(size)),
};

/** The least CPU time of some runs, in ms: others use the machine too. */
function leastMs(work: () => void): number {
  const times = Array.from({ length: 5 }, () => {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000;
  });
  return Math.min(...times);
}

/** 16 times the bytes: linear work takes 16 times as long, quadratic 256 times. */
const mostGrowth = 80;
/** What is not measured: below it the clock and the compiler decide. */
const leastMeasuredMs = 2;

test.each(Object.keys(shapes))('time grows with the bytes, not with their square: %s', (name) => {
  const work = (body: Buffer) => (): void => {
    for (const source of all) decodeKept(body, 'chatEnd', source, receivers);
    for (const { conversationKey } of Object.values(receivers)) rawKeyOf('a', body, 'hash', conversationKey);
    const text = body.toString('latin1');
    plainAddress(text);
    plainForwardedFor(text);
  };
  const [small, large] = [16, 256].map((kib) => work(shapes[name]!(kib * 1024)));
  const smallMs = Math.max(leastMs(small!), leastMeasuredMs);
  expect(leastMs(large!) / smallMs).toBeLessThan(mostGrowth);
});

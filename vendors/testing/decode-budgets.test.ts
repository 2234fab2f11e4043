import fc from 'fast-check';
import { Secret } from '@sluice/service/secret';
import type { Source } from '@sluice/sources/source';
import type { Receiving } from '@sluice/vendor-kit/receiving/receiving';
import { vendors, type VendorId } from '../index.ts';
import { sourceOf } from './golden-source.ts';
import { leastCpuMs } from './least-cpu-ms.ts';
import { testingOf, type VendorTesting } from './vendor-testing.ts';

/** As `Decoded` says it. */
const multiple = 3;
/** Brackets and commas of a content that is put together again. */
const slack = 8;
const head = { query: { dataType: 'x' }, header: () => undefined };

/** 16 times the bytes: linear work takes 16 times as long, quadratic 256 times. */
const mostGrowth = 80;
/** What is not measured: below it the clock and the compiler decide. */
const leastMeasuredMs = 2;

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
};

/** What is within a ciphertext, where the vendor encrypts. */
const plaintexts: Readonly<Record<string, (size: number) => string>> = {
  'spaces behind a plaintext': (size) => `{"type":"msg","content":[{"a":1}]${' '.repeat(size)}x}`,
  'brackets in a plaintext': (size) => `{"type":"msg","content":[{"a":${'['.repeat(size)}}`,
  'quotes in a plaintext': (size) => `{"type":"msg","content":[{"a":${'"'.repeat(size)}}`,
  'spaces behind a document': (size) => `<xml><a>1</a></xml>${' '.repeat(size)}x`,
  'blank before a document': (size) => `${' '.repeat(size)}<xml/>`,
};

describe.each(Object.keys(vendors) as VendorId[])('%s', (id) => {
  let receiving: Receiving;
  let testing: VendorTesting;
  /** Encrypted, where the vendor encrypts, with plaintext kept apart and accepted; and plain. */
  let sources: readonly Source[];
  beforeAll(async () => {
    receiving = await vendors[id].receiving();
    testing = await testingOf(id);
    const [{ aesKey }] = testing.keys;
    const plain = sourceOf(id);
    const encrypted: Source[] =
      aesKey === null ? [] : [{ ...plain, aesKey: { current: new Secret(aesKey), previous: null } }];
    sources = [...encrypted, ...encrypted.map((one) => ({ ...one, plaintext: 'accept' as const })), plain];
  });

  function expectBounded(body: Buffer): void {
    for (const source of sources) {
      const { payload, undecodable } = receiving.decode(body, head, source);
      const made = undecodable.reduce((sum, part) => sum + part.payload.length, payload?.length ?? 0);
      expect(made).toBeLessThanOrEqual(multiple * body.length + slack);
      expect(payload !== null || undecodable.length > 0).toBe(true);
    }
  }

  describe('what one push becomes is at most three times its body', () => {
    const element = fc.oneof(fc.constantFrom('x', '', 'a'.repeat(19), 'f'.repeat(64)), fc.jsonValue());
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

    test('with as many elements as a body has room for', () => {
      for (const one of ['1', '"x"', `"${'a'.repeat(19)}"`, '[]', '{}']) {
        const many = Array<string>(Math.floor(200_000 / (one.length + 1)))
          .fill(one)
          .join(',');
        for (const type of ['calllog', 'msg'])
          expectBounded(Buffer.from(`{"type":"${type}","pad":"${'x'.repeat(200_000)}","content":[${many}]}`));
      }
    });
  });

  function expectLinear(shape: (size: number) => Buffer): void {
    const [small = 0, large = 0] = [16, 256].map((kib) => {
      const body = shape(kib * 1024);
      return leastCpuMs(() => {
        for (const source of sources) receiving.decode(body, head, source);
      });
    });
    expect(large / Math.max(small, leastMeasuredMs)).toBeLessThan(mostGrowth);
  }

  test.each(Object.entries(shapes))('time grows with the bytes, not with their square: %s', (_, shape) => {
    expectLinear(shape);
  });

  test.each(Object.entries(plaintexts))('time grows with the plaintext: %s', (_, shape) => {
    expectLinear((size) => testing.writePush(Buffer.from(shape(size)), testing.keys[0], 0).body);
  });
});

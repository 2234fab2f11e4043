import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { Secret } from '@sluice/service/secret';
import type { SobotSource } from './settings.ts';
import type { PushHead } from '@sluice/vendor-kit/receiving/receiving';
import { elementsOf, membersOf, stringAt } from '@sluice/vendor-kit/receiving/json-span';
import { receiving as sobot } from './receiving.ts';

interface Sealed {
  key: string;
  plaintext: string;
  ciphertext: string;
}
/** Made on a real Java with the vendor's own code: see the README next to the file. */
const proof = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../testing/e2e/vectors/sobot.json'), 'utf8'),
) as {
  wholeContent: Sealed[];
  perRecord: Sealed[];
  signature: { companyId: string; timestamp: string; randomCode: string; appKey: string; sign: string }[];
};
const key = (current: string, previous?: string) => ({
  current: new Secret(current),
  previous: previous === undefined ? null : new Secret(previous),
});
const source: SobotSource = {
  id: 'sobot-test',
  vendor: 'sobot',
  stream: 'sluice',
  tenant: '',
  token: key('appKey6330'),
  aesKey: key('1234567890abcdef'),
  pathSecret: null,
  addresses: [],
  freshnessMs: 300_000,
  staleTimestamps: 'keep-apart',
  reusedSignatures: 'keep-apart',
  keptApartBytesPerHour: 1,
  plaintext: 'keep-apart',
  unlistedIds: 'accept',
  utcOffsetMinutes: 480,
  durationUnits: {},
  staff: null,
  settings: { companyIds: ['5cc2c708202d4defaf72d4bcac362a55'] },
};
const head: PushHead = { query: {}, header: () => undefined };
const envelope = (type: string, content: string) =>
  Buffer.from(`{"sys_code":"21", "type":"${type}",\n"content":${content}}`);

describe('vectors made by the vendor’s own code', () => {
  test.each(proof.wholeContent)('opens a whole content with $key', (sealed) => {
    const body = envelope('msg', JSON.stringify(sealed.ciphertext));
    expect(sobot.decode(body, head, { ...source, aesKey: key(sealed.key) })).toEqual({
      payload: envelope('msg', sealed.plaintext),
      dataType: 'msg',
      keyUsed: 'current',
      undecodable: [],
      warnings: [],
    });
  });

  test.each(proof.perRecord)('opens a calllog element with $key', (sealed) => {
    const body = envelope('calllog', JSON.stringify([sealed.ciphertext]));
    expect(sobot.decode(body, head, { ...source, aesKey: key('otherkey', sealed.key) })).toMatchObject({
      payload: envelope('calllog', `[${sealed.plaintext}]`),
      keyUsed: 'previous',
    });
  });

  test.each(proof.signature)('verifies $sign', ({ companyId, timestamp, randomCode, appKey, sign }) => {
    const signed = {
      ...source,
      token: key('another', appKey),
      settings: { companyIds: ['branch', companyId] },
    };
    const verify = (change: Record<string, string>) => {
      const headers: Record<string, string> = {
        'x-log-timestamp': timestamp,
        'x-log-randomcode': randomCode,
        'x-log-sign': sign,
        ...change,
      };
      return sobot.verify({ query: {}, header: (name) => headers[name] }, signed, Number(timestamp));
    };
    expect(verify({})).toEqual({ outcome: 'verified', signedWith: 'previous' });
    expect(verify({ 'x-log-sign': sign.toUpperCase() })).toEqual({ outcome: 'refused' });
    expect(verify({ 'x-log-randomcode': `${randomCode}1` })).toEqual({ outcome: 'refused' });
    // The parts are joined without a separator: three digits less would be seconds.
    for (const cut of [-1, -3]) {
      const shifted = {
        'x-log-timestamp': timestamp.slice(0, cut),
        'x-log-randomcode': timestamp.slice(cut) + randomCode,
      };
      expect(verify(shifted)).toEqual({ outcome: 'refused' });
    }
  });
});

describe('contents', () => {
  const [sealed] = proof.perRecord.filter(({ key: used }) => used === '1234567890abcdef');
  const encrypted = sealed!.ciphertext;

  test('of several elements the ones that open continue, the others are kept by what is wrong with them', () => {
    const sample = '0PKeYX9heDTiqE8Bi+sFBO9Id1OUvJCw9Okk0j9DITG6jCD8MxqGEBvIv6EyU3Ul6KeZ3';
    const body = envelope('calllog', JSON.stringify([encrypted, sample, 'plain', { forged: 1 }, sample]));
    expect(sobot.decode(body, head, source)).toMatchObject({
      payload: envelope('calllog', `[${sealed!.plaintext}]`),
      undecodable: [
        { payload: envelope('calllog', `["${sample}","${sample}"]`), reason: 'UNDECRYPTABLE' },
        { payload: envelope('calllog', '["plain",{"forged":1}]'), reason: 'PLAINTEXT' },
      ],
      warnings: [],
    });
    expect(sobot.decode(body, head, { ...source, plaintext: 'accept' })).toMatchObject({
      payload: envelope('calllog', `[${sealed!.plaintext},"plain",{"forged":1}]`),
      undecodable: [{ reason: 'UNDECRYPTABLE' }],
      warnings: ['plain-content'],
    });
  });

  test('when none opens, the push is kept whole', () => {
    const body = envelope('calllog', JSON.stringify(['ff'.repeat(32), 'not hex, but longer than nineteen']));
    const decoded = sobot.decode(body, head, source);
    expect(decoded.undecodable).toEqual([
      { payload: body, reason: 'UNDECRYPTABLE', detail: expect.any(String) as string },
    ]);
  });

  test.each(['[{"cid":"1"}]', '{"cid":"1"}', '[1, "short"]'])(
    'plaintext %s of an encrypted source is kept apart, or continues where the source accepts it',
    (content) => {
      const body = envelope('msg', content);
      expect(sobot.decode(body, head, source)).toMatchObject({
        payload: null,
        undecodable: [{ payload: body, reason: 'PLAINTEXT' }],
      });
      expect(sobot.decode(body, head, { ...source, plaintext: 'accept' })).toMatchObject({
        payload: body,
        undecodable: [],
        warnings: ['plain-content'],
      });
    },
  );

  test.each(['"content"', '"con\\u0074ent"'])(
    'a second %s next to the encrypted one opens nothing',
    (name) => {
      const { ciphertext } = proof.wholeContent.find(({ key: used }) => used === '1234567890abcdef')!;
      const body = Buffer.from(`{"type":"msg","content":"${ciphertext}",${name}:[{"cid":"forged"}]}`);
      expect(sobot.decode(body, head, source)).toMatchObject({
        payload: null,
        undecodable: [{ payload: body, reason: 'NO_ENVELOPE' }],
      });
    },
  );

  test('more elements than a payload may hold are one dead letter with the whole body', () => {
    const body = envelope('calllog', JSON.stringify(['x', ...Array<string>(1_000).fill(encrypted)]));
    const { payload, undecodable } = sobot.decode(body, head, source);
    // Booleans: Jest would take minutes to show the difference of two long bodies.
    expect([payload === null, undecodable.map(({ reason }) => reason)]).toEqual([true, ['TOO_LARGE']]);
    expect(undecodable[0]?.payload.equals(body)).toBe(true);
  });

  test('a plain source passes the body on, byte for byte, trailing commas and all', () => {
    const body = envelope('user', '[{"cid":"1",}]');
    expect(sobot.decode(body, head, { ...source, aesKey: null })).toMatchObject({
      payload: body,
      dataType: 'user',
    });
  });

  test.each([
    ['an empty body', Buffer.alloc(0), 'EMPTY'],
    ['white space alone', Buffer.from(' \n'), 'EMPTY'],
    ['what is not JSON', Buffer.from('<xml/>'), 'NOT_JSON'],
    ['an object that does not end', Buffer.from('{"type":"msg","content":['), 'NOT_JSON'],
    ['two objects', Buffer.from('{"content":[]}{}'), 'NOT_JSON'],
    ['no content', Buffer.from('{"type":"msg"}'), 'NO_ENVELOPE'],
    ['an empty list', Buffer.from('{"type":"msg","content":[]}'), 'EMPTY'],
    ['content that is a number', Buffer.from('{"type":"msg","content":1}'), 'NO_ENVELOPE'],
    ['another key', envelope('msg', JSON.stringify(proof.wholeContent[2]!.ciphertext)), 'UNDECRYPTABLE'],
    ['what is not base64', envelope('msg', '"***"'), 'UNDECRYPTABLE'],
  ])('%s is kept as undecodable, with its bytes', (_name, body, reason) => {
    expect(sobot.decode(body, head, source)).toMatchObject({
      payload: null,
      undecodable: [{ payload: body, reason }],
    });
  });
});

describe('reading the envelope', () => {
  test('finds the members of any object, as JSON.parse does', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.constantFrom(0, 2), (value, indent) => {
        const bytes = Buffer.from(JSON.stringify(value, null, indent));
        const members = membersOf(bytes);
        for (const [name, member] of Object.entries(JSON.parse(bytes.toString()) as object)) {
          const span = members?.get(name)?.at(-1);
          expect(JSON.parse(bytes.toString('utf8', span!.start, span!.end))).toEqual(member);
        }
      }),
    );
  });

  test('finds the elements of any array', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), (value) => {
        const bytes = Buffer.from(JSON.stringify(value));
        const elements = elementsOf(bytes, { start: 0, end: bytes.length });
        expect(
          elements?.map(({ start, end }) => JSON.parse(bytes.toString('utf8', start, end)) as unknown),
        ).toEqual(JSON.parse(bytes.toString()));
      }),
    );
  });

  test('no bytes throw', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...Array.from('{}[]",:\\ a1\u0000')) }), (text) => {
        const bytes = Buffer.from(text);
        const members = membersOf(bytes);
        for (const span of [...(members?.values() ?? [])].flat()) {
          stringAt(bytes, span);
          elementsOf(bytes, span);
        }
        sobot.decode(bytes, head, source);
      }),
      { numRuns: 2000 },
    );
  });
});

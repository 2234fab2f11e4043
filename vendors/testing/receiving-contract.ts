import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { Secret } from '@sluice/service/secret';
import type { Keys, Source } from '@sluice/sources/source';
import type { PushHead, Receiving } from '@sluice/vendor-kit/receiving/receiving';
import { z } from 'zod';
import { documentedShapes, pathsOf } from '../field-coverage/documented.ts';
import { vendors, type VendorId } from '../index.ts';
import { arbitraryRecord } from './arbitrary-record.ts';
import { goldenCases, sourceOf } from './golden-source.ts';
import { testingOf, type TestKeys, type TestPush, type VendorTesting } from './vendor-testing.ts';

/** A whole second, so that vendors that sign seconds lose nothing of it. */
const nowMs = 1_700_000_000_000;
const freshnessMs = 300_000;
const acknowledgementBytes = 1024;

const keysOf = (current: string, previous: string | null = null): Keys => ({
  current: new Secret(current),
  previous: previous === null ? null : new Secret(previous),
});

const headOf = ({ query, headers }: TestPush): PushHead => ({ query, header: (name) => headers[name] });

/** What ingress makes of a push: `refused`, or its freshness and the token that signed it. */
function judge(receiving: Receiving, push: TestPush, source: Source, atMs = nowMs): string {
  const head = headOf(push);
  const verification = receiving.verify(head, source, atMs);
  if (verification.outcome === 'refused') return 'refused';
  if (verification.outcome !== 'body-signed') return `${verification.outcome} ${verification.signedWith}`;
  const signedWith = receiving.verifyBody?.(push.body, head, source) ?? null;
  return signedWith === null ? 'refused' : `${verification.freshness} ${signedWith}`;
}

/** The push with another value of a header or query parameter; undefined: without it. */
function withPart(push: TestPush, name: string, value: string | undefined): TestPush {
  const change = (parts: Readonly<Record<string, string>>): Record<string, string> => {
    if (!(name in parts)) return parts;
    const { [name]: _old, ...rest } = parts;
    return value === undefined ? rest : { ...rest, [name]: value };
  };
  return { ...push, query: change(push.query), headers: change(push.headers) };
}

function partOf({ query, headers }: TestPush, name: string): string {
  const value = query[name] ?? headers[name];
  if (value === undefined) throw new Error(`writePush writes no query parameter or header ${name}.`);
  return value;
}

/** The text with one character changed, once for each: digits stay digits, so that a time stays a time. */
const changedTexts = (text: string): string[] =>
  Array.from(text, (char, at) => {
    const code = text.charCodeAt(at);
    const other = /\d/.test(char) ? String((Number(char) + 1) % 10) : String.fromCharCode(code ^ 1);
    return text.slice(0, at) + other + text.slice(at + 1);
  });

function withByte(bytes: Buffer, at: number, byte: number): Buffer {
  const changed = Buffer.from(bytes);
  if (changed.length > 0) changed[at % changed.length] = byte;
  return changed;
}

/** What the receiving half of a vendor owes to ingress. Called within the `describe` of a vendor. */
export function receivingContract(id: VendorId): void {
  let receiving: Receiving;
  let testing: VendorTesting;
  let ours: TestKeys;
  let others: TestKeys;
  let payload: Buffer;
  let payloads: fc.Arbitrary<Buffer>;

  beforeAll(async () => {
    receiving = await vendors[id].receiving();
    testing = await testingOf(id);
    [ours, others] = testing.keys;
    const [shape] = documentedShapes(id);
    if (!shape) throw new Error(`vendors/${id}/documented.json has no shape.`);
    payload = Buffer.from(testing.writeRecord(pathsOf(shape).map((path) => [path, 'value'])).payload);
    payloads = arbitraryRecord(shape, testing.writeRecord).map((record) => Buffer.from(record.payload));
  });

  /** A source of these keys, of the kind that `writePush` sends to. */
  const source = (
    { token, aesKey }: TestKeys = ours,
    previous: TestKeys | null = null,
    change: Partial<Source> = {},
  ): Source => ({
    ...sourceOf(id),
    freshnessMs,
    token: keysOf(token, previous?.token ?? null),
    aesKey: aesKey === null ? null : keysOf(aesKey, previous?.aesKey ?? null),
    settings: z.object(vendors[id].settings).parse(testing.settings),
    ...change,
  });
  const plain = (keys: TestKeys): TestKeys => ({ ...keys, aesKey: null });
  /** The forms that a vendor's pushes have: plain, and encrypted where it encrypts. */
  const forms = (): TestKeys[] => (ours.aesKey === null ? [ours] : [plain(ours), ours]);
  const judged = (push: TestPush, of = source(), atMs = nowMs): string => judge(receiving, push, of, atMs);

  test('takes the keys and settings of its own tests for those of a source', () => {
    for (const keys of [ours, others]) {
      expect(vendors[id].problemsOf(source(keys))).toEqual([]);
      expect(Buffer.byteLength(keys.token)).toBeGreaterThanOrEqual(vendors[id].shortestTokenBytes);
    }
    expect(others.token).not.toBe(ours.token);
    expect(others.aesKey === null).toBe(ours.aesKey === null);
  });

  test('has a writer of pushes that takes nothing of the half that reads them', () => {
    const writer = readFileSync(join(import.meta.dirname, `../${id}/testing.ts`), 'utf8');
    const imported = [...writer.matchAll(/(?:from|import|import\() ?'([^']+)'/g)].map(([, path]) => path);
    expect(imported.filter((path) => /receiving|vendor\.ts|vendor-kit/.test(path ?? ''))).toEqual([]);
  });

  test('accepts a signed push, plain or encrypted, and opens it to the bytes of its payload', () => {
    for (const keys of forms()) {
      const accept = (bytes: Buffer): void => {
        const push = testing.writePush(bytes, keys, nowMs);
        expect(judged(push, source(keys))).toBe('verified current');
        const decoded = receiving.decode(push.body, headOf(push), source(keys));
        expect(decoded.undecodable).toEqual([]);
        expect(decoded.keyUsed).toBe(keys.aesKey === null ? 'none' : 'current');
        expect(decoded.payload?.toString('latin1')).toBe(bytes.toString('latin1'));
        expect(push.body.equals(bytes)).toBe(keys.aesKey === null);
      };
      accept(payload);
      fc.assert(
        fc.property(payloads, (sent) => {
          accept(sent);
        }),
        { numRuns: 50 },
      );
    }
  });

  test('takes an unsigned push of a source without a token', () => {
    const push = testing.writePush(payload, plain(ours), nowMs);
    const bare = { ...push, query: {}, headers: {} };
    expect(judged(bare, source(plain(ours), null, { token: null }))).toBe('verified none');
    expect(judged(bare)).toBe('refused');
  });

  test('refuses a push when one character of its signature is changed', () => {
    const { signature } = testing.signed;
    const push = testing.writePush(payload, ours, nowMs);
    expect(judged(push)).toBe('verified current');
    for (const changed of changedTexts(partOf(push, signature)))
      expect(judged(withPart(push, signature, changed))).toBe('refused');
  });

  test('refuses a push whose signature is missing, empty, cut, or there twice', () => {
    const { signature } = testing.signed;
    const push = testing.writePush(payload, ours, nowMs);
    const sent = partOf(push, signature);
    for (const value of [
      undefined,
      '',
      ' ',
      sent.slice(0, -1),
      sent.slice(1),
      `${sent}, ${sent}`,
      `${sent} `,
    ])
      expect(judged(withPart(push, signature, value))).toBe('refused');
  });

  test('tells the signature of a push, and an empty text for an unsigned one', () => {
    const { signature } = testing.signed;
    const push = testing.writePush(payload, ours, nowMs);
    expect(receiving.signatureOf(headOf(push))).toBe(partOf(push, signature));
    expect(receiving.signatureOf(headOf(withPart(push, signature, undefined)))).toBe('');
  });

  test('refuses a push when one character of its signed time is changed, or the time is missing', () => {
    const { time } = testing.signed;
    if (time === null) return;
    const push = testing.writePush(payload, ours, nowMs);
    for (const changed of [undefined, '', ...changedTexts(partOf(push, time))])
      expect(judged(withPart(push, time, changed))).toBe('refused');
  });

  test('refuses a body that the signature covers when one byte of it is changed', () => {
    const push = testing.writePush(payload, ours, nowMs);
    if (receiving.verify(headOf(push), source(), nowMs).outcome !== 'body-signed') return;
    const { body } = push;
    const changed = Array.from(body, (byte, at) => withByte(body, at, byte ^ 1));
    for (const other of [
      ...changed,
      Buffer.alloc(0),
      body.subarray(1),
      body.subarray(0, -1),
      Buffer.concat([body, Buffer.from(' ')]),
    ])
      expect(judged({ ...push, body: other })).toBe('refused');
  });

  test('refuses a push that was signed with another token', () => {
    const push = testing.writePush(payload, { ...ours, token: others.token }, nowMs);
    expect(judged(push)).toBe('refused');
    expect(judged(push, source(others))).toBe('verified current');
  });

  test('judges a push outside of freshnessMs as stale, by a time that is signed', () => {
    const push = testing.writePush(payload, ours, nowMs);
    const outside = testing.signed.time === null ? 'verified current' : 'stale current';
    expect(judged(push, source(), nowMs + freshnessMs)).toBe('verified current');
    expect(judged(push, source(), nowMs + freshnessMs + 1_000)).toBe(outside);
    expect(judged(push, source(), nowMs - 24 * 3_600_000)).toBe(outside);
  });

  test('accepts both live keys while they rotate, and tells which one was used', () => {
    for (const keys of forms()) {
      const next = keys.aesKey === null ? plain(others) : others;
      const rotating = source(next, keys);
      const used = (sent: TestKeys): string[] => {
        const push = testing.writePush(payload, sent, nowMs);
        const { keyUsed, payload: decoded } = receiving.decode(push.body, headOf(push), rotating);
        expect(decoded).toEqual(payload);
        return [judged(push, rotating), keyUsed];
      };
      const usedFor = (live: string): string => (keys.aesKey === null ? 'none' : live);
      expect(used(keys)).toEqual(['verified previous', usedFor('previous')]);
      expect(used(next)).toEqual(['verified current', usedFor('current')]);
      expect(used({ ...next, token: keys.token })).toEqual(['verified previous', usedFor('current')]);
    }
  });

  test('opens nothing that was encrypted with another key, and keeps it', () => {
    if (ours.aesKey === null) return;
    const push = testing.writePush(payload, { ...ours, aesKey: others.aesKey }, nowMs);
    expect(receiving.decode(push.body, headOf(push), source())).toMatchObject({
      payload: null,
      undecodable: [{ payload: push.body, reason: 'UNDECRYPTABLE' }],
    });
  });

  test('never throws on any body or head, and opens it to at most three times its bytes', () => {
    const pushes = forms().map((keys) => testing.writePush(payload, keys, nowMs));
    const piece = fc
      .tuple(fc.constantFrom(...pushes), fc.nat(), fc.nat(64))
      .map(([{ body }, at, length]) => body.subarray(at % body.length, (at % body.length) + length));
    const bodies = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
      fc
        .tuple(fc.constantFrom(...pushes), fc.nat(), fc.nat(255))
        .map(([{ body }, at, byte]) => withByte(body, at, byte)),
      fc
        .tuple(fc.constantFrom(...pushes), fc.nat())
        .map(([{ body }, at]) => body.subarray(0, at % body.length)),
      fc.array(piece, { maxLength: 12 }).map((pieces) => Buffer.concat(pieces)),
      fc
        .tuple(piece, fc.constantFrom(...pushes))
        .map(([first, { body }]) => Buffer.concat([body, first, body])),
    );
    const names = pushes.flatMap(({ query, headers }) => [...Object.keys(query), ...Object.keys(headers)]);
    const heads = fc.record({
      name: fc.constantFrom(...names),
      value: fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(undefined, '', '0'.repeat(5_000))),
    });
    const policies = fc.record({
      plaintext: fc.constantFrom('accept' as const, 'keep-apart' as const),
      unlistedIds: fc.constantFrom('accept' as const, 'keep-apart' as const),
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...forms()),
        bodies,
        fc.option(heads),
        policies,
        (keys, body, change, policy) => {
          const sent = testing.writePush(payload, keys, nowMs);
          const changed = change === null ? sent : withPart(sent, change.name, change.value);
          const of = source(keys, others, policy);
          judged({ ...changed, body }, of);
          receiving.verifyBody?.(body, headOf(changed), of);
          const decoded = receiving.decode(body, headOf(changed), of);
          const kept = decoded.undecodable.reduce((sum, part) => sum + part.payload.length, 0);
          expect(kept + (decoded.payload?.length ?? 0)).toBeLessThanOrEqual(3 * body.length);
          // Whatever is sent continues, or is kept.
          expect(decoded.undecodable.length + (decoded.payload === null ? 0 : 1)).toBeGreaterThan(0);
          expect(['', decoded.dataType]).toContain(receiving.dataTypeOf(headOf(changed)));
        },
      ),
      { numRuns: 3_000 },
    );
  });

  test('acknowledges with a body within 1 KiB', () => {
    expect(Buffer.byteLength(receiving.acknowledgement)).toBeLessThanOrEqual(acknowledgementBytes);
  });

  test('finds the id of a conversation in a payload that has one, right behind its opening', () => {
    const { opening, form } = receiving.conversationKey;
    const texts = goldenCases()
      .filter(({ vendor }) => vendor === id)
      .map(({ input }) => readFileSync(input, 'latin1'));
    const behind = texts
      .filter((text) => text.includes(opening))
      .map((text) => text.slice(text.indexOf(opening) + opening.length));
    const found = behind.filter((text) => (form.exec(text)?.[1] ?? '') !== '');
    expect(found.length).toBeGreaterThan(0);
    // Anchored, and without a state: a search would continue into what people typed, and a state into another push.
    expect(form.source).toMatch(/^\^/);
    expect(form.flags).toBe('');
    for (const text of found) expect(form.exec(`\0${text}`)).toBeNull();
    expect(opening).not.toBe('');
  });
}

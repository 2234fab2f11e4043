import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Secret } from '@sluice/service/secret';
import type { PushHead } from '@sluice/vendor-kit/receiving/receiving';
import fc from 'fast-check';
import { sourceOf } from '../testing/golden-source.ts';
import { mapping } from './mapping.ts';
import { receiving as zendesk } from './receiving.ts';
import type { ZendeskSource } from './settings.ts';
import { publishedSecret, zendesk as vendor } from './vendor.ts';

const key = (current: string, previous?: string) => ({
  current: new Secret(current),
  previous: previous === undefined ? null : new Secret(previous),
});
const secret = 'c2VjcmV0LW9mLXRoZS10ZXN0cy1hbmQtb2Ytbm9ib2R5LWVsc2U=';
const timestamp = '2025-01-08T10:12:08Z';
const nowMs = Date.parse(timestamp) + 1_000;
const body = readFileSync(join(import.meta.dirname, 'fixtures/ticket.created-sample/input.json'));
const source = {
  ...sourceOf('zendesk'),
  token: key(secret),
  freshnessMs: 300_000,
} as ZendeskSource;

/** As the vendor's page says it, apart from the code under test. */
const signatureOf = (sent: Buffer, at = timestamp, by = secret): string =>
  createHmac('sha256', by).update(`${at}${sent.toString()}`).digest('base64');

const headOf = (change: Record<string, string | undefined> = {}): PushHead => {
  const headers: Record<string, string | undefined> = {
    'x-zendesk-webhook-signature': signatureOf(body),
    'x-zendesk-webhook-signature-timestamp': timestamp,
    ...change,
  };
  return { query: {}, header: (name) => headers[name] };
};

/** Both steps, as ingress takes them. */
function judge(head: PushHead, sent = body, of = source, atMs = nowMs): string {
  const verification = zendesk.verify(head, of, atMs);
  if (verification.outcome !== 'body-signed') return verification.outcome;
  const signedWith = zendesk.verifyBody?.(sent, head, of) ?? null;
  return signedWith === null ? 'refused' : `${verification.freshness} ${signedWith}`;
}

describe('the signature', () => {
  test('is one that was computed elsewhere', () => {
    // printf '%s%s' 2021-03-25T05:09:27Z '{"a":1}' | openssl dgst -sha256 -hmac "$SECRET" -binary | base64
    const head = headOf({
      'x-zendesk-webhook-signature': '/mXSigLOoEkcTQbsWqgaVKrxFhN+K298pf/niM2rAnI=',
      'x-zendesk-webhook-signature-timestamp': '2021-03-25T05:09:27Z',
    });
    const of = { ...source, token: key(publishedSecret) };
    expect(judge(head, Buffer.from('{"a":1}'), of, Date.parse('2021-03-25T05:09:27Z'))).toBe(
      'verified current',
    );
  });

  test('passes by either live key', () => {
    expect(judge(headOf())).toBe('verified current');
    expect(judge(headOf(), body, { ...source, token: key('x'.repeat(44), secret) })).toBe(
      'verified previous',
    );
    expect(judge(headOf(), body, { ...source, token: key('x'.repeat(44)) })).toBe('refused');
  });

  const signature = signatureOf(body);
  test.each<[what: string, change: Record<string, string | undefined>]>([
    ['no signature', { 'x-zendesk-webhook-signature': undefined }],
    ['an empty signature', { 'x-zendesk-webhook-signature': '' }],
    ['no timestamp', { 'x-zendesk-webhook-signature-timestamp': undefined }],
    ['the signature twice', { 'x-zendesk-webhook-signature': `${signature}, ${signature}` }],
    ['the timestamp twice', { 'x-zendesk-webhook-signature-timestamp': `${timestamp}, ${timestamp}` }],
    [
      'the signature in hex',
      { 'x-zendesk-webhook-signature': Buffer.from(signature, 'base64').toString('hex') },
    ],
    [
      'the signature in the other alphabet',
      { 'x-zendesk-webhook-signature': Buffer.from(signature, 'base64').toString('base64url') },
    ],
    ['the signature without its padding', { 'x-zendesk-webhook-signature': signature.replace('=', '') }],
    ['the signature in capitals', { 'x-zendesk-webhook-signature': signature.toUpperCase() }],
    ['another second', { 'x-zendesk-webhook-signature-timestamp': '2025-01-08T10:12:09Z' }],
    ['the same second otherwise', { 'x-zendesk-webhook-signature-timestamp': '2025-01-08T10:12:08.0Z' }],
    [
      'a timestamp that takes a part of the body',
      { 'x-zendesk-webhook-signature-timestamp': `${timestamp}{` },
    ],
    ['a timestamp in seconds', { 'x-zendesk-webhook-signature-timestamp': '1736331128' }],
    ['a day that never was', { 'x-zendesk-webhook-signature-timestamp': '2025-13-08T10:12:08Z' }],
    [
      'another secret',
      { 'x-zendesk-webhook-signature': signatureOf(body, timestamp, 'another secret of 32 bytes, at least') },
    ],
  ])('with %s is refused', (_what, change) => {
    expect(judge(headOf(change))).toBe('refused');
  });

  test.each([
    ['x-zendesk-webhook-signature', `${signature}, ${signature}`],
    ['x-zendesk-webhook-signature', signature.replace('=', '')],
    ['x-zendesk-webhook-signature-timestamp', `${timestamp}, ${timestamp}`],
    ['x-zendesk-webhook-signature-timestamp', '2025-02-30'],
  ])('without the form of %s is refused before the body is read: %s', (name, value) => {
    expect(zendesk.verify(headOf({ [name]: value }), source, nowMs)).toEqual({ outcome: 'refused' });
  });

  test('signs every byte of the body', () => {
    for (const at of [0, 1, body.length >> 1, body.length - 1]) {
      const changed = Buffer.from(body);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(judge(headOf(), changed)).toBe('refused');
    }
    expect(judge(headOf(), body.subarray(0, -1))).toBe('refused');
    expect(judge(headOf(), Buffer.concat([body, Buffer.from(' ')]))).toBe('refused');
    expect(judge(headOf(), Buffer.alloc(0))).toBe('refused');
  });

  test('of bytes that are no UTF-8 is that of the bytes', () => {
    const bytes = Buffer.from('7b22ff22', 'hex');
    const sign = createHmac('sha256', secret).update(timestamp).update(bytes).digest('base64');
    expect(judge(headOf({ 'x-zendesk-webhook-signature': sign }), bytes)).toBe('verified current');
    expect(judge(headOf({ 'x-zendesk-webhook-signature': sign }), Buffer.from(bytes.toString()))).toBe(
      'refused',
    );
  });

  test('is stale outside of the window, and told apart from a forged one', () => {
    expect(judge(headOf(), body, source, Date.parse(timestamp) + 300_000)).toBe('verified current');
    expect(judge(headOf(), body, source, Date.parse(timestamp) + 300_001)).toBe('stale current');
    expect(judge(headOf(), body, source, Date.parse(timestamp) - 300_001)).toBe('stale current');
    expect(judge(headOf(), body.subarray(1), source, nowMs + 300_001)).toBe('refused');
  });

  test('is not asked for where the source is unsigned', () => {
    const unsigned = { ...source, token: null };
    expect(judge(headOf({ 'x-zendesk-webhook-signature': undefined }), body, unsigned)).toBe('verified');
  });

  test('is what tells a repetition', () => {
    expect(zendesk.signatureOf(headOf())).toBe(signature);
    expect(zendesk.signatureOf(headOf({ 'x-zendesk-webhook-signature': undefined }))).toBe('');
  });
});

describe('the body', () => {
  test.each([
    ['zen:event-type:ticket.created', 'ticket.created', []],
    ['zen:event-type/user.merged', 'user.merged', []],
    ['ticket.created', '', ['odd-data-type']],
    ['zen:event-type:a b', '', ['odd-data-type']],
    ['', '', ['odd-data-type']],
  ])('of type %s is the payload, byte for byte', (type, dataType, warnings) => {
    const sent = Buffer.from(`{"account_id":1, "detail":{"type":"TASK"},"type":${JSON.stringify(type)}}`);
    expect(zendesk.decode(sent, headOf(), source)).toEqual({
      payload: sent,
      dataType,
      keyUsed: 'none',
      undecodable: [],
      warnings,
    });
  });

  test.each([
    ['', 'EMPTY'],
    [' \n', 'EMPTY'],
    ['hello', 'NOT_JSON'],
    ['[]', 'NOT_JSON'],
    ['{"type":', 'NOT_JSON'],
    ['{}{}', 'NOT_JSON'],
  ])('%j is kept as undecodable, with its bytes', (text, reason) => {
    const sent = Buffer.from(text);
    expect(zendesk.decode(sent, headOf(), source)).toMatchObject({
      payload: null,
      undecodable: [{ payload: sent, reason }],
    });
  });

  test('no bytes throw', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...Array.from('{}[]",:\\ a1\u0000type')) }), (text) => {
        zendesk.decode(Buffer.from(text), headOf(), source);
        mapping.pushes.parse(Buffer.from(text), '', '');
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('the key of a conversation', () => {
  const { opening, form } = zendesk.conversationKey;
  const keyOf = (payload: string): string | null => {
    const at = payload.indexOf(opening);
    return at < 0 ? null : (form.exec(payload.slice(at + opening.length))?.[1] ?? null);
  };

  test('is the ticket of the subject', () => {
    expect(keyOf(body.toString())).toBe('5158');
    expect(keyOf('{"subject":"zen:agent:10011"}')).toBeNull();
    expect(keyOf('{"type":"zen:event-type:ticket.created"}')).toBeNull();
  });

  test('ignores an id that a customer typed', () => {
    const event = { detail: { subject: '"zen:ticket:1"', id: '2' }, subject: 'zen:ticket:2' };
    expect(keyOf(JSON.stringify(event))).toBeNull();
  });
});

describe('a source', () => {
  test('must not be encrypted, nor signed with the secret that the vendor publishes', () => {
    expect(vendor.problemsOf(source)).toEqual([]);
    expect(vendor.problemsOf({ ...source, aesKey: key('k') })).toEqual([
      expect.stringContaining('must not be encrypted') as string,
    ]);
    for (const token of [key(publishedSecret), key(secret, publishedSecret)])
      expect(vendor.problemsOf({ ...source, token })).toEqual([
        expect.stringContaining('published test secret') as string,
      ]);
  });

  test('that lists its accounts knows the others', () => {
    const parsed = mapping.pushes.parse(body, '', '');
    if (parsed.outcome !== 'parsed') throw new Error(parsed.detail);
    const [record] = parsed.records;
    const unlisted = (accountIds: string[]) =>
      mapping.pushes.unlistedIdOf?.(record!.fields, { ...source, settings: { accountIds } });
    expect(unlisted([])).toBeNull();
    expect(unlisted(['1', '22129848'])).toBeNull();
    expect(unlisted(['1'])).toBe('22129848');
  });
});

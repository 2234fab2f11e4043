import { Secret } from '@sluice/service/secret';
import fc from 'fast-check';
import { writeTicket, writeToken } from '../testing/write-ticket.ts';
import { signTicket, verifyTicket } from './page-ticket.ts';

const nowMs = 1_700_000_000_000;
const key = 'a key of thirty-two bytes, or of more';
const keys = { current: new Secret('another key, which came after this one'), previous: new Secret(key) };
const page = { sourceId: 'shop', pageId: 'panel' };
const ticket = { ...page, staffId: '8021', expiresAtMs: nowMs + 60_000 };
const claims = { aud: 'shop', iss: 'panel', sub: '8021', exp: nowMs / 1000 + 60 };
const verdictOf = (text: string) => verifyTicket(text, keys, page, nowMs);

test.each([ticket, { ...ticket, staffId: null }])(
  'a ticket is what every release writes: %p',
  async (one) => {
    expect(await signTicket(one, key)).toBe(writeTicket(one, key));
  },
);

test('a ticket says who is there, and by which key', async () => {
  expect(await verdictOf(writeTicket(ticket, key))).toEqual({
    outcome: 'good',
    ticket,
    signedWith: 'previous',
  });
  expect(await verdictOf(writeTicket(ticket, keys.current.reveal()))).toEqual({
    outcome: 'good',
    ticket,
    signedWith: 'current',
  });
});

test('a page whose key has no predecessor knows one key', async () => {
  const only = { current: keys.previous, previous: null };
  expect(await verifyTicket(writeTicket(ticket, key), only, page, nowMs)).toMatchObject({
    signedWith: 'current',
  });
  const other = writeTicket(ticket, keys.current.reveal());
  expect(await verifyTicket(other, only, page, nowMs)).toEqual({ outcome: 'invalid' });
});

test("another library's order of claims, and further ones, are as good", async () => {
  const head = { typ: 'JWT', alg: 'HS256', kid: '1' };
  const text = writeToken(head, { iat: 1, ...claims, sub: undefined }, key);
  expect(await verdictOf(text)).toEqual({
    outcome: 'good',
    ticket: { ...ticket, staffId: null },
    signedWith: 'previous',
  });
});

test.each([
  ['no signature', { alg: 'none' }, claims],
  ['another algorithm', { alg: 'HS512' }, claims],
  ['no algorithm', {}, claims],
  ['another source', { alg: 'HS256' }, { ...claims, aud: 'another' }],
  ['no source', { alg: 'HS256' }, { ...claims, aud: undefined }],
  ['another page', { alg: 'HS256' }, { ...claims, iss: 'another' }],
  ['no object', { alg: 'HS256' }, null],
  ['a head that must be understood', { alg: 'HS256', crit: ['x'], x: 1 }, claims],
])('%s is invalid', async (_name, head, said) => {
  expect(await verdictOf(writeToken(head, said, key))).toEqual({ outcome: 'invalid' });
});

test('no key is as good as an algorithm without a signature', async () => {
  const signed = writeToken({ alg: 'none' }, claims, key);
  const unsigned = signed.slice(0, signed.lastIndexOf('.') + 1);
  expect(await verdictOf(unsigned)).toEqual({ outcome: 'invalid' });
});

test.each([
  ['of the past', nowMs / 1000],
  ['for longer than an hour', nowMs / 1000 + 3601],
  ['without an end', undefined],
  ['with an odd end', 'tomorrow'],
])('a ticket %s has expired', async (_name, exp) => {
  expect(await verdictOf(writeToken({ alg: 'HS256' }, { ...claims, exp }, key))).toEqual({
    outcome: 'expired',
  });
});

test('a ticket is good for an hour at the longest', async () => {
  const text = writeToken({ alg: 'HS256' }, { ...claims, exp: nowMs / 1000 + 3600 }, key);
  expect((await verdictOf(text)).outcome).toBe('good');
});

test('every changed character makes it invalid', async () => {
  const text = writeTicket(ticket, key);
  for (let at = 0; at < text.length - 1; at += 1) {
    const changed = text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
    expect(await verdictOf(changed)).toEqual({ outcome: 'invalid' });
  }
  for (const odd of ['', '.', '..', `${text}.`, text.slice(0, text.lastIndexOf('.') + 1)])
    expect(await verdictOf(odd)).toEqual({ outcome: 'invalid' });
});

test('any text, and any head and claims under a key of the page, get a verdict', async () => {
  const signed = fc.tuple(fc.json(), fc.json()).map(([head, said]) => {
    return writeToken(JSON.parse(head), JSON.parse(said), key);
  });
  const odd = fc.record(
    { alg: fc.constantFrom('HS256', 'none'), b64: fc.boolean(), crit: fc.jsonValue(), typ: fc.jsonValue() },
    { requiredKeys: ['alg'] },
  );
  const said = fc.record(
    { aud: fc.jsonValue(), iss: fc.jsonValue(), exp: fc.jsonValue(), nbf: fc.jsonValue() },
    { requiredKeys: [] },
  );
  const near = fc.tuple(odd, said).map(([head, some]) => writeToken(head, { ...claims, ...some }, key));
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.string(), signed, near), async (text) => {
      expect(['good', 'expired', 'invalid']).toContain((await verdictOf(text)).outcome);
    }),
    { numRuns: 2_000 },
  );
});

import { createHmac } from 'node:crypto';
import { Secret } from '@sluice/service/secret';
import { signTicket, verifyTicket } from './page-ticket.ts';

const nowMs = 1_700_000_000_000;
const key = 'a key of thirty-two bytes, or of more';
const keys = { current: new Secret('another key, which came after this one'), previous: new Secret(key) };
const page = { sourceId: 'shop', pageId: 'panel' };
const ticket = { ...page, staffId: '8021', expiresAtMs: nowMs + 60_000 };
const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const jwt = (head: unknown, claims: unknown): string => {
  const text = `${part(head)}.${part(claims)}`;
  return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`;
};
const claims = { aud: 'shop', iss: 'panel', sub: '8021', exp: nowMs / 1000 + 60 };

test('a ticket is a JSON Web Token, and says who is there', () => {
  expect(signTicket(ticket, key)).toBe(
    jwt({ alg: 'HS256', typ: 'JWT' }, { aud: 'shop', iss: 'panel', sub: '8021', exp: nowMs / 1000 + 60 }),
  );
  expect(verifyTicket(signTicket(ticket, key), keys, page, nowMs)).toEqual({
    outcome: 'good',
    ticket,
    signedWith: 'previous',
  });
});

test("another library's order of claims, and further ones, are as good", () => {
  const text = jwt({ typ: 'JWT', alg: 'HS256', kid: '1' }, { iat: 1, ...claims, sub: undefined });
  expect(verifyTicket(text, keys, page, nowMs)).toEqual({
    outcome: 'good',
    ticket: { ...ticket, staffId: null },
    signedWith: 'previous',
  });
});

test.each([
  ['no signature', { alg: 'none' }, claims],
  ['another algorithm', { alg: 'HS512' }, claims],
  ['another source', { alg: 'HS256' }, { ...claims, aud: 'another' }],
  ['another page', { alg: 'HS256' }, { ...claims, iss: 'another' }],
  ['no object', { alg: 'HS256' }, null],
])('%s is invalid', (_name, head, said) => {
  expect(verifyTicket(jwt(head, said), keys, page, nowMs).outcome).toBe('invalid');
});

test.each([
  ['of the past', nowMs / 1000],
  ['for longer than an hour', nowMs / 1000 + 3601],
  ['without an end', undefined],
  ['with an odd end', 'tomorrow'],
])('a ticket %s has expired', (_name, exp) => {
  expect(verifyTicket(jwt({ alg: 'HS256' }, { ...claims, exp }), keys, page, nowMs).outcome).toBe('expired');
});

test('every changed character makes it invalid', () => {
  const text = signTicket(ticket, key);
  for (let at = 0; at < text.length - 1; at += 1) {
    const changed = text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
    expect(verifyTicket(changed, keys, page, nowMs).outcome).toBe('invalid');
  }
  for (const odd of ['', '.', '..', `${text}.`, text.slice(0, text.lastIndexOf('.') + 1)])
    expect(verifyTicket(odd, keys, page, nowMs).outcome).toBe('invalid');
});

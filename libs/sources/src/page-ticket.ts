import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Secret } from '@sluice/service/secret';
import type { Keys, LiveKey } from './source.ts';

/** What a page's ticket says. */
export interface PageTicket {
  readonly sourceId: string;
  readonly pageId: string;
  /** Who is there, by whoever signs: the id of the staff at the vendor. Null when it does not say. */
  readonly staffId: string | null;
  /** Epoch ms. */
  readonly expiresAtMs: number;
}

/** The longest time that a ticket may be good for, in ms: one that is stolen is soon worth nothing. */
export const longestTicketMs = 3_600_000;

const header = encode({ alg: 'HS256', typ: 'JWT' });

/**
 * A ticket: a JSON Web Token (RFC 7519) under HMAC-SHA-256, so that a company's own server makes one with any JWT
 * library. `aud` is the source, `iss` the page, `sub` the staff id, `exp` the end in seconds.
 */
export function signTicket(ticket: PageTicket, key: string): string {
  const { sourceId, pageId, staffId, expiresAtMs } = ticket;
  const claims = encode({
    aud: sourceId,
    iss: pageId,
    ...(staffId === null ? {} : { sub: staffId }),
    exp: Math.floor(expiresAtMs / 1000),
  });
  return `${header}.${claims}.${macOf(`${header}.${claims}`, key).toString('base64url')}`;
}

/** `expired`: it was good, or is for longer than tickets may be. `invalid`: it is none of this page's. */
export type TicketVerdict =
  | { readonly outcome: 'good'; readonly ticket: PageTicket; readonly signedWith: LiveKey }
  | { readonly outcome: 'expired' }
  | { readonly outcome: 'invalid' };

/** Verifies a ticket of one page by its live keys; the signature is compared in constant time, before anything is read. */
export function verifyTicket(
  text: string,
  keys: Keys,
  { sourceId, pageId }: Pick<PageTicket, 'sourceId' | 'pageId'>,
  nowMs: number,
): TicketVerdict {
  const [head = '', body = '', mac = '', ...rest] = text.split('.');
  const given = Buffer.from(mac, 'base64url');
  const signs = (key: Secret | null): boolean => {
    const expected = macOf(`${head}.${body}`, key?.reveal() ?? '');
    return key !== null && given.length === expected.length && timingSafeEqual(given, expected);
  };
  // Both are tried, so that the time tells nothing.
  const [byCurrent, byPrevious] = [signs(keys.current), signs(keys.previous)];
  if (rest.length > 0 || !(byCurrent || byPrevious)) return { outcome: 'invalid' };
  const claims = decode(body);
  if (decode(head).alg !== 'HS256' || claims.aud !== sourceId || claims.iss !== pageId)
    return { outcome: 'invalid' };
  const expiresAtMs = typeof claims.exp === 'number' ? claims.exp * 1000 : 0;
  if (!(expiresAtMs > nowMs && expiresAtMs <= nowMs + longestTicketMs)) return { outcome: 'expired' };
  const staffId = typeof claims.sub === 'string' && claims.sub !== '' ? claims.sub : null;
  const ticket = { sourceId, pageId, staffId, expiresAtMs };
  return { outcome: 'good', ticket, signedWith: byCurrent ? 'current' : 'previous' };
}

function macOf(text: string, key: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function decode(part: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

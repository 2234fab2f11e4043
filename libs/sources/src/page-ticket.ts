import { errors, jwtVerify, SignJWT, type JWTPayload } from 'jose';
import type { Secret } from '@sluice/service/secret';
import type { Keys, LiveKey } from './source.ts';

/** What a page's ticket says. */
export interface PageTicket {
  readonly sourceId: string;
  readonly pageId: string;
  /** The vendor's staff id, as the signer names it. Null if the ticket names none. */
  readonly staffId: string | null;
  /** Epoch ms. */
  readonly expiresAtMs: number;
}

/** The longest time that a ticket may be good for, in ms: one that is stolen is soon worth nothing. */
export const longestTicketMs = 3_600_000;

const algorithm = 'HS256';

/**
 * A ticket: a JSON Web Token (RFC 7519) under HMAC-SHA-256, so that a company's own server makes one with any JWT
 * library. `aud` is the source, `iss` the page, `sub` the staff id, `exp` the end in seconds.
 */
export function signTicket(ticket: PageTicket, key: string): Promise<string> {
  const { sourceId, pageId, staffId, expiresAtMs } = ticket;
  const claims = {
    aud: sourceId,
    iss: pageId,
    ...(staffId === null ? {} : { sub: staffId }),
    exp: Math.floor(expiresAtMs / 1000),
  };
  return new SignJWT(claims).setProtectedHeader({ alg: algorithm, typ: 'JWT' }).sign(bytesOf(key));
}

/** `expired`: it was good, or is for longer than tickets may be. `invalid`: it is not a ticket of this page. */
export type TicketVerdict =
  | { readonly outcome: 'good'; readonly ticket: PageTicket; readonly signedWith: LiveKey }
  | { readonly outcome: 'expired' }
  | { readonly outcome: 'invalid' };

type Page = Pick<PageTicket, 'sourceId' | 'pageId'>;

/** Verifies a ticket of one page by its live keys. Whatever the text is, the result is a verdict. */
export async function verifyTicket(
  text: string,
  keys: Keys,
  page: Page,
  nowMs: number,
): Promise<TicketVerdict> {
  // Both are tried, so that the time tells nothing.
  const [byCurrent, byPrevious] = await Promise.all([
    claimsOf(text, keys.current, page, nowMs),
    keys.previous && claimsOf(text, keys.previous, page, nowMs),
  ]);
  if (byPrevious === null || byCurrent !== 'invalid') return judge(byCurrent, 'current', page, nowMs);
  return judge(byPrevious, 'previous', page, nowMs);
}

async function claimsOf(
  text: string,
  key: Secret,
  { sourceId, pageId }: Page,
  nowMs: number,
): Promise<JWTPayload | 'expired' | 'invalid'> {
  try {
    const { payload } = await jwtVerify(text, bytesOf(key.reveal()), {
      algorithms: [algorithm],
      audience: sourceId,
      issuer: pageId,
      requiredClaims: ['exp'],
      currentDate: new Date(nowMs),
    });
    return payload;
  } catch (error) {
    if (!(error instanceof errors.JOSEError)) throw error;
    const isTooLate = error instanceof errors.JWTExpired;
    const isOfEnd = error instanceof errors.JWTClaimValidationFailed && error.claim === 'exp';
    return isTooLate || isOfEnd ? 'expired' : 'invalid';
  }
}

function judge(
  claims: JWTPayload | 'expired' | 'invalid',
  signedWith: LiveKey,
  { sourceId, pageId }: Page,
  nowMs: number,
): TicketVerdict {
  if (typeof claims === 'string') return { outcome: claims };
  const expiresAtMs = (claims.exp ?? 0) * 1000;
  if (expiresAtMs > nowMs + longestTicketMs) return { outcome: 'expired' };
  const staffId = typeof claims.sub === 'string' && claims.sub !== '' ? claims.sub : null;
  return { outcome: 'good', signedWith, ticket: { sourceId, pageId, staffId, expiresAtMs } };
}

const bytesOf = (key: string): Uint8Array => new TextEncoder().encode(key);

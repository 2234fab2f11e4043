import { createHmac } from 'node:crypto';
import type { PageTicket } from '../src/page-ticket.ts';

/** A JSON Web Token under HMAC-SHA-256 of any head and claims, made by hand. */
export function writeToken(head: unknown, claims: unknown, key: string): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part(head)}.${part(claims)}`;
  return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`;
}

/** A ticket, byte for byte as release 0.1 wrote it: those that are still good must be good for the next release. */
export function writeTicket({ sourceId, pageId, staffId, expiresAtMs }: PageTicket, key: string): string {
  const claims = {
    aud: sourceId,
    iss: pageId,
    ...(staffId === null ? {} : { sub: staffId }),
    exp: Math.floor(expiresAtMs / 1000),
  };
  return writeToken({ alg: 'HS256', typ: 'JWT' }, claims, key);
}

import { randomBytes } from 'node:crypto';

/**
 * Part of the nonce of every signature that a staff page is given. Echat signs pushes in the same way with the same
 * token, so anybody who has such a signature could send a push with it, and the push route refuses this marker. It is
 * looked for anywhere in a nonce: token, timestamp and nonce are joined without a separator, and digits may be moved
 * from one to the next. Letters alone, so that no part of it can pass as a part of a timestamp.
 */
const marker = 'SluiceStaffPage';

/** A nonce that signs for the workbench, and for nothing else. */
export function staffNonce(): string {
  return `${marker}${randomBytes(16).toString('hex')}`;
}

export function isStaffNonce(nonce: string): boolean {
  return nonce.includes(marker);
}

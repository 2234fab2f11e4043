import { hash } from 'node:crypto';
import type { EchatSource } from '../settings.ts';
import { equalInConstantTime, passingKey } from '@sluice/vendor-kit/receiving/constant-time';
import { checkTimestamp } from '@sluice/vendor-kit/receiving/check-timestamp';
import type { PushHead, Verification } from '@sluice/vendor-kit/receiving/receiving';
import { isStaffNonce } from './staff-nonce.ts';

/**
 * The page does not say whether it is seconds or ms. While both are taken, three digits may be moved between a
 * timestamp and its nonce: that names the same second with the same signature, which the replay memory knows.
 */
const timestampForms = { s: /^\d{10}$/, ms: /^\d{13}$/, any: /^(\d{10}|\d{13})$/ };
const nonceForm = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * Echat's signature: lower-case hex SHA-1 over token, timestamp and nonce, sorted and joined.
 * Source: the push document, section 1; its example is `sha1` of myTimestamp, myNonce and myToken.
 */
export function verifyEchat(head: PushHead, source: EchatSource, nowMs: number): Verification {
  if (source.token === null) return { outcome: 'verified', signedWith: 'none' };
  const { timestamp = '', nonce = '', signature = '' } = head.query;
  const age = checkTimestamp(timestamp, timestampForms[source.settings.timestampUnit], source, nowMs);
  if (age === 'malformed' || !nonceForm.test(nonce)) return { outcome: 'refused' };
  const signedWith = passingKey(source.token, (token) =>
    equalInConstantTime(signature, signatureOf(token, timestamp, nonce)),
  );
  // What a staff page was given must not send a push.
  return signedWith === null || isStaffNonce(nonce) ? { outcome: 'refused' } : { outcome: age, signedWith };
}

/** As the vendor makes and verifies it, for pushes and for the workbench alike. */
export function signatureOf(token: string, timestamp: string, nonce: string): string {
  return hash('sha1', [token, timestamp, nonce].sort().join(''), 'hex');
}

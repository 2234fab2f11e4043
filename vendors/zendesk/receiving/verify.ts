import { createHmac } from 'node:crypto';
import type { LiveKey } from '@sluice/sources/source';
import { equalInConstantTime, passingKey } from '@sluice/vendor-kit/receiving/constant-time';
import { judgeAge } from '@sluice/vendor-kit/receiving/check-timestamp';
import type { PushHead, Verification } from '@sluice/vendor-kit/receiving/receiving';
import type { ZendeskSource } from '../settings.ts';

export const signatureHeader = 'x-zendesk-webhook-signature';
export const timestampHeader = 'x-zendesk-webhook-signature-timestamp';

/** Base64 of 32 bytes. A header that is there twice arrives joined with a comma, and has not the form. */
const signatureForm = /^[A-Za-z0-9+/]{43}=$/;
/** In UTC. It ends with its Z, so that nothing can be moved between it and the body that is signed behind it. */
const timestampForm = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/;

/**
 * What the head says before the body is read: the age of the timestamp, and whether both headers have their form.
 * `verifyBody` decides.
 */
export function verifyHead(head: PushHead, source: ZendeskSource, nowMs: number): Verification {
  if (source.token === null) return { outcome: 'verified', signedWith: 'none' };
  const timestamp = head.header(timestampHeader) ?? '';
  const sentMs = timestampForm.test(timestamp) ? Date.parse(timestamp) : NaN;
  if (Number.isNaN(sentMs) || !signatureForm.test(head.header(signatureHeader) ?? ''))
    return { outcome: 'refused' };
  return { outcome: 'body-signed', freshness: judgeAge(sentMs, source, nowMs) };
}

/**
 * Zendesk's signature: base64 of HMAC-SHA-256 over timestamp and body, joined, with the webhook's secret as it stands.
 * Source: "Verifying webhooks" of its developer documentation.
 */
export function verifyBody(body: Buffer, head: PushHead, source: ZendeskSource): LiveKey | null {
  if (source.token === null) return null;
  const sign = head.header(signatureHeader) ?? '';
  const timestamp = head.header(timestampHeader) ?? '';
  return passingKey(source.token, (secret) =>
    equalInConstantTime(sign, createHmac('sha256', secret).update(timestamp).update(body).digest('base64')),
  );
}

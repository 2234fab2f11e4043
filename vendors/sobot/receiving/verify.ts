import { hash } from 'node:crypto';
import type { LiveKey } from '@sluice/sources/source';
import type { SobotSource } from '../settings.ts';
import { equalInConstantTime, passingKey } from '@sluice/vendor-kit/receiving/constant-time';
import { checkTimestamp } from '@sluice/vendor-kit/receiving/check-timestamp';
import type { PushHead, Verification } from '@sluice/vendor-kit/receiving/receiving';

/** 取服务器时间:毫秒. */
const timestampForm = /^\d{13}$/;
const randomCodeForm = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * Sobot's signature: lower-case hex MD5 over company id, timestamp, random code and app key, joined.
 * Source: the forwarding document, "在线消息转发". Branches sign with company ids of their own.
 */
export function verifySobot(head: PushHead, source: SobotSource, nowMs: number): Verification {
  if (source.token === null) return { outcome: 'verified', signedWith: 'none' };
  const timestamp = head.header('x-log-timestamp') ?? '';
  const randomCode = head.header('x-log-randomcode') ?? '';
  const sign = head.header('x-log-sign') ?? '';
  const age = checkTimestamp(timestamp, timestampForm, source, nowMs);
  if (age === 'malformed' || !randomCodeForm.test(randomCode)) return { outcome: 'refused' };
  let signedWith: LiveKey | null = null;
  for (const companyId of source.settings.companyIds) {
    const passing = passingKey(source.token, (appKey) =>
      equalInConstantTime(sign, hash('md5', companyId + timestamp + randomCode + appKey, 'hex')),
    );
    signedWith ??= passing;
  }
  return signedWith === null ? { outcome: 'refused' } : { outcome: age, signedWith };
}

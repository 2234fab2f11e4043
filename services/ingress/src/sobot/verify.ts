import { hash } from 'node:crypto';
import type { SobotSource } from '@sluice/sources/source';
import { eitherKey, equalInConstantTime } from '../constant-time.ts';
import { judgeTimestamp } from '../freshness.ts';
import type { PushHead, Verification } from '../vendor.ts';

/** 取服务器时间:毫秒. */
const timestampForm = /^\d{13}$/;
const randomCodeForm = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * Sobot's signature: lower-case hex MD5 over company id, timestamp, random code and app key, joined.
 * Source: the forwarding document, "在线消息转发". Branches sign with company ids of their own.
 */
export function verifySobot(head: PushHead, source: SobotSource, nowMs: number): Verification {
  if (source.token === null) return 'verified';
  const timestamp = head.header('x-log-timestamp') ?? '';
  const randomCode = head.header('x-log-randomcode') ?? '';
  const sign = head.header('x-log-sign') ?? '';
  const age = judgeTimestamp(timestamp, timestampForm, source, nowMs);
  let authentic = false;
  for (const companyId of source.companyIds) {
    const matches = eitherKey(source.token, (appKey) =>
      equalInConstantTime(sign, hash('md5', companyId + timestamp + randomCode + appKey, 'hex')),
    );
    authentic ||= matches;
  }
  return authentic && randomCodeForm.test(randomCode) ? age : 'refused';
}

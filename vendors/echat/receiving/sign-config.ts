import type { EchatSource } from '../settings.ts';
import { signatureOf } from './verify.ts';
import { staffNonce } from './staff-nonce.ts';

/** What the vendor's `echatSDK.config` takes, and how long it is given out as good. */
export interface SignedConfig {
  /** In the unit of the source's `timestampUnit`; seconds where that is `any`. */
  readonly timestamp: string;
  readonly nonce: string;
  readonly signature: string;
  /** Epoch ms. */
  readonly expiresAt: number;
}

/** Signs for the workbench with the token of now; null for a source without one. */
export function signConfig(source: EchatSource, nowMs: number): SignedConfig | null {
  if (source.token === null || source.staff === null) return null;
  const timestamp = source.settings.timestampUnit === 'ms' ? String(nowMs) : String(Math.floor(nowMs / 1000));
  const nonce = staffNonce();
  const signature = signatureOf(source.token.current.reveal(), timestamp, nonce);
  return { timestamp, nonce, signature, expiresAt: nowMs + source.staff.signatureLifeMs };
}

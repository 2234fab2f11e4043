import type { LiveKey, Source } from '@sluice/sources/source';
import type { Reason } from '@sluice/schemas/schemas';

/** What of a request may be looked at before its body is read. */
export interface PushHead {
  /** Query parameters; one that is repeated has been refused before. */
  readonly query: Readonly<Record<string, string>>;
  header(name: string): string | undefined;
}

/** Things about a push that are counted and change nothing: a closed list, values of a metric's label. */
export type Oddity =
  'stale-timestamp' | 'reused-signature' | 'foreign-id' | 'odd-data-type' | 'plain-content';

/** Which of two live keys was used; `none` where no key was needed. */
export type KeyUsed = LiveKey | 'none';

/** `stale`: outside of the source's window. */
export type Freshness = 'verified' | 'stale';

/**
 * - `verified`: the vendor signed the head with the token `signedWith`, or the source is unsigned
 * - `stale`: the vendor signed it, at a time outside of the source's window
 * - `refused`: not authenticated. Says nothing about why.
 */
export type Verification =
  { readonly outcome: Freshness; readonly signedWith: KeyUsed } | { readonly outcome: 'refused' };

/** A part of a push that is authentic but cannot be used: it is kept with its bytes. */
export interface Unusable {
  readonly payload: Buffer;
  readonly reason: Reason;
  readonly detail: string;
}

/** What is in a body. Payload and `unusable` together are at most three times the body. */
export interface Opened {
  /** The raw payload; null when nothing in the body is usable. */
  readonly payload: Buffer | null;
  readonly dataType: string;
  readonly keyUsed: KeyUsed;
  readonly unusable: readonly Unusable[];
  readonly oddities: readonly Oddity[];
  /** Which app id is foreign, with the oddity `foreign-id`. */
  readonly foreignAppId?: string;
}

/** What ingress knows of a vendor. Adding one adds a folder with these and a row in `receive.ts`. */
export interface Vendor<S extends Source> {
  /** Authenticates a push by its head: neither vendor signs the body. Unsigned sources are verified. */
  verify(head: PushHead, source: S, nowMs: number): Verification;
  /** The signature of a push, as sent; empty when there is none. */
  signatureOf(head: PushHead): string;
  /** The data type of a push as far as its head says it; empty when only the body does. */
  dataTypeOf(head: PushHead): string;
  /** Finds the payload in the body and decrypts it, without parsing it. Pure, never throws on any bytes. */
  open(body: Buffer, head: PushHead, source: S): Opened;
  /** The body of the answer that the vendor takes for an acknowledgement. */
  readonly acknowledgement: string;
}

import type { Source } from '@sluice/sources/source';
import type { Reason } from '@sluice/schemas/schemas';

/** What of a request may be looked at before its body is read. */
export interface PushHead {
  /** Query parameters; one that is repeated has been refused before. */
  readonly query: Readonly<Record<string, string>>;
  header(name: string): string | undefined;
}

/** Things about a push that are counted and change nothing: a closed list, values of a metric's label. */
export type Oddity =
  | 'stale-timestamp'
  | 'reused-signature'
  | 'foreign-app-id'
  | 'odd-data-type'
  | 'plain-content'
  | 'tail-after-json';

/** `refused`: not authenticated, or not wanted by the source's policy. Says nothing about why. */
export type Verification =
  { readonly outcome: 'verified'; readonly oddities: readonly Oddity[] } | { readonly outcome: 'refused' };

/** A part of a push that is authentic but cannot be used: it is kept with its bytes. */
export interface Unusable {
  readonly payload: Buffer;
  readonly reason: Reason;
  readonly detail: string;
}

/** What is in a body. */
export type Opened =
  | { readonly outcome: 'refused' }
  | {
      readonly outcome: 'opened';
      /** The raw payload; null when nothing in the body is usable. */
      readonly payload: Buffer | null;
      readonly dataType: string;
      readonly keyUsed: 'current' | 'previous' | 'none';
      readonly contentType: string;
      readonly unusable: readonly Unusable[];
      readonly oddities: readonly Oddity[];
    };

/** What ingress knows of a vendor. Adding one adds a folder with these and a row in `receive.ts`. */
export interface Vendor<S extends Source> {
  /** Authenticates a push by its head: neither vendor signs the body. Unsigned sources are verified. */
  verify(head: PushHead, source: S, nowMs: number): Verification;
  /** The signature of a push, as sent; empty when there is none. */
  signatureOf(head: PushHead): string;
  /** Finds the payload in the body and decrypts it, without parsing it. Pure, never throws on any bytes. */
  open(body: Buffer, head: PushHead, source: S): Opened;
  /** The body of the answer that the vendor takes for an acknowledgement. */
  readonly acknowledgement: string;
}

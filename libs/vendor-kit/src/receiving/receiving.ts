import type { LiveKey, Source } from '@sluice/sources/source';
import type { Reason } from '@sluice/schemas/schemas';

/** What of a request may be looked at before its body is read. */
export interface PushHead {
  /** Query parameters; one that is repeated has been refused before. */
  readonly query: Readonly<Record<string, string>>;
  header(name: string): string | undefined;
}

/** Things about a push that are counted and change nothing: a closed list, values of a metric's label. */
export type PushWarning =
  'stale-timestamp' | 'reused-signature' | 'unlisted-id' | 'odd-data-type' | 'plain-content';

/** Which of two live keys was used; `none` where no key was needed. */
export type KeyUsed = LiveKey | 'none';

/** `stale`: outside of the source's window. */
export type Freshness = 'verified' | 'stale';

/**
 * - `verified`: the vendor signed the head with the token `signedWith`, or the source is unsigned
 * - `stale`: the vendor signed it, at a time outside of the source's window
 * - `refused`: not authenticated. Says nothing about why.
 * - `body-signed`: the signature covers the body, so `verifyBody` judges it. `freshness` is what the head says.
 */
export type Verification =
  | { readonly outcome: Freshness; readonly signedWith: KeyUsed }
  | { readonly outcome: 'refused' }
  | { readonly outcome: 'body-signed'; readonly freshness: Freshness };

/** A part of a push that is authentic but cannot be used: it is kept with its bytes. */
export interface Undecodable {
  readonly payload: Buffer;
  readonly reason: Reason;
  readonly detail: string;
}

/** What is in a body. Payload and `undecodable` together are at most three times the body. */
export interface Decoded {
  /** The raw payload; null when nothing in the body is usable. */
  readonly payload: Buffer | null;
  readonly dataType: string;
  readonly keyUsed: KeyUsed;
  readonly undecodable: readonly Undecodable[];
  readonly warnings: readonly PushWarning[];
  /** Which app id is unlisted, with the warning `unlisted-id`. */
  readonly unlistedAppId?: string;
}

/** Where the id of a conversation is in a payload, found by a search of bytes. */
export interface ConversationKey {
  /** What stands before it: `"cid"`. */
  readonly opening: string;
  /** What follows, with the id as its first group; anything else ends the search without a result. */
  readonly form: RegExp;
}

/** What a vendor's workbench needs to show staff pages. */
export interface StaffPages<S = unknown> {
  /** Signs for the workbench with the token of now, as its SDK takes it; null for a source without one. */
  sign(source: Source<S>, nowMs: number): object | null;
}

/**
 * The receiving half of a vendor: what ingress needs to take its pushes.
 * @typeParam S the settings that its sources alone have
 */
export interface Receiving<S = unknown> {
  /** Authenticates a push by its head, before the body is read. Unsigned sources are verified. */
  verify(head: PushHead, source: Source<S>, nowMs: number): Verification;
  /**
   * Authenticates a push of a vendor that signs the body. Asked only after `verify` has said `body-signed`.
   * @returns which token signed it; null if none did
   */
  verifyBody?(body: Buffer, head: PushHead, source: Source<S>): LiveKey | null;
  /** The signature of a push, as sent; empty if the push has no signature. */
  signatureOf(head: PushHead): string;
  /** The data type of a push as far as its head says it; empty when only the body does. */
  dataTypeOf(head: PushHead): string;
  /** Finds the payload in the body and decrypts it, without parsing it. Pure, never throws on any bytes. */
  decode(body: Buffer, head: PushHead, source: Source<S>): Decoded;
  /** The body of the answer that the vendor takes for an acknowledgement. */
  readonly acknowledgement: string;
  /** The documented content type of its pushes. */
  readonly contentType: string;
  readonly conversationKey: ConversationKey;
  /** Null for a vendor without such pages. */
  readonly staffPages: StaffPages<S> | null;
}

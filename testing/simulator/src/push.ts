import type { Vendor } from './simulated-sources.ts';

/** A document as the vendor has it before signing and encrypting. */
export interface PlainPush {
  /** Unique within a run; stands in the ledger, never in a request. */
  readonly id: string;
  readonly vendor: Vendor;
  readonly sourceId: string;
  readonly dataType: string;
  /** Sobot: whose records these are; it signs for that company. Default: the source's first. */
  readonly companyId?: string | undefined;
  /** Echat: the XML. Sobot: the JSON envelope. */
  readonly text: string;
  /** The parts of `text` that an encrypted source encrypts, in order and apart from each other. */
  readonly secretParts: readonly TextRange[];
  /** Records in `text`: 1 for Echat, the batch size for Sobot. */
  readonly records: number;
  /** `text` already is a vendor's ciphertext: it goes out as it stands. */
  readonly presealed: boolean;
}

/** UTF-16 offsets, `end` exclusive. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

/** One HTTP request, ready to be sent any number of times. */
export interface Push {
  readonly id: string;
  readonly vendor: Vendor;
  readonly sourceId: string;
  readonly dataType: string;
  /** Absolute path with the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /**
   * Lower-case sha256 hex of the raw payload that the gateway publishes: the plain text's bytes. Of a vendor's own
   * ciphertext, which nobody can decrypt, it is the hash of the body.
   */
  readonly payloadHash: string;
  readonly records: number;
  /** It is a vendor's own ciphertext, which nobody can open. */
  readonly presealed: boolean;
  /** The same document signed and encrypted anew, at the time of the call. */
  readonly sealAgain: () => Push;
}

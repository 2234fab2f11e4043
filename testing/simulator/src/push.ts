import type { PostAnswer } from './answer.ts';

/** A document as the vendor has it before signing and encrypting. */
export interface PlainPush {
  /** Unique within a run; is in the ledger, never in a request. */
  readonly id: string;
  /** The vendor's id. */
  readonly vendor: string;
  readonly sourceId: string;
  readonly dataType: string;
  /** Which account of the source it is of, where the vendor signs for that. Default: the source's first. */
  readonly accountId?: string | undefined;
  /** As the gateway publishes it. */
  readonly text: string;
  /** The parts of `text` that an encrypted source encrypts, in order and apart from each other. */
  readonly secretParts: readonly TextRange[];
  /** Records in `text`: the size of the batch, 1 where the vendor sends no batches. */
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
  /** The vendor's id. */
  readonly vendor: string;
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
  /** Whether its vendor takes this answer for an acknowledgement. */
  readonly isAcknowledged: (answer: PostAnswer) => boolean;
  /** The same document signed and encrypted again, at the time of the call. */
  readonly sealAgain: () => Push;
}

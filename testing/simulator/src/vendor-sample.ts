import type { TextRange } from './push.ts';

/** A document from a vendor's page, verbatim, malformed ones included. */
export interface VendorSample {
  /** The file's name without its ending: the data type, and which of its samples it is where there are several. */
  readonly name: string;
  readonly dataType: string;
  /** It is the page's ciphertext, whose key is unknown. */
  readonly encrypted: boolean;
  readonly body: Buffer;
  /** As in a push. */
  readonly secretParts: readonly TextRange[];
  readonly records: number;
}

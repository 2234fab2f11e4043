/**
 * What one payload may hold and may become, whatever its sender writes. A payload beyond a limit is one dead letter
 * `TOO_LARGE` with its original bytes. Each limit is next to the largest figure that a vendor documents.
 *
 * Together they bound what the normalizer makes of a payload: its events and dead letters, encoded, have at most 16 times
 * as many bytes as the payload, plus 1 MiB, plus 2 KiB for each event (`vendors/testing/amplification.ts`).
 */
export const payloadLimits = {
  /** Records of a batch. Vendors that send batches document 20 a push; the staff SDK sends 50 actions. */
  records: 1_000,
  /** Events that a payload becomes. A transcript has one for each turn; no vendor documents a longest transcript. */
  events: 10_000,
  /** Dead letters that a payload becomes, at most one for each record. */
  deadLetters: 100,
  /** Objects within objects, elements within elements. The vendors' deepest document has 5. */
  depth: 100,
  /** Values of one record, and items of one list in a text. The vendors' widest document has about 100. */
  values: 20_000,
  /** Characters of one name. The vendors' longest name has 32. */
  nameChars: 256,
  /** Characters of one path, which repeats the names above it. */
  pathChars: 1_024,
  /** Characters of a value that stands once above the records of a batch and is read for each of them. */
  sharedValueChars: 128,
  /**
   * Characters of all paths and values of a payload, and of all texts of its events: so many times its bytes, and as
   * many more. A vendor's document has 1.5 times its bytes.
   */
  expansion: { times: 4, plusChars: 256 * 1024, plusCharsPerEvent: 512 },
} as const;

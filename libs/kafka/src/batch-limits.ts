/** What one record batch may grow to when it is decompressed, in bytes: a bomb ends here and not in memory. */
export const maxBatchBytes = 64 * 1024 * 1024;

/** The most records of one batch that are read. */
export const maxBatchRecords = 100_000;

/** A batch that nobody can read within the bounds. */
export class BatchTooLarge extends Error {
  constructor(options?: ErrorOptions) {
    super(`A batch grows larger than ${maxBatchBytes} bytes.`, options);
  }
}

/** Of a record that is handed out instead of a batch: which records it replaces, and why. */
export function unreadableText(
  batch: { readonly firstOffset: bigint | number; readonly lastOffset: bigint | number; records: number },
  why: string,
): string {
  const { firstOffset, lastOffset, records } = batch;
  const range =
    firstOffset === lastOffset ? `Offset ${lastOffset}` : `Offsets ${firstOffset} to ${lastOffset}`;
  return `${range}, a batch of ${records} records, cannot be read: ${why}.`;
}

export const tooManyRecords = `more than ${maxBatchRecords} records in one batch`;
export const tooManyBytes = `larger than ${maxBatchBytes} bytes when it is decompressed`;

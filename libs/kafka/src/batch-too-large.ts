/** What one record batch may grow to when it is decompressed, in bytes: a bomb ends here and not in memory. */
export const maxBatchBytes = 64 * 1024 * 1024;

/** A batch that nobody can read within the bounds. */
export class BatchTooLarge extends Error {
  constructor(options?: ErrorOptions) {
    super(`A batch grows larger than ${maxBatchBytes} bytes.`, options);
  }
}

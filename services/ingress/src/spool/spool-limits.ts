export interface SpoolLimits {
  /** Of all segments on the disk. Leave room for the quarantine, which is not counted. */
  readonly maxBytes: number;
  /** After which a segment is followed by the next one. A larger record has a segment of its own. */
  readonly segmentBytes: number;
  /** Of records that wait for their commit; a commit takes up to twice as much memory. */
  readonly maxWaitingBytes: number;
  /** Of one batch that is drained; a larger record comes alone. */
  readonly maxBatchRecords: number;
  readonly maxBatchBytes: number;
}

export const defaultSpoolLimits: SpoolLimits = {
  maxBytes: 4 * 1024 * 1024 * 1024,
  segmentBytes: 64 * 1024 * 1024,
  maxWaitingBytes: 64 * 1024 * 1024,
  maxBatchRecords: 500,
  maxBatchBytes: 4 * 1024 * 1024,
};

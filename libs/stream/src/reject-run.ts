import type { ConsumedRecord } from '@sluice/kafka/consumer';

/**
 * Counts the rejects in a row of each partition. One bad record is a dead letter; a row of them is a bad
 * deployment, which must not pour a topic into the dead letters.
 */
export interface RejectRun {
  /**
   * Called before the dead letters of a chunk are written, again for a chunk that is handed in again.
   * @param isRejected for each record whether nothing of it can go on
   * @throws one sentence that says what to do when the row becomes longer than the limit: the partition is held
   */
  check(records: readonly ConsumedRecord[], isRejected: readonly boolean[]): void;
}

interface Row {
  readonly from: string;
  readonly before: number;
  readonly next: string;
  readonly after: number;
}

/** @param limit how many rejects in a row a partition may have */
export function createRejectRun(limit: number): RejectRun {
  const rows = new Map<string, Row>();
  return {
    check(records, isRejected) {
      const [first, last] = [records[0], records.at(-1)];
      if (!first || !last) return;
      const partition = `${first.topic}/${first.partition}`;
      const before = lengthBefore(rows.get(partition), first.offset);
      let length = before;
      for (const rejected of isRejected) {
        length = rejected ? length + 1 : 0;
        if (length > limit) throw new TooManyRejects(partition, limit);
      }
      const next = String(BigInt(last.offset) + 1n);
      rows.set(partition, { from: first.offset, before, next, after: length });
    },
  };
}

class TooManyRejects extends Error {
  constructor(partition: string, limit: number) {
    super(
      `More than ${limit} records in a row of ${partition} were rejected, so it is held: roll the deployment back if that is what rejects them, or raise SLUICE_REJECTS_IN_A_ROW if they are bad.`,
    );
  }
}

function lengthBefore(row: Row | undefined, offset: string): number {
  if (row?.next === offset) return row.after;
  return row?.from === offset ? row.before : 0;
}

import type { ConsumedRecord } from '@sluice/kafka/consumer';
import { sourceOf } from './source-of.ts';

/**
 * Counts the rejects in a row of each partition, by source. One bad record is a dead letter. A bad deployment rejects
 * what everybody sends, and must not pour a topic into the dead letters. A sender who sends nothing good is neither,
 * and must not hold what others send:
 *
 * - A row of more than `limit` rejects, a fiftieth of the limit or more from other sources than the one with the most,
 *   blocks the partition until somebody acts. Nothing good came from the others, so it is not one sender who is bad.
 * - A longer row of one source blocks nothing where another source was seen in the partition within an hour.
 * - Where nobody else was seen, the partition is blocked for a minute; then the chunk continues and a new row begins. A bad
 *   deployment looks the same there, and gets `limit` records a minute.
 */
export interface RejectLimit {
  /**
   * Called before the dead letters of a chunk are written, again for a chunk that is handed in again.
   * @param isRejected for each record whether nothing of it can continue
   * @throws a message that says what to do while the partition is blocked
   */
  check(records: readonly ConsumedRecord[], isRejected: readonly boolean[]): void;
}

/** How many rejects in a row each source has. As many sources as rejects at most: the limit and a chunk. */
type Row = ReadonlyMap<string, number>;

/** The row before a chunk, which may come again, and behind it. */
interface ChunkRows {
  readonly from: string;
  readonly before: Row;
  readonly next: string;
  readonly after: Row;
}

const noRow: Row = new Map();
/** How long a partition is blocked for a row of the only source in it, in ms. */
const blockMs = 60_000;
/** How long a source counts as one that shares a partition, in ms. */
const rememberedMs = 3_600_000;

/**
 * @param limit how many rejects in a row a partition may have
 * @param nowMs a clock in ms
 */
export function createRejectLimit(limit: number, nowMs: () => number = () => performance.now()): RejectLimit {
  const chunks = new Map<string, ChunkRows>();
  const blockedSince = new Map<string, number>();
  const neighbours = createNeighbours(nowMs);
  const fromOthers = Math.ceil(limit / 50);

  /** Where a row ends, or continues behind the chunk. @returns what is left of it */
  const judge = (partition: string, row: Row): Row => {
    const counts = [...row.values()];
    const all = counts.reduce((sum, count) => sum + count, 0);
    if (all <= limit) return row;
    if (all - Math.max(...counts) >= fromOthers) throw new RejectsOfAll(partition, limit);
    if (neighbours.areIn(partition)) return row;
    const since = blockedSince.get(partition) ?? nowMs();
    blockedSince.set(partition, since);
    if (nowMs() - since < blockMs) throw new RejectsOfOne(partition, limit);
    return noRow;
  };

  return {
    check(records, isRejected) {
      const [first, last] = [records[0], records.at(-1)];
      if (!first || !last) return;
      const partition = `${first.topic}/${first.partition}`;
      const before = rowBefore(chunks.get(partition), first.offset);
      let after = noRow;
      if (isRejected.includes(true)) {
        for (const record of records) neighbours.see(partition, sourceOf(record));
        for (const row of rowsOf(before, records, isRejected)) after = judge(partition, row);
      } else neighbours.see(partition, sourceOf(last));
      if (after.size === 0) blockedSince.delete(partition);
      const next = String(BigInt(last.offset) + 1n);
      chunks.set(partition, { from: first.offset, before, next, after });
    },
  };
}

/** The rows of a chunk where they are longest: before each good record, and at the end of the chunk. */
function* rowsOf(
  before: Row,
  records: readonly ConsumedRecord[],
  isRejected: readonly boolean[],
): Generator<Row> {
  let row = new Map(before);
  for (const [index, record] of records.entries()) {
    if (isRejected[index] === true) {
      const source = sourceOf(record);
      row.set(source, (row.get(source) ?? 0) + 1);
    } else if (row.size > 0) {
      yield row;
      row = new Map();
    }
  }
  yield row;
}

function rowBefore(chunk: ChunkRows | undefined, offset: string): Row {
  if (chunk?.next === offset) return chunk.after;
  return chunk?.from === offset ? chunk.before : noRow;
}

/** Remembers of each partition the two sources that were seen in it last. */
function createNeighbours(nowMs: () => number) {
  const seen = new Map<string, readonly { readonly source: string; readonly atMs: number }[]>();
  return {
    see(partition: string, source: string): void {
      const [latest, other] = seen.get(partition) ?? [];
      const one = { source, atMs: nowMs() };
      const kept = latest?.source === source ? other : latest;
      seen.set(partition, kept ? [one, kept] : [one]);
    },
    areIn(partition: string): boolean {
      const [, other] = seen.get(partition) ?? [];
      return other !== undefined && nowMs() - other.atMs < rememberedMs;
    },
  };
}

class RejectsOfAll extends Error {
  constructor(partition: string, limit: number) {
    super(
      `More than ${limit} consecutive records of ${partition} from several sources were rejected, so the partition is blocked: roll the deployment back if it causes this. If the records are bad, raise SLUICE_MAX_CONSECUTIVE_REJECTS.`,
    );
  }
}

class RejectsOfOne extends Error {
  constructor(partition: string, limit: number) {
    super(
      `More than ${limit} consecutive records of ${partition} were rejected, all from its only source, so the partition is blocked for ${blockMs / 1000} s: roll the deployment back if it causes this. If the records are bad, no action is needed.`,
    );
  }
}

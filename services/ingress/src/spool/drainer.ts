import { writeCursor } from './cursor.ts';
import type { Quarantine } from './quarantine.ts';
import { readBatch, type Batch, type PlacedRecord } from './read-batch.ts';
import type { Segment, SegmentLog } from './segment-log.ts';
import type { SegmentWriter } from './segment-writer.ts';
import { reasonOf, type SpoolFiles } from './spool-files.ts';
import type { Deliver, DrainOutcome } from './spooled.ts';
import type { SpoolLimits } from './spool-limits.ts';

export interface Drainer {
  drain(deliver: Deliver): Promise<DrainOutcome>;
  /** Whether a drain is running. */
  draining(): boolean;
  /** Why the disk did not let the last step of a drain be done, or null when it did. */
  failure(): string | null;
  /** Ends the drain that is running once its batch is answered; later ones end at once. */
  stop(): Promise<void>;
}

/** Delivers what is synced, oldest first: read a batch → deliver → remember how far, delete what is done. */
export function createDrainer(
  log: SegmentLog,
  writer: SegmentWriter,
  quarantine: Quarantine,
  files: SpoolFiles,
  limits: SpoolLimits,
): Drainer {
  /** What the answer to a batch left: the places behind the first open record that are delivered, and its end. */
  let partial: { readonly delivered: ReadonlySet<number>; readonly end: number } | null = null;
  let running: Promise<DrainOutcome> | null = null;
  let failure: string | null = null;
  let stopping = false;

  const read = async (segment: Segment): Promise<Batch> => {
    const range = {
      from: log.position.offset,
      end: partial?.end ?? segment.end,
      delivered: partial?.delivered ?? new Set<number>(),
      maxRecords: limits.maxBatchRecords,
      maxBytes: limits.maxBatchBytes,
    };
    const file = await files.open(log.pathOf(segment), 'read');
    try {
      return await readBatch(file, segment, range, quarantine);
    } finally {
      await file.close();
    }
  };

  /** Where the disk refuses, the spool goes on: what is not remembered is delivered again after a restart. */
  const remember = async (segment: Segment): Promise<void> => {
    const { offset, records } = log.position;
    if (offset >= segment.end && !writer.isWriting(segment)) {
      failure = await log.discard(segment);
      return;
    }
    try {
      await writeCursor(files, log.folder, { segment: segment.name, offset, records });
      failure = null;
    } catch (error) {
      failure = reasonOf(error);
    }
  };

  const advance = (batch: Batch, open: readonly PlacedRecord[]): void => {
    const [next] = open;
    const before = log.position.records;
    if (next === undefined) {
      partial = null;
      log.position = { offset: batch.end, records: before + batch.passed, appendedAtMs: null };
      return;
    }
    const behind = batch.records.filter((each) => each.at > next.at && !open.includes(each));
    const delivered = new Set([...(partial?.delivered ?? []), ...behind.map(({ at }) => at)]);
    partial = { delivered, end: batch.end };
    const { appendedAtMs } = next.record;
    log.position = { offset: next.at, records: before + next.passedBefore, appendedAtMs };
  };

  /** Delivers one batch of the segment. */
  const step = async (segment: Segment, deliver: Deliver): Promise<DrainStep> => {
    let batch: Batch;
    try {
      batch = await read(segment);
    } catch (error) {
      failure = reasonOf(error);
      return { ended: { outcome: 'failed', reason: failure }, delivered: 0 };
    }
    const records = batch.records.map(({ record }) => record);
    if (records[0]) log.position = { ...log.position, appendedAtMs: records[0].appendedAtMs };
    const durable = new Set(records.length === 0 ? [] : await deliver(records));
    const open = batch.records.filter(({ record }) => !durable.has(record));
    advance(batch, open);
    await remember(segment);
    return { ended: open.length > 0 ? { outcome: 'held' } : null, delivered: records.length - open.length };
  };

  /** The segment to be read next, after those that are done were deleted; null when there is nothing to read. */
  const oldest = async (): Promise<Segment | null> => {
    for (;;) {
      const [segment] = log.segments;
      if (segment === undefined || log.position.offset < segment.end) return segment ?? null;
      if (writer.isWriting(segment) && !writer.seal(segment)) return null;
      failure = await log.discard(segment);
    }
  };

  const run = async (deliver: Deliver): Promise<DrainOutcome> => {
    for (let delivered = 0; ;) {
      if (stopping) return { outcome: 'stopped', delivered };
      const segment = await oldest();
      if (segment === null) return { outcome: 'drained', delivered };
      const done = await step(segment, deliver);
      delivered += done.delivered;
      if (done.ended) return { ...done.ended, delivered };
    }
  };

  return {
    async drain(deliver) {
      if (running) return { outcome: 'busy', delivered: 0 };
      running = run(deliver);
      try {
        return await running;
      } finally {
        running = null;
      }
    },
    draining: () => running !== null,
    failure: () => failure,
    async stop() {
      stopping = true;
      await running?.catch(() => undefined);
    },
  };
}

interface DrainStep {
  readonly ended:
    { readonly outcome: 'held' } | { readonly outcome: 'failed'; readonly reason: string } | null;
  readonly delivered: number;
}

import { writeCursor } from './cursor.ts';
import type { Quarantine } from './quarantine.ts';
import { readBatch, type Batch, type PlacedRecord } from './read-batch.ts';
import type { Segment, SegmentLog } from './segment-log.ts';
import type { SegmentWriter } from './segment-writer.ts';
import { reasonOf, type SpoolFiles } from './spool-files.ts';
import type { Deliver, DrainOutcome } from './spooled.ts';
import type { SpoolLimits } from './spool-limits.ts';

interface DrainerPlace {
  readonly log: SegmentLog;
  readonly writer: SegmentWriter;
  readonly quarantine: Quarantine;
  readonly files: SpoolFiles;
  readonly limits: SpoolLimits;
}

/** Delivers what is synced, oldest first: read a batch → deliver → remember how far, delete what is done. */
export class Drainer {
  readonly #place: DrainerPlace;
  /** What the answer to a batch left: the places after the first open record that are delivered, and its end. */
  #partial: { readonly delivered: ReadonlySet<number>; readonly end: number } | null = null;
  #running: Promise<DrainOutcome> | null = null;
  #failure: string | null = null;
  #isStopping = false;

  constructor(place: DrainerPlace) {
    this.#place = place;
  }

  async drain(deliver: Deliver): Promise<DrainOutcome> {
    if (this.#running) return { outcome: 'busy', delivered: 0 };
    this.#running = this.#run(deliver);
    try {
      return await this.#running;
    } finally {
      this.#running = null;
    }
  }

  /** Whether a drain is running. */
  draining(): boolean {
    return this.#running !== null;
  }

  /** Why the disk did not let the last step of a drain be done, or null when it did. */
  failure(): string | null {
    return this.#failure;
  }

  /** Ends the drain that is running once its batch is answered; later ones end at once. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#running?.catch(() => undefined);
  }

  async #run(deliver: Deliver): Promise<DrainOutcome> {
    for (let delivered = 0; ;) {
      if (this.#isStopping) return { outcome: 'stopped', delivered };
      const segment = await this.#oldest();
      if (segment === null) return { outcome: 'drained', delivered };
      const done = await this.#step(segment, deliver);
      delivered += done.delivered;
      if (done.ended) return { ...done.ended, delivered };
    }
  }

  /** The segment to be read next, after those that are done were deleted; null when there is nothing to read. */
  async #oldest(): Promise<Segment | null> {
    const { log, writer } = this.#place;
    for (;;) {
      const [segment] = log.segments;
      if (segment === undefined || log.position.offset < segment.end) return segment ?? null;
      if (writer.isWriting(segment) && !writer.seal(segment)) return null;
      this.#failure = await log.discard(segment);
    }
  }

  /** Delivers one batch of the segment. */
  async #step(segment: Segment, deliver: Deliver): Promise<DrainStep> {
    const { log } = this.#place;
    let batch: Batch;
    try {
      batch = await this.#read(segment);
    } catch (error) {
      this.#failure = reasonOf(error);
      return { ended: { outcome: 'failed', reason: this.#failure }, delivered: 0 };
    }
    const records = batch.records.map(({ record }) => record);
    if (records[0]) log.position = { ...log.position, appendedAtMs: records[0].appendedAtMs };
    const durable = new Set(records.length === 0 ? [] : await deliver(records));
    const open = batch.records.filter(({ record }) => !durable.has(record));
    this.#advance(batch, open);
    await this.#remember(segment);
    return { ended: open.length > 0 ? { outcome: 'held' } : null, delivered: records.length - open.length };
  }

  async #read(segment: Segment): Promise<Batch> {
    const { log, quarantine, files, limits } = this.#place;
    const range = {
      from: log.position.offset,
      end: this.#partial?.end ?? segment.end,
      delivered: this.#partial?.delivered ?? new Set<number>(),
      maxRecords: limits.maxBatchRecords,
      maxBytes: limits.maxBatchBytes,
    };
    const file = await files.open(log.pathOf(segment), 'read');
    try {
      return await readBatch(file, segment, range, quarantine);
    } finally {
      await file.close();
    }
  }

  #advance(batch: Batch, open: readonly PlacedRecord[]): void {
    const { log } = this.#place;
    const [next] = open;
    const before = log.position.records;
    if (next === undefined) {
      this.#partial = null;
      log.position = { offset: batch.end, records: before + batch.passed, appendedAtMs: null };
      return;
    }
    const behind = batch.records.filter((each) => each.at > next.at && !open.includes(each));
    const delivered = new Set([...(this.#partial?.delivered ?? []), ...behind.map(({ at }) => at)]);
    this.#partial = { delivered, end: batch.end };
    const { appendedAtMs } = next.record;
    log.position = { offset: next.at, records: before + next.passedBefore, appendedAtMs };
  }

  /** Where the disk refuses, the spool continues: what is not remembered is delivered again after a restart. */
  async #remember(segment: Segment): Promise<void> {
    const { log, writer, files } = this.#place;
    const { offset, records } = log.position;
    if (offset >= segment.end && !writer.isWriting(segment)) {
      this.#failure = await log.discard(segment);
      return;
    }
    try {
      await writeCursor(files, log.folder, { segment: segment.name, offset, records });
      this.#failure = null;
    } catch (error) {
      this.#failure = reasonOf(error);
    }
  }
}

interface DrainStep {
  readonly ended:
    { readonly outcome: 'held' } | { readonly outcome: 'failed'; readonly reason: string } | null;
  readonly delivered: number;
}

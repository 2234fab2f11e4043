import type { BatchControl, ConsumedRecord, PartitionBatch } from '@sluice/kafka/consumer';
import { withHeartbeats } from '@sluice/kafka/with-heartbeats';
import { backoffMs } from './backoff.ts';
import { describeBlockage, isSkipRequested, metadataOfBlockage, readBlockage } from './blockage.ts';
import { keepToRetry } from './keep-to-retry.ts';
import { chunkRecordsOf, finish, startOf, type Progress, type Trouble } from './partition-progress.ts';
import { createPoisonPillDetector, markOf } from './poison-pills.ts';
import { createSlowBatches } from './slow-batches.ts';
import type { StreamOptions } from './stream-options.ts';
import { takeChunk } from './take-chunk.ts';
import { createTurns } from './turns.ts';

/** How long the partitions of a broker wait for a batch of one of them, in ms. */
const roundMs = 3_000;
/** After how many failed attempts a chunk is narrowed, and the blockage is written to the commit metadata. Most failures of a server end earlier. */
const patience = 3;
/** How often a worker looks, in ms, whether it is to skip the record that it waits at. */
const askEveryMs = 3_000;
const crashesProcesses = 'Several processes crashed while they processed only this record.';

/** What of a batch is to be tried again. */
interface Failure {
  readonly kept: readonly ConsumedRecord[];
  readonly waitMs: number;
  readonly progress: Progress;
}

/**
 * How an attempt at a chunk ended.
 * - `finished`: everything of it has ended, and is committed
 * - `failed`: it is to be tried again after `waitMs`, as many of it as `chunkRecordsOf` says
 * - `stopped`: the process stops, or the partition was taken away, before it was tried
 */
interface Attempt {
  readonly outcome: 'finished' | 'failed' | 'stopped';
  readonly waitMs: number;
}

/**
 * Works on the partitions of a stream. The steps, in the order in which this file has them:
 * 1. A batch waits its turn (`work`); what fails of it, or takes long, continues aside (`#goOnAside`, `#retry`).
 * 2. A partition is taken over (`#takeOver`), and its batch is worked through chunk by chunk (`#workThrough`).
 * 3. An attempt at a chunk (`#attempt`) is marked (`#mark`), handled (`#handle`), and committed.
 * 4. An attempt that failed (`#fail`) says how long to wait (`#pause`), and narrows the next one.
 */
export class PartitionWorker {
  readonly #options: StreamOptions;
  readonly #heartbeatMs: number;
  readonly #inFlight = new Set<readonly ConsumedRecord[]>();
  readonly #poisonPills = createPoisonPillDetector();
  readonly #suspects = createTurns();
  readonly #slowBatches = createSlowBatches(roundMs);
  #progresses = new Map<string, Progress>();

  constructor(options: StreamOptions) {
    this.#options = options;
    this.#heartbeatMs = Math.floor(options.sessionTimeoutMs / 10);
  }

  /** The chunks that `handle` works on. */
  inFlight(): (readonly ConsumedRecord[])[] {
    return [...this.#inFlight];
  }

  /** This process works on these partitions from now on, and on no others. */
  assign(partitions: Readonly<Record<string, readonly number[]>>): void {
    // Copies: work of before the join may still continue, and is not to change what is known from now on.
    this.#progresses = new Map(
      [...this.#progresses].flatMap(([name, one]) =>
        partitions[one.topic]?.includes(one.partition) ? [[name, structuredClone(one)] as const] : [],
      ),
    );
  }

  /**
   * Works through a batch; what of it failed, or takes longer than its round may wait, continues aside.
   * @throws what is about Kafka: a commit or a heartbeat that the group's coordinator refused, or could not answer.
   *   Nothing is lost by it: the offset is not committed, the consumer joins its group again, and the records come again,
   *   to this member or another one.
   */
  async work(batch: PartitionBatch, control: BatchControl): Promise<void> {
    const bytes = batch.records.reduce((sum, { value }) => sum + (value?.length ?? 0), 0);
    try {
      const work = this.#workThrough(batch, control);
      if ((await this.#slowBatches.wait(work, bytes)) === 'ended' && (await work) === null) return;
      this.#goOnAside(work, placeOf(batch), control);
    } catch (error) {
      this.#tellGroupFailed(error, batch);
      throw error;
    }
  }

  /** Apart from anybody who has the batch: what continues must not keep the records that it does not need in memory. */
  #goOnAside(work: Promise<Failure | null>, place: Place, control: BatchControl): void {
    control.aside(async () => {
      try {
        const failure = await work;
        if (failure) await this.#retry(failure, control);
      } catch (error) {
        this.#tellGroupFailed(error, place);
        throw error;
      }
    });
  }

  #tellGroupFailed(error: unknown, { topic, partition }: Place): void {
    this.#options.on.blocked(error, { topic, partition, attempt: 1, waitMs: 0 });
  }

  /** Tries the first records of a chunk that failed until they are finished, or the process stops. */
  async #retry({ kept, waitMs: firstWaitMs, progress }: Failure, control: BatchControl): Promise<void> {
    let attempt: Attempt = { outcome: 'failed', waitMs: firstWaitMs };
    while (attempt.outcome === 'failed') {
      const chunk = kept.slice(0, chunkRecordsOf(progress));
      await this.#pause(attempt.waitMs, chunk, progress, control);
      attempt = await this.#attempt(chunk, progress, control);
    }
  }

  /** @returns null when nothing is left to do: all of it has ended, or the process stops */
  async #workThrough(
    { topic, partition, records, lag }: PartitionBatch,
    control: BatchControl,
  ): Promise<Failure | null> {
    const [first] = records;
    if (!first) return null;
    const { on, chunk: bounds } = this.#options;
    on.lag(topic, partition, lag + records.length);
    on.oldest(topic, partition, first.timestampMs);
    const progress = await this.#takeOver(first, control);
    for (let at = 0; at < records.length;) {
      const chunk = takeChunk(records, at, { ...bounds, maxRecords: chunkRecordsOf(progress) });
      const { outcome, waitMs } = await this.#attempt(chunk, progress, control);
      switch (outcome) {
        case 'stopped':
          return null;
        case 'failed':
          return { kept: keepToRetry(chunk), waitMs, progress };
        case 'finished':
          at += chunk.length;
          break;
      }
    }
    on.lag(topic, partition, lag);
    on.oldest(topic, partition, lag === 0 ? null : (records.at(-1)?.timestampMs ?? null));
    return null;
  }

  /** At another offset than the one where this process stands another one had the partition: it may have left a mark. */
  async #takeOver(first: ConsumedRecord, control: BatchControl): Promise<Progress> {
    // Of this join: a later one knows nothing of what this batch finds.
    const progresses = this.#progresses;
    const name = `${first.topic}/${first.partition}`;
    const known = progresses.get(name);
    if (known?.next === first.offset) return known;
    const { maxRecords } = this.#options.chunk;
    const search = await this.#poisonPills.look(first, control, maxRecords);
    const progress = startOf(first, search, readBlockage(search.metadata), maxRecords);
    progresses.set(name, progress);
    return progress;
  }

  /** Of suspects one after the other: a process that crashes is to say which one it was at. */
  #attempt(chunk: readonly ConsumedRecord[], progress: Progress, control: BatchControl): Promise<Attempt> {
    const { isAlone, records, isProven } = progress.search;
    const attempt = () => this.#tryOnce(chunk, progress, control);
    return isAlone && records > 0 && !isProven ? this.#suspects.run(attempt) : attempt();
  }

  /**
   * Tries a chunk once, and commits it.
   * @param progress of the partition; kept up to date
   * @throws what Kafka's group says
   */
  async #tryOnce(
    chunk: readonly ConsumedRecord[],
    progress: Progress,
    control: BatchControl,
  ): Promise<Attempt> {
    const [first, last] = [chunk[0], chunk.at(-1)];
    if (!first || !last || !control.running()) return { outcome: 'stopped', waitMs: 0 };
    if (chunk.length > progress.told) {
      this.#options.on.received(progress.topic, chunk.length - progress.told);
      progress.told = chunk.length;
    }
    await this.#mark(first, progress, control);
    const isSkipped = await this.#isSkipped(chunk, progress, control);
    const stuck = this.#watch(first);
    try {
      await withHeartbeats(control, this.#heartbeatMs, () => this.#handle(chunk, first, progress, isSkipped));
    } catch (error) {
      clearTimeout(stuck);
      return { outcome: 'failed', waitMs: await this.#fail(chunk, first, error, progress, control) };
    } finally {
      clearTimeout(stuck);
    }
    await control.done(last);
    finish(progress, chunk, this.#options.chunk.maxRecords);
    await control.heartbeat();
    return { outcome: 'finished', waitMs: 0 };
  }

  /** The first chunk of a partition that was taken over, and all that may hold a poison pill. A chunk that failed did not crash the process. */
  async #mark(first: ConsumedRecord, progress: Progress, control: BatchControl): Promise<void> {
    const { search, trouble } = progress;
    const isDue = search.isNew || (search.records > 0 && trouble.attempts === 0);
    search.isNew = false;
    if (search.isProven || search.isMarked || !isDue) return;
    const { deaths } = search;
    await control.commitMetadata(first, markOf({ chunkRecords: chunkRecordsOf(progress), deaths }));
    search.isMarked = true;
  }

  /** Whether an operator asked for the one record that blocks to be skipped. */
  async #isSkipped(
    chunk: readonly ConsumedRecord[],
    { trouble }: Progress,
    control: BatchControl,
  ): Promise<boolean> {
    const [first] = chunk;
    if (!first || chunk.length > 1 || trouble.attempts < patience) return false;
    let isAsked = false;
    await withHeartbeats(control, this.#heartbeatMs, async () => {
      isAsked = await isSkipRequested(control, this.#options.groupId, first, trouble);
    });
    return isAsked;
  }

  /** Ends the process when the attempt that begins now never ends. */
  #watch({ topic, partition, offset }: ConsumedRecord): NodeJS.Timeout {
    const { stuckMs, on } = this.#options;
    const attempt = `An attempt at ${topic}/${partition}/${offset}`;
    const message = `${attempt} has not ended for ${stuckMs} ms: the process is stuck.`;
    return setTimeout(() => on.fatalError(new Error(message)), stuckMs);
  }

  /** What `handle` is not to have becomes a dead letter. */
  async #handle(
    chunk: readonly ConsumedRecord[],
    first: ConsumedRecord,
    { search, trouble }: Progress,
    isSkipped: boolean,
  ): Promise<void> {
    const { handle, deadLetter } = this.#options;
    if (isSkipped) return deadLetter(first, 'SKIPPED', skippedDetail(trouble));
    if (search.isProven) return deadLetter(first, 'POISON_PILL', crashesProcesses);
    const readable = chunk.filter(({ unreadable }) => unreadable === undefined);
    if (readable.length > 0) this.#inFlight.add(readable);
    try {
      if (readable.length > 0) await handle(readable, trouble.attempts + 1);
    } finally {
      this.#inFlight.delete(readable);
    }
    for (const record of chunk)
      if (record.unreadable !== undefined) await deadLetter(record, 'TOO_LARGE', record.unreadable);
  }

  /** @returns how long to wait before the next attempt, in ms */
  async #fail(
    chunk: readonly ConsumedRecord[],
    first: ConsumedRecord,
    error: unknown,
    progress: Progress,
    control: BatchControl,
  ): Promise<number> {
    const { on } = this.#options;
    const { topic, partition } = progress;
    const attempts = progress.trouble.attempts + 1;
    const sinceMs = progress.trouble.sinceMs || Date.now();
    const waitMs = backoffMs(attempts, Math.random());
    on.blocked(error, { topic, partition, attempt: attempts, waitMs });
    on.oldest(topic, partition, first.timestampMs);
    const said = describeBlockage(first, error);
    progress.trouble = { attempts, sinceMs, error: said.error };
    if (attempts >= patience) {
      // Without it the partition is not listed, and nothing else: when it was taken away the heartbeat says so.
      await control
        .commitMetadata(first, metadataOfBlockage({ records: chunk.length, sinceMs, attempts, ...said }))
        .catch(() => undefined);
      if (chunk.length > 1) progress.atOnce = Math.max(1, chunk.length >> 4);
    } else if (progress.search.isMarked) await control.commitMetadata(first, '');
    progress.search.isMarked = false;
    return waitMs;
  }

  /** Waits, less when the process stops or the record is to be skipped, which is asked now and then. The fetches send heartbeats. */
  async #pause(
    waitMs: number,
    chunk: readonly ConsumedRecord[],
    progress: Progress,
    control: BatchControl,
  ): Promise<void> {
    const stepMs = 200;
    let sinceAskedMs = 0;
    for (let leftMs = waitMs; leftMs > 0 && control.running(); leftMs -= stepMs) {
      await new Promise((resolve) => setTimeout(resolve, Math.min(stepMs, leftMs)));
      sinceAskedMs += stepMs;
      if (sinceAskedMs < askEveryMs) continue;
      sinceAskedMs = 0;
      if (await this.#isSkipped(chunk, progress, control)) return;
    }
  }
}

type Place = Pick<PartitionBatch, 'topic' | 'partition'>;

const placeOf = ({ topic, partition }: Place): Place => ({ topic, partition });

function skippedDetail({ attempts, sinceMs, error }: Trouble): string {
  return `An operator moved it. It had blocked its partition since ${new Date(sinceMs).toISOString()}, for ${attempts} attempts. Last error: ${error}`;
}

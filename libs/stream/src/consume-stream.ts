import {
  runConsumer,
  type BatchControl,
  type ConsumedRecord,
  type PartitionBatch,
} from '@sluice/kafka/consumer';
import type { KafkaConnection } from '@sluice/kafka/client';
import { repeat } from '@sluice/service/repeat';
import { attempt, retry } from './attempt.ts';
import { readBlockage } from './blockage.ts';
import { keepToRetry } from './keep-to-retry.ts';
import { chunkRecordsOf, startOf, type Progress } from './partition-progress.ts';
import { createSlowBatches, type SlowBatches } from './slow-batches.ts';
import { createPoisonPillDetector } from './poison-pills.ts';
import { takeChunk, type ChunkBounds } from './take-chunk.ts';

export interface StreamOptions {
  readonly connection: KafkaConnection;
  readonly groupId: string;
  /** Full names. */
  readonly topics: readonly string[];
  readonly partitionsAtOnce: number;
  readonly chunk: ChunkBounds;
  /** How long a member may be silent before its partitions go to others, in ms. */
  readonly sessionTimeoutMs: number;
  /** How long an attempt at a chunk may take, in ms, until the process counts as stuck and must end. */
  readonly stuckMs: number;
  /**
   * Works on some records of one partition, in order, and resolves when each has ended in an outcome that is
   * durable. What it throws is about a server or unknown: the first of them are handed in again, later, and
   * the partition is blocked until then; after some attempts fewer of them at once, down to the one that fails.
   * Other partitions go on meanwhile.
   * Errors about one record are outcomes, not exceptions.
   * @param attempt how often the first of them was handed in, from 1
   */
  readonly handle: (records: readonly ConsumedRecord[], attempt: number) => Promise<void>;
  /**
   * Writes a record to the dead-letter topic that `handle` must not get. Resolves when it is durable; throws as `handle`.
   * - `POISON_PILL`: several processes died of it
   * - `TOO_LARGE`: it stands for a batch that is too large to be read
   * - `SKIPPED`: it blocked its partition, and an operator asked for it
   */
  readonly deadLetter: (
    record: ConsumedRecord,
    reason: 'POISON_PILL' | 'TOO_LARGE' | 'SKIPPED',
    detail: string,
  ) => Promise<void>;
  readonly on: StreamEvents;
}

export interface StreamEvents {
  /** Work on records begins: told once for each chunk, however often it is tried. */
  received(topic: string, records: number): void;
  /** This process works on these partitions from now on, and on no others. */
  assigned(partitions: Readonly<Record<string, readonly number[]>>): void;
  /** A chunk could not be finished; it is tried again after `waitMs`. */
  blocked(error: unknown, about: { topic: string; partition: number; attempt: number; waitMs: number }): void;
  /** How far behind the end of the log a partition is, in records. */
  lag(topic: string, partition: number, records: number): void;
  /** When the oldest record that has not ended was written, epoch ms; null when all have. */
  oldest(topic: string, partition: number, writtenAtMs: number | null): void;
  /**
   * As `lag`, of every partition now and then, whether or not anything of it was fetched.
   * @param atMs epoch ms before which nothing of this was known
   */
  looked(topic: string, partition: number, records: number, atMs: number): void;
  /** The consumer cannot continue: the process must end. */
  fatalError(error: Error): void;
}

/** A consume loop that runs. */
export interface RunningStream {
  /** Finishes the chunks in flight, commits them, leaves the group. */
  stop(): Promise<void>;
  /**
   * Lets `stop` resolve although chunks are in flight.
   * @returns for each of them a message that says what is processed again
   */
  abort(): string[];
}

/** How often is looked where the logs end, in ms. */
const lookEveryMs = 10_000;
/** How long the partitions of a broker wait for a batch of one of them, in ms. */
const roundMs = 3_000;

/**
 * The one consume loop: chunk → handle → commit. The offset is committed last, and only behind records that
 * have ended; a chunk that cannot be finished, or takes long, blocks its partition alone: the work on it goes on aside,
 * while the others are fetched and worked on.
 * What blocks it is in the commit metadata (`Blockage`), and an operator may have it skipped.
 */
export async function consumeStream(options: StreamOptions): Promise<RunningStream> {
  let progresses = new Map<string, Progress>();
  const inFlight = new Set<readonly ConsumedRecord[]>();
  const slowBatches = createSlowBatches(roundMs);
  const handle: StreamOptions['handle'] = async (chunk, attempt) => {
    inFlight.add(chunk);
    try {
      await options.handle(chunk, attempt);
    } finally {
      inFlight.delete(chunk);
    }
  };
  const consumer = await runConsumer(options.connection, {
    groupId: options.groupId,
    topics: options.topics,
    partitionsAtOnce: options.partitionsAtOnce,
    maxBytesPerPartition: options.chunk.maxBytes,
    maxWaitMs: 250,
    sessionTimeoutMs: options.sessionTimeoutMs,
    onBatch: (batch, control) =>
      report(batch, options, () =>
        workInTurn(batch, control, { ...options, handle }, progresses, slowBatches),
      ),
    onAssigned(partitions) {
      // Copies: work of before the join may still go on, and is not to change what is known from now on.
      progresses = new Map(
        [...progresses].flatMap(([name, one]) =>
          partitions[one.topic]?.includes(one.partition) ? [[name, structuredClone(one)] as const] : [],
        ),
      );
      options.on.assigned(partitions);
    },
    onFatalError: (error) => options.on.fatalError(error),
  });
  const looks = repeat(lookEveryMs, async () => {
    const atMs = Date.now();
    // Kafka is away, and the consumer sees to that: what was known goes on.
    const lags = await consumer.lags().catch(() => []);
    for (const { topic, partition, records } of lags) options.on.looked(topic, partition, records, atMs);
  });
  const aborted = Promise.withResolvers<undefined>();
  return {
    async stop() {
      // A look may wait for Kafka; the stop does not wait for the look.
      void looks.stop();
      await Promise.race([consumer.stop(), aborted.promise]);
    },
    abort() {
      aborted.resolve(undefined);
      return [...inFlight].map(doneAgain);
    },
  };
}

type Place = Pick<PartitionBatch, 'topic' | 'partition'>;

const placeOf = ({ topic, partition }: Place): Place => ({ topic, partition });

function doneAgain(chunk: readonly ConsumedRecord[]): string {
  const { topic = '', partition = 0, offset = '' } = chunk[0] ?? {};
  return `${topic}/${partition}: ${chunk.length} records from offset ${offset} on are not committed; another process does them again, under the same ids.`;
}

/**
 * What escapes from a batch is about Kafka: a commit or a heartbeat that the group's coordinator refused, or could
 * not answer. Nothing is lost by it: the offset is not committed, the consumer joins its group again, and the
 * records come again, to this member or another one.
 */
async function report(
  { topic, partition }: Place,
  { on }: StreamOptions,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    on.blocked(error, { topic, partition, attempt: 1, waitMs: 0 });
    throw error;
  }
}

const poisonPills = createPoisonPillDetector();

/** Works through a batch; what of it failed, or takes longer than its round may wait, goes on aside. */
async function workInTurn(
  batch: PartitionBatch,
  control: BatchControl,
  options: StreamOptions,
  progresses: Map<string, Progress>,
  slowBatches: SlowBatches,
): Promise<void> {
  const bytes = batch.records.reduce((sum, { value }) => sum + (value?.length ?? 0), 0);
  const work = processBatch(batch, control, options, progresses);
  if ((await slowBatches.wait(work, bytes)) === 'ended' && (await work) === null) return;
  goOnAside(work, placeOf(batch), control, options);
}

/** Apart from whoever has the batch: what goes on must not keep the records that it does not need in memory. */
function goOnAside(
  work: Promise<Failure | null>,
  place: Place,
  control: BatchControl,
  options: StreamOptions,
): void {
  control.aside(() =>
    report(place, options, async () => {
      const failure = await work;
      if (failure) await retry(failure.kept, failure.waitMs, failure.progress, control, options);
    }),
  );
}

/** What of a batch is to be tried again. */
interface Failure {
  readonly kept: readonly ConsumedRecord[];
  readonly waitMs: number;
  readonly progress: Progress;
}

/** @returns null when nothing is left to do: all of it has ended, or the process stops */
async function processBatch(
  { topic, partition, records, lag }: PartitionBatch,
  control: BatchControl,
  options: StreamOptions,
  progresses: Map<string, Progress>,
): Promise<Failure | null> {
  const [first] = records;
  if (!first) return null;
  const { on, chunk: bounds } = options;
  on.lag(topic, partition, lag + records.length);
  on.oldest(topic, partition, first.timestampMs);

  const name = `${topic}/${partition}`;
  const known = progresses.get(name);
  // At another offset than the one where this process stands the partition was taken over.
  const progress = known?.next === first.offset ? known : await takeOver(first, control, bounds.maxRecords);
  progresses.set(name, progress);
  for (let at = 0; at < records.length;) {
    const chunk = takeChunk(records, at, { ...bounds, maxRecords: chunkRecordsOf(progress) });
    const { outcome, waitMs } = await attempt(chunk, progress, control, options);
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

async function takeOver(first: ConsumedRecord, control: BatchControl, maxRecords: number): Promise<Progress> {
  const search = await poisonPills.begin(first, control, maxRecords);
  return startOf(first, search, readBlockage(search.metadata), maxRecords);
}

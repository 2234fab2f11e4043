import {
  runConsumer,
  withHeartbeats,
  type BatchControl,
  type ConsumedRecord,
  type PartitionBatch,
} from '@sluice/kafka/consumer';
import type { KafkaConnection } from '@sluice/kafka/client';
import { backoffMs } from './backoff.ts';
import {
  describeBlockage,
  isSkipRequested,
  noteOfBlockage,
  readBlockage,
  type Blockage,
} from './blockage.ts';
import { takeChunk, type ChunkBounds } from './take-chunk.ts';
import { createSuspects, noteOf } from './suspects.ts';

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
   * durable. What it throws is about a server or unknown: the same records are handed in again, later, and
   * the partition is held until then; after some attempts fewer of them at once, down to the one that fails.
   * Errors about one record are outcomes, not exceptions.
   */
  readonly handle: (records: readonly ConsumedRecord[]) => Promise<void>;
  /**
   * Gives a record up that `handle` is not to have: resolves when it is kept elsewhere, throws as `handle`.
   * - `KILLS_PROCESSES`: several processes died of it
   * - `TOO_LARGE`: it stands for a batch that is too large to be read
   * - `SKIPPED`: it blocked its partition, and an operator asked for it
   */
  readonly giveUp: (
    record: ConsumedRecord,
    reason: 'KILLS_PROCESSES' | 'TOO_LARGE' | 'SKIPPED',
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
  held(error: unknown, about: { topic: string; partition: number; attempt: number; waitMs: number }): void;
  /** How far behind the end of the log a partition is, in records. */
  lag(topic: string, partition: number, records: number): void;
  /** When the oldest record that has not ended was written, epoch ms; null when all have. */
  oldest(topic: string, partition: number, writtenAtMs: number | null): void;
  /** The consumer is dead or stuck: the process must end. */
  dead(error: Error): void;
}

/** A consume loop that runs. */
export interface RunningStream {
  /** Finishes the chunks in hand, commits them, leaves the group. */
  stop(): Promise<void>;
  /**
   * Lets a stop resolve although chunks are in hand.
   * @returns for each of them a sentence saying what is done again
   */
  abandon(): string[];
}

/**
 * The one consume loop: chunk → handle → commit. The offset is committed last, and only behind records that
 * have ended; a chunk that cannot be finished holds its partition, with heartbeats, for as long as it takes.
 * What holds it is noted beside the committed offset (`Blockage`), and an operator may have it skipped.
 */
export async function consumeStream(options: StreamOptions): Promise<RunningStream> {
  /** Behind which offset of a partition this process stands; another one in between means a takeover. */
  const positions = new Map<string, string>();
  const inHand = new Set<readonly ConsumedRecord[]>();
  const handle: StreamOptions['handle'] = async (chunk) => {
    inHand.add(chunk);
    try {
      await options.handle(chunk);
    } finally {
      inHand.delete(chunk);
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
      report(batch, options, () => workThrough(batch, control, { ...options, handle }, positions)),
    onAssigned: (partitions) => options.on.assigned(partitions),
    onDead: (error) => options.on.dead(error),
  });
  const abandoned = Promise.withResolvers<undefined>();
  return {
    async stop() {
      await Promise.race([consumer.stop(), abandoned.promise]);
    },
    abandon() {
      abandoned.resolve(undefined);
      return [...inHand].map(doneAgain);
    },
  };
}

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
  { topic, partition }: PartitionBatch,
  { on }: StreamOptions,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    on.held(error, { topic, partition, attempt: 1, waitMs: 0 });
    throw error;
  }
}

const killsProcesses = 'Several processes died while they worked on this record alone.';

const suspects = createSuspects();

async function workThrough(
  batch: PartitionBatch,
  control: BatchControl,
  options: StreamOptions,
  positions: Map<string, string>,
): Promise<void> {
  const { topic, partition, records, lag } = batch;
  const [first] = records;
  if (!first) return;
  const { on, chunk: bounds } = options;
  on.lag(topic, partition, lag + records.length);
  on.oldest(topic, partition, first.timestampMs);

  const name = `${topic}/${partition}`;
  const isTakeover = positions.get(name) !== first.offset;
  const suspicion = isTakeover ? await suspects.begin(first, control, bounds.maxRecords) : null;
  const blockage = readBlockage(suspicion?.noted ?? '');
  let trouble = blockage ? { ...blockage } : noTrouble();
  let [at, counted, suspect] = [0, 0, suspicion?.records ?? 0];
  // The one record that another process knew already is tried alone at once.
  let atOnce = blockage?.records === 1 ? 1 : bounds.maxRecords;
  const received = (upTo: number): void => {
    if (upTo > counted) on.received(topic, upTo - counted);
    counted = Math.max(counted, upTo);
  };
  const finished = async (last: ConsumedRecord): Promise<void> => {
    await control.done(last);
    positions.set(name, String(BigInt(last.offset) + 1n));
    trouble = noTrouble();
    await control.heartbeat();
  };
  if (suspicion?.isProven) {
    received(1);
    const handle = () => options.giveUp(first, 'KILLS_PROCESSES', killsProcesses);
    if ((await finish([first], batch, control, { ...options, handle }, trouble)) !== 'finished') return;
    await finished(first);
    [at, suspect] = [1, 0];
  }
  while (at < records.length) {
    const chunkRecords = suspect > 0 ? (suspicion?.chunkRecords ?? 1) : bounds.maxRecords;
    const maxRecords = Math.min(chunkRecords, atOnce);
    const chunk = takeChunk(records, at, { ...bounds, maxRecords });
    const [head, last] = [chunk[0], chunk.at(-1)];
    if (!head || !last) return;
    received(at + chunk.length);
    // The first chunk of a takeover is noted already, by `begin`.
    if (suspect > 0 && at > 0) await control.note(head, noteOf({ chunkRecords: maxRecords, deaths: 0 }));
    const isNoted = suspect > 0 || (isTakeover && at === 0);
    switch (await finish(chunk, batch, control, options, trouble, isNoted)) {
      case 'stopped':
        return;
      case 'narrow':
        atOnce = Math.max(1, chunk.length >> 4);
        break;
      case 'finished':
        await finished(last);
        at += chunk.length;
        suspect -= chunk.length;
        atOnce = Math.min(atOnce * 2, bounds.maxRecords);
        break;
    }
  }
  on.lag(topic, partition, lag);
  on.oldest(topic, partition, lag === 0 ? null : (records.at(-1)?.timestampMs ?? null));
}

/** The failed attempts at the records from one on, over all the chunks that were tried from there. */
interface Trouble extends Pick<Blockage, 'attempts' | 'sinceMs'> {
  error: string;
  attempts: number;
  sinceMs: number;
}

const noTrouble = (): Trouble => ({ attempts: 0, sinceMs: 0, error: '' });

/** After how many failed attempts a chunk is narrowed, and what blocks is noted. A server's hiccup is shorter. */
const patience = 3;
/** How often a worker looks, in ms, whether it is to skip the record that it waits at. */
const askEveryMs = 3_000;

/**
 * Tries a chunk until it is finished.
 * @param trouble is kept up to date
 * @param isNoted that the chunk is noted in Kafka: the note goes with the first attempt that ends
 * @returns
 * - `narrow`: it failed some times, and fewer records are to be tried
 * - `stopped`: the process stops, or the partition was taken away, before the chunk was finished
 */
async function finish(
  chunk: readonly ConsumedRecord[],
  { topic, partition }: PartitionBatch,
  control: BatchControl,
  { handle, giveUp, on, groupId, sessionTimeoutMs, stuckMs }: StreamOptions,
  trouble: Trouble,
  isNoted = false,
): Promise<'finished' | 'narrow' | 'stopped'> {
  const heartbeatMs = Math.floor(sessionTimeoutMs / 10);
  const [first] = chunk;
  if (!first) return 'finished';
  const isSkipped = async (): Promise<boolean> => {
    if (chunk.length > 1 || trouble.attempts < patience) return false;
    let isAsked = false;
    await withHeartbeats(control, heartbeatMs, async () => {
      isAsked = await isSkipRequested(control, groupId, first, trouble);
    });
    return isAsked;
  };
  for (let attempt = 1; control.running(); attempt += 1) {
    const skips = await isSkipped();
    const stuck = setTimeout(() => on.dead(new Stuck(first, stuckMs)), stuckMs);
    try {
      await withHeartbeats(control, heartbeatMs, () =>
        skips ? giveUp(first, 'SKIPPED', skippedDetail(trouble)) : handleReadable(chunk, handle, giveUp),
      );
      return 'finished';
    } catch (error) {
      trouble.attempts += 1;
      if (trouble.sinceMs === 0) trouble.sinceMs = Date.now();
      const waitMs = backoffMs(trouble.attempts, Math.random());
      on.held(error, { topic, partition, attempt: trouble.attempts, waitMs });
      on.oldest(topic, partition, first.timestampMs);
      const said = describeBlockage(first, error);
      trouble.error = said.error;
      if (trouble.attempts >= patience) {
        const { attempts, sinceMs } = trouble;
        // Without it the partition is not listed, and nothing else: when it was taken away the heartbeat says so.
        await control
          .note(first, noteOfBlockage({ records: chunk.length, sinceMs, attempts, ...said }))
          .catch(() => undefined);
      } else if (isNoted && attempt === 1) await control.note(first, '');
      clearTimeout(stuck);
      await pause(waitMs, heartbeatMs, control, isSkipped);
      if (chunk.length > 1 && trouble.attempts >= patience) return 'narrow';
    } finally {
      clearTimeout(stuck);
    }
  }
  return 'stopped';
}

function skippedDetail({ attempts, sinceMs, error }: Trouble): string {
  return `An operator moved it: it blocked its partition since ${new Date(sinceMs).toISOString()}, for ${attempts} attempts. The last error: ${error}`;
}

async function handleReadable(
  chunk: readonly ConsumedRecord[],
  handle: StreamOptions['handle'],
  giveUp: StreamOptions['giveUp'],
): Promise<void> {
  const readable = chunk.filter(({ unreadable }) => unreadable === undefined);
  if (readable.length > 0) await handle(readable);
  for (const record of chunk)
    if (record.unreadable !== undefined) await giveUp(record, 'TOO_LARGE', record.unreadable);
}

class Stuck extends Error {
  constructor({ topic, partition, offset }: ConsumedRecord, stuckMs: number) {
    super(
      `An attempt at ${topic}/${partition}/${offset} has not ended for ${stuckMs} ms: the process is stuck.`,
    );
  }
}

/** Waits, with heartbeats; less when the process stops, or `isOver` says so, which is asked now and then. */
async function pause(
  waitMs: number,
  heartbeatMs: number,
  control: BatchControl,
  isOver: () => Promise<boolean>,
): Promise<void> {
  const stepMs = Math.min(200, heartbeatMs);
  let [sinceHeartbeatMs, sinceAskedMs] = [0, 0];
  for (let leftMs = waitMs; leftMs > 0 && control.running(); leftMs -= stepMs) {
    await new Promise((resolve) => setTimeout(resolve, Math.min(stepMs, leftMs)));
    [sinceHeartbeatMs, sinceAskedMs] = [sinceHeartbeatMs + stepMs, sinceAskedMs + stepMs];
    if (sinceHeartbeatMs >= heartbeatMs) {
      sinceHeartbeatMs = 0;
      await control.heartbeat();
    }
    if (sinceAskedMs >= askEveryMs) {
      sinceAskedMs = 0;
      if (await isOver()) return;
    }
  }
}

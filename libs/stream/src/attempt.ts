import { withHeartbeats, type BatchControl, type ConsumedRecord } from '@sluice/kafka/consumer';
import { backoffMs } from './backoff.ts';
import { describeBlockage, isSkipRequested, metadataOfBlockage } from './blockage.ts';
import type { StreamOptions } from './consume-stream.ts';
import { chunkRecordsOf, finish, type Progress, type Trouble } from './partition-progress.ts';
import { markOf } from './poison-pills.ts';

/**
 * How an attempt at a chunk ended.
 * - `finished`: everything of it has ended, and is committed
 * - `failed`: it is to be tried again after `waitMs`, as many of it as `chunkRecordsOf` says
 * - `stopped`: the process stops, or the partition was taken away, before it was tried
 */
export interface Attempt {
  readonly outcome: 'finished' | 'failed' | 'stopped';
  readonly waitMs: number;
}

/** After how many failed attempts a chunk is narrowed, and the blockage is written to the commit metadata. Most failures of a server end earlier. */
const patience = 3;
/** How often a worker looks, in ms, whether it is to skip the record that it waits at. */
const askEveryMs = 3_000;
const crashesProcesses = 'Several processes died while they worked on this record alone.';

/**
 * Tries a chunk once, and commits it.
 * @param progress of the partition; kept up to date
 * @throws what Kafka's group says
 */
export async function attempt(
  chunk: readonly ConsumedRecord[],
  progress: Progress,
  control: BatchControl,
  options: StreamOptions,
): Promise<Attempt> {
  const [first, last] = [chunk[0], chunk.at(-1)];
  if (!first || !last || !control.running()) return { outcome: 'stopped', waitMs: 0 };
  const { on, stuckMs, chunk: bounds } = options;
  if (chunk.length > progress.told) {
    on.received(progress.topic, chunk.length - progress.told);
    progress.told = chunk.length;
  }
  await markAttempt(first, progress, control);
  const skips = await isSkipped(chunk, progress, control, options);
  const stuck = setTimeout(() => on.fatalError(new Stuck(first, stuckMs)), stuckMs);
  try {
    await withHeartbeats(control, heartbeatMsOf(options), () => {
      if (skips) return options.deadLetter(first, 'SKIPPED', skippedDetail(progress.trouble));
      if (progress.search.isProven) return options.deadLetter(first, 'POISON_PILL', crashesProcesses);
      return handleReadable(chunk, progress.trouble.attempts + 1, options);
    });
  } catch (error) {
    clearTimeout(stuck);
    return { outcome: 'failed', waitMs: await failed(chunk, first, error, progress, control, options) };
  } finally {
    clearTimeout(stuck);
  }
  await control.done(last);
  finish(progress, chunk, bounds.maxRecords);
  await control.heartbeat();
  return { outcome: 'finished', waitMs: 0 };
}

/** Tries the first records of a chunk that failed until they are finished, or the process stops. */
export async function retry(
  kept: readonly ConsumedRecord[],
  firstWaitMs: number,
  progress: Progress,
  control: BatchControl,
  options: StreamOptions,
): Promise<void> {
  for (let [outcome, waitMs]: [Attempt['outcome'], number] = ['failed', firstWaitMs]; outcome === 'failed';) {
    const chunk = kept.slice(0, chunkRecordsOf(progress));
    await pause(waitMs, control, () => isSkipped(chunk, progress, control, options));
    ({ outcome, waitMs } = await attempt(chunk, progress, control, options));
  }
}

/** The first chunk of a partition that was taken over is marked already. A chunk that failed did not crash the process. */
async function markAttempt(first: ConsumedRecord, progress: Progress, control: BatchControl): Promise<void> {
  const { search, trouble } = progress;
  if (search.isProven || search.isMarked || search.records === 0 || trouble.attempts > 0) return;
  await control.commitMetadata(first, markOf({ chunkRecords: chunkRecordsOf(progress), deaths: 0 }));
  search.isMarked = true;
}

/** @returns how long to wait before the next attempt, in ms */
async function failed(
  chunk: readonly ConsumedRecord[],
  first: ConsumedRecord,
  error: unknown,
  progress: Progress,
  control: BatchControl,
  { on }: StreamOptions,
): Promise<number> {
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

/** Whether an operator asked for the one record that blocks to be skipped. */
async function isSkipped(
  chunk: readonly ConsumedRecord[],
  { trouble }: Progress,
  control: BatchControl,
  options: StreamOptions,
): Promise<boolean> {
  const [first] = chunk;
  if (!first || chunk.length > 1 || trouble.attempts < patience) return false;
  let isAsked = false;
  await withHeartbeats(control, heartbeatMsOf(options), async () => {
    isAsked = await isSkipRequested(control, options.groupId, first, trouble);
  });
  return isAsked;
}

const heartbeatMsOf = ({ sessionTimeoutMs }: StreamOptions): number => Math.floor(sessionTimeoutMs / 10);

function skippedDetail({ attempts, sinceMs, error }: Trouble): string {
  return `An operator moved it: it blocked its partition since ${new Date(sinceMs).toISOString()}, for ${attempts} attempts. The last error: ${error}`;
}

async function handleReadable(
  chunk: readonly ConsumedRecord[],
  number: number,
  { handle, deadLetter }: StreamOptions,
): Promise<void> {
  const readable = chunk.filter(({ unreadable }) => unreadable === undefined);
  if (readable.length > 0) await handle(readable, number);
  for (const record of chunk)
    if (record.unreadable !== undefined) await deadLetter(record, 'TOO_LARGE', record.unreadable);
}

class Stuck extends Error {
  constructor({ topic, partition, offset }: ConsumedRecord, stuckMs: number) {
    super(
      `An attempt at ${topic}/${partition}/${offset} has not ended for ${stuckMs} ms: the process is stuck.`,
    );
  }
}

/** Waits, less when the process stops or `isOver` says so, which is asked now and then. The fetches send heartbeats. */
async function pause(waitMs: number, control: BatchControl, isOver: () => Promise<boolean>): Promise<void> {
  const stepMs = 200;
  let sinceAskedMs = 0;
  for (let leftMs = waitMs; leftMs > 0 && control.running(); leftMs -= stepMs) {
    await new Promise((resolve) => setTimeout(resolve, Math.min(stepMs, leftMs)));
    sinceAskedMs += stepMs;
    if (sinceAskedMs < askEveryMs) continue;
    sinceAskedMs = 0;
    if (await isOver()) return;
  }
}

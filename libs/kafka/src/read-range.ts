import { randomUUID } from 'node:crypto';
import type { KafkaConnection } from './client.ts';
import { deleteGroup } from './commit-alone.ts';
import { runConsumer, type ConsumedRecord } from './consumer.ts';
import { findUnread, type GoneRecords, type Range, type Unread } from './unread.ts';
import { withHeartbeats } from './with-heartbeats.ts';

export type { GoneRecords, Range } from './unread.ts';

/** As `readRanges`, of one topic. */
export function readRange(
  connection: KafkaConnection,
  range: Range,
  onRecord: (record: ConsumedRecord) => void,
  stallMs?: number,
): Promise<void> {
  return readRanges(connection, [range], onRecord, stallMs);
}

/**
 * Reads every record of some ranges, in order within each partition, with one group of its own that is deleted
 * afterwards. Each record comes once.
 * @throws as `workThroughRanges`
 */
export function readRanges(
  connection: KafkaConnection,
  ranges: readonly Range[],
  onRecord: (record: ConsumedRecord) => void,
  stallMs?: number,
): Promise<void> {
  return workThroughRanges(connection, ranges, {
    ...(stallMs === undefined ? {} : { stallMs }),
    onRecords: (records) => {
      records.forEach(onRecord);
      return Promise.resolve();
    },
  });
}

export interface RangeWork {
  /**
   * Works on what one fetch brought of one partition, in order, and not empty. The partition is not fetched
   * further before it resolves, however long that takes. What it throws ends the reading.
   */
  readonly onRecords: (records: readonly ConsumedRecord[]) => Promise<void>;
  /**
   * Told what has left Kafka before it was read: retention took it, or somebody deleted it. The reading continues
   * behind it. Default: the reading ends with an error.
   */
  readonly onGone?: (gone: GoneRecords) => void;
  /** How many partitions are worked on at once. Default: 8. */
  readonly partitionsAtOnce?: number;
  /** How long nothing may come, in ms, while nothing is worked on. Default: 90 s. */
  readonly stallMs?: number;
  /** Ends the reading early, without an error, when what is worked on has ended. */
  readonly signal?: AbortSignal;
}

const sessionTimeoutMs = 30_000;
/** How often Kafka is asked what it still holds while nothing comes, in ms. */
const lookEveryMs = 2_000;

/**
 * Works through every record of some ranges as `readRanges` reads them, at the pace of the work: no more is in
 * memory than what a fetch brings of the partitions that are worked on.
 *
 * Each partition begins with the offset that was asked for, and continues without a gap. kafkajs begins again at the
 * log's start, and says nothing, when an offset is no longer there: here every gap is compared with that start.
 * What is missing behind it is no record: compaction, or a transaction's marker.
 * @throws what the work threw; `RecordsGone` when records have left and no `onGone` is given; when nothing came for
 *   `stallMs`, which is so too when a topic was created again and ends before the range does
 */
export async function workThroughRanges(
  connection: KafkaConnection,
  ranges: readonly Range[],
  work: RangeWork,
): Promise<void> {
  const { onRecords, partitionsAtOnce = 8, stallMs = 90_000, signal } = work;
  const unread = await findUnread(connection, ranges, work.onGone ?? refuseGone);
  if (unread.size === 0 || signal?.aborted) return;
  const groupId = `sluice-read-${randomUUID()}`;
  const { promise: arrived, resolve, reject } = Promise.withResolvers<undefined>();
  const pace: Pace = { worked: 0, heardAt: performance.now() };
  const watch = watchUnread(unread, pace, stallMs, () => resolve(undefined), reject);
  const stop = (): void => resolve(undefined);
  signal?.addEventListener('abort', stop);
  const consumer = await runConsumer(connection, {
    groupId,
    topics: unread.topics(),
    startAt: unread.starts(),
    partitionsAtOnce,
    maxBytesPerPartition: 4 * 1024 * 1024,
    maxWaitMs: 100,
    sessionTimeoutMs,
    async onBatch({ topic, partition, records }, control) {
      const last = records.at(-1);
      if (!last || signal?.aborted) return;
      pace.worked += 1;
      try {
        const wanted = await unread.wanted(topic, partition, records);
        if (wanted.length > 0) await withHeartbeats(control, sessionTimeoutMs / 10, () => onRecords(wanted));
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
        return;
      } finally {
        pace.worked -= 1;
        pace.heardAt = performance.now();
      }
      // What its end left half done is not done.
      if (isAborted(signal)) return;
      unread.done(last);
      if (unread.size === 0) resolve(undefined);
      // Refused when the coordinator took this member for dead: the group is joined again.
      await control.done(last);
    },
    onFatalError: (error) => reject(explained(error, groupId)),
  });
  try {
    await arrived;
  } finally {
    clearInterval(watch);
    signal?.removeEventListener('abort', stop);
    await consumer.stop();
    await deleteGroup(connection, groupId).catch((error: unknown) => {
      throw explained(error, groupId);
    });
  }
}

interface Pace {
  /** How many batches are being worked on. */
  worked: number;
  /** When the last one was worked on. */
  heardAt: number;
}

/** Looks, while nothing comes, whether what is missing is still there to come. */
function watchUnread(
  unread: Unread,
  pace: Readonly<Pace>,
  stallMs: number,
  onRead: () => void,
  onError: (error: Error) => void,
): NodeJS.Timeout {
  const look = (): void => {
    if (pace.worked > 0) return;
    if (performance.now() - pace.heardAt > stallMs) {
      onError(
        new Error(`Kafka sent nothing for ${stallMs} ms before the end of ${unread.names().join(', ')}.`),
      );
      return;
    }
    unread.look().then(
      () => {
        if (unread.size === 0) onRead();
      },
      (error: unknown) => {
        if (error instanceof RecordsGone) onError(error);
      },
    );
  };
  return setInterval(look, Math.min(stallMs, lookEveryMs));
}

const isAborted = (signal: AbortSignal | undefined): boolean => signal?.aborted ?? false;

/** Records of a range have left Kafka before they were read. */
export class RecordsGone extends Error {}

function refuseGone({ topic, partition, from, to }: GoneRecords): void {
  throw new RecordsGone(
    `${to - from} records of ${topic}/${partition} from offset ${from} on were deleted from Kafka, by retention or by somebody, before they were read.`,
  );
}

/** kafkajs gives up looking for a coordinator, and does not say why. */
function explained(error: unknown, groupId: string): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  if (error.name !== 'KafkaJSGroupCoordinatorNotFound') return error;
  return new Error(
    `Kafka names no coordinator of the group ${groupId}: it is unavailable, or this user has no ACL to read groups that begin with "sluice-read-".`,
    { cause: error },
  );
}

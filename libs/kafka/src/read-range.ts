import { randomUUID } from 'node:crypto';
import type { KafkaConnection } from './client.ts';
import { deleteGroup } from './commit-alone.ts';
import { runConsumer, withHeartbeats, type ConsumedRecord } from './consumer.ts';

/** A part of a topic: from the first offset of each partition up to, not including, the last. */
export interface Range {
  readonly topic: string;
  readonly from: ReadonlyMap<number, bigint>;
  readonly to: ReadonlyMap<number, bigint>;
}

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
 * @throws when the ranges do not arrive: nothing came for `stallMs`
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
  /** How many partitions are worked on at once. 8 unless told. */
  readonly partitionsAtOnce?: number;
  /** How long nothing may come, in ms, while nothing is worked on. 90 000 unless told. */
  readonly stallMs?: number;
  /** Ends the reading early, without an error, when what is worked on has ended. */
  readonly signal?: AbortSignal;
}

const sessionTimeoutMs = 30_000;

/**
 * Works through every record of some ranges as `readRanges` reads them, at the pace of the work: no more is in
 * memory than what a fetch brings of the partitions that are worked on.
 * @throws what the work threw, or when the ranges do not arrive
 */
export async function workThroughRanges(
  connection: KafkaConnection,
  ranges: readonly Range[],
  { onRecords, partitionsAtOnce = 8, stallMs = 90_000, signal }: RangeWork,
): Promise<void> {
  const unread = new Map<string, bigint>();
  for (const { topic, from, to } of ranges) {
    for (const [partition, end] of to)
      if (end > (from.get(partition) ?? 0n)) unread.set(`${topic}/${partition}`, end);
  }
  if (unread.size === 0 || signal?.aborted) return;
  const ends = new Map(unread);
  /** By partition, the offset of the first record that is not worked through. */
  const next = new Map<string, bigint>(
    ranges.flatMap(({ topic, from }) =>
      [...from].map(([partition, offset]) => [`${topic}/${partition}`, offset] as const),
    ),
  );
  const groupId = `sluice-read-${randomUUID()}`;
  const { promise: arrived, resolve, reject } = Promise.withResolvers<undefined>();
  const stalled = (): void =>
    reject(new Error(`Nothing came for ${stallMs} ms before the end of ${[...unread.keys()].join(', ')}.`));
  let timer = setTimeout(stalled, stallMs);
  let worked = 0;
  const working = async (work: () => Promise<void>): Promise<void> => {
    clearTimeout(timer);
    worked += 1;
    try {
      await work();
    } finally {
      worked -= 1;
      if (worked === 0) timer = setTimeout(stalled, stallMs);
    }
  };
  const stop = (): void => resolve(undefined);
  signal?.addEventListener('abort', stop);
  const consumer = await runConsumer(connection, {
    groupId,
    topics: ranges
      .filter(({ topic, to }) => [...to.keys()].some((one) => unread.has(`${topic}/${one}`)))
      .map(({ topic }) => topic),
    startAt: ranges.flatMap(({ topic, from }) =>
      [...from].map(([partition, offset]) => ({ topic, partition, offset: String(offset) })),
    ),
    partitionsAtOnce,
    maxBytesPerPartition: 4 * 1024 * 1024,
    maxWaitMs: 100,
    sessionTimeoutMs,
    onBatch: ({ topic, partition, records }, control) =>
      working(async () => {
        const name = `${topic}/${partition}`;
        const end = ends.get(name) ?? 0n;
        // Whoever joins the group again may be given what was worked through, and what is before the range.
        const start = next.get(name) ?? 0n;
        const wanted = records.filter(({ offset }) => BigInt(offset) >= start && BigInt(offset) < end);
        const last = records.at(-1);
        if (!last || signal?.aborted) return;
        try {
          if (wanted.length > 0)
            await withHeartbeats(control, sessionTimeoutMs / 10, () => onRecords(wanted));
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
          return;
        }
        if (signal?.aborted) return;
        const behind = BigInt(last.offset) + 1n;
        if (behind > start) next.set(name, behind);
        if (behind >= end) unread.delete(name);
        if (unread.size === 0) resolve(undefined);
        // Refused when the coordinator took this member for dead: the group is joined again.
        await control.done(last);
      }),
    onDead: (error) => reject(explained(error, groupId)),
  });
  try {
    await arrived;
  } finally {
    signal?.removeEventListener('abort', stop);
    await consumer.stop();
    clearTimeout(timer);
    await deleteGroup(connection, groupId).catch((error: unknown) => {
      throw explained(error, groupId);
    });
  }
}

/** kafkajs gives up looking for a coordinator, and does not say why. */
function explained(error: unknown, groupId: string): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  if (error.name !== 'KafkaJSGroupCoordinatorNotFound') return error;
  return new Error(
    `Kafka names no coordinator of the group ${groupId}: it is away, or this user has no ACL to read groups that begin with "sluice-read-".`,
    { cause: error },
  );
}

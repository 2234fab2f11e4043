import { randomUUID } from 'node:crypto';
import type { KafkaConnection } from './client.ts';
import { deleteGroup } from './commit-alone.ts';
import { runConsumer, type ConsumedRecord } from './consumer.ts';
import { offsetRanges, type OffsetRange } from './topics-admin.ts';
import { withHeartbeats } from './with-heartbeats.ts';

/**
 * A part of a topic: from the first offset of each partition up to, not including, the last. A partition that `from`
 * lacks is read from its oldest record.
 */
export interface Range {
  readonly topic: string;
  readonly from: ReadonlyMap<number, bigint>;
  readonly to: ReadonlyMap<number, bigint>;
}

/** Records that were asked for and have left Kafka unread: from the first offset up to, not including, the last. */
export interface GoneRecords {
  readonly topic: string;
  readonly partition: number;
  readonly from: bigint;
  readonly to: bigint;
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
  let worked = 0;
  let heardAt = performance.now();
  const watch = setInterval(
    () => {
      if (worked > 0) return;
      const names = unread.names().join(', ');
      if (performance.now() - heardAt > stallMs)
        reject(new Error(`Kafka sent nothing for ${stallMs} ms before the end of ${names}.`));
      else
        unread.look().then(
          () => unread.size === 0 && resolve(undefined),
          (error: unknown) => {
            if (error instanceof RecordsGone) reject(error);
          },
        );
    },
    Math.min(stallMs, lookEveryMs),
  );
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
      worked += 1;
      try {
        const wanted = await unread.wanted(topic, partition, records);
        if (wanted.length > 0) await withHeartbeats(control, sessionTimeoutMs / 10, () => onRecords(wanted));
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
        return;
      } finally {
        worked -= 1;
        heardAt = performance.now();
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

const isAborted = (signal: AbortSignal | undefined): boolean => signal?.aborted ?? false;

/** Records of a range have left Kafka before they were read. */
export class RecordsGone extends Error {}

function refuseGone({ topic, partition, from, to }: GoneRecords): void {
  throw new RecordsGone(
    `${to - from} records of ${topic}/${partition} from offset ${from} on were deleted from Kafka, by retention or by somebody, before they were read.`,
  );
}

/** What of some ranges is not read yet. */
interface Unread {
  /** How many partitions. */
  readonly size: number;
  names(): string[];
  topics(): string[];
  /** Where to begin in every partition of these topics; behind everything where nothing is wanted. */
  starts(): { topic: string; partition: number; offset: string }[];
  /** Those of some records of a partition that are not read, after a look at what is missing before them. */
  wanted(topic: string, partition: number, records: readonly ConsumedRecord[]): Promise<ConsumedRecord[]>;
  /** Everything up to and with this record is read. */
  done(record: ConsumedRecord): void;
  /** Asks Kafka what it still holds: what has left is not waited for. */
  look(): Promise<void>;
}

interface UnreadPart {
  readonly topic: string;
  readonly partition: number;
  /** The offset of the first record that is not read. */
  next: bigint;
  readonly end: bigint;
}

async function findUnread(
  connection: KafkaConnection,
  ranges: readonly Range[],
  onGone: (gone: GoneRecords) => void,
): Promise<Unread> {
  const names = [...new Set(ranges.map(({ topic }) => topic))];
  const heldBy = async (topics: readonly string[]): Promise<Map<string, Map<number, OffsetRange>>> =>
    new Map(
      await Promise.all(topics.map(async (topic) => [topic, await offsetRanges(connection, topic)] as const)),
    );
  const held = await heldBy(names);
  const parts = new Map<string, UnreadPart>();
  for (const { topic, from, to } of ranges)
    for (const [partition, end] of to) {
      const next = from.get(partition) ?? held.get(topic)?.get(partition)?.low ?? 0n;
      if (next < end) parts.set(`${topic}/${partition}`, { topic, partition, next, end });
    }

  /** Passes over what is missing before an offset: what has left since is told. */
  const passTo = (part: UnreadPart, offset: bigint, low: bigint): void => {
    const { topic, partition, next, end } = part;
    const goneTo = [offset, low, end].reduce((least, one) => (one < least ? one : least));
    if (goneTo > next) onGone({ topic, partition, from: next, to: goneTo });
    part.next = offset > next ? offset : next;
  };
  /** What has left as a whole is not waited for. */
  const passOverEmpty = (now: ReadonlyMap<string, ReadonlyMap<number, OffsetRange>>): void => {
    for (const [name, part] of parts) {
      const { low } = now.get(part.topic)?.get(part.partition) ?? { low: 0n };
      if (low < part.end) continue;
      passTo(part, part.end, low);
      parts.delete(name);
    }
  };
  passOverEmpty(held);

  return {
    get size() {
      return parts.size;
    },
    names: () => [...parts.keys()],
    topics: () => [...new Set([...parts.values()].map(({ topic }) => topic))],
    starts: () =>
      [...new Set([...parts.values()].map(({ topic }) => topic))].flatMap((topic) =>
        [...(held.get(topic) ?? [])].map(([partition, { high }]) => ({
          topic,
          partition,
          offset: String(parts.get(`${topic}/${partition}`)?.next ?? high),
        })),
      ),
    async wanted(topic, partition, records) {
      const part = parts.get(`${topic}/${partition}`);
      const [first] = records;
      if (!part || !first) return [];
      const begins = BigInt(first.offset);
      if (begins > part.next) {
        const low = (await offsetRanges(connection, topic)).get(partition)?.low ?? 0n;
        passTo(part, begins, low);
      }
      // Anybody who joins the group again may be given what was worked through, and what is before the range.
      return records.filter(({ offset }) => BigInt(offset) >= part.next && BigInt(offset) < part.end);
    },
    done({ topic, partition, offset }) {
      const name = `${topic}/${partition}`;
      const part = parts.get(name);
      if (!part) return;
      const behind = BigInt(offset) + 1n;
      if (behind > part.next) part.next = behind;
      if (part.next >= part.end) parts.delete(name);
    },
    async look() {
      passOverEmpty(await heldBy([...new Set([...parts.values()].map(({ topic }) => topic))]));
    },
  };
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

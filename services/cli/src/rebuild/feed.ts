import type { TopicLimits } from '@sluice/normalizer/map-record';
import type { AvroTopic } from '@sluice/canonical-event/avro-codec';
import type { RegistryConnection } from '@sluice/canonical-event/registry';
import type { KafkaConnection } from '@sluice/kafka/client';
import type { ConsumedRecord } from '@sluice/kafka/consumer';
import { workThroughRanges, type GoneRecords, type Range } from '@sluice/kafka/read-range';
import { offsetRanges, type OffsetRange } from '@sluice/kafka/topics-admin';
import type { CanonicalTopic } from '@sluice/schemas/topics';
import type { Batcher } from '@sluice/sink/batcher';
import type { NewerSchemas } from '@sluice/sink/newer-schemas';
import type { RebuildScope } from '@sluice/sink/rebuild-scope';
import type { RebuildTarget } from '@sluice/sink/rebuild-target';

/** What each partition of some topics holds, by the topics' full names. */
export type Held = ReadonlyMap<string, ReadonlyMap<number, OffsetRange>>;

export interface Refusals {
  /** A record, or a part of it, that is in no store. */
  refused(reason: string): void;
}

/** Where a rebuild's events come from. */
export interface Feed {
  /** Whether it is what the sinks read. */
  readonly isCanonical: boolean;
  /** Full names of the topics that are read. */
  readonly topics: readonly string[];
  /**
   * Which events of a topic are made again, when these parts of the feed's topics are read.
   * @param store what serves: its events tell whether the topics were created again since
   */
  scopeOf(
    topic: CanonicalTopic,
    held: Held,
    store: Pick<RebuildTarget, 'countOutside'>,
  ): Promise<RebuildScope>;
  /** What events of a topic may come from records that left before they were read: it holds all of them, and maybe more. */
  scopeOfGone(topic: CanonicalTopic, gone: readonly GoneRecords[]): Promise<RebuildScope>;
  /** Turns records into events, and resolves when the batcher has written them. */
  handle(
    batcher: Pick<Batcher, 'add'>,
    refusals: Refusals,
  ): (records: readonly ConsumedRecord[]) => Promise<void>;
}

export interface FeedPlace {
  readonly connection: KafkaConnection;
  readonly registry: RegistryConnection;
  readonly stream: string;
  /** What is rebuilt. */
  readonly topics: readonly CanonicalTopic[];
  readonly schemaIds: ReadonlyMap<AvroTopic, number>;
  readonly newerSchemas: NewerSchemas;
  /** What the topics take: a rebuild from raw records makes the events that the normalizer made. Default: as declared. */
  readonly limits?: TopicLimits;
}

/** What the topics hold now. */
export async function heldBy(connection: KafkaConnection, topics: readonly string[]): Promise<Held> {
  return new Map(
    await Promise.all(topics.map(async (topic) => [topic, await offsetRanges(connection, topic)] as const)),
  );
}

export const lowOf = (held: Held): Map<string, Map<number, bigint>> => bounds(held, 'low');
export const highOf = (held: Held): Map<string, Map<number, bigint>> => bounds(held, 'high');

function bounds(held: Held, bound: keyof OffsetRange): Map<string, Map<number, bigint>> {
  return new Map(
    [...held].map(([topic, partitions]) => [
      topic,
      new Map([...partitions].map(([partition, range]) => [partition, range[bound]])),
    ]),
  );
}

type Offsets = ReadonlyMap<string, ReadonlyMap<number, bigint>>;

/**
 * The parts of some topics between offsets; a partition that `from` does not know is read from its oldest record, and
 * so is one that ends before: the topic was created again. What has left since `from` is a part of them: anybody who reads
 * them is told.
 */
export function rangesBetween(from: Offsets, held: Held): Range[] {
  return [...held].map(([topic, partitions]) => ({
    topic,
    from: new Map(
      [...partitions].map(([partition, { low, high }]) => {
        const start = from.get(topic)?.get(partition) ?? low;
        return [partition, start > high ? low : start];
      }),
    ),
    to: new Map([...partitions].map(([partition, { high }]) => [partition, high])),
  }));
}

/** How many records some ranges hold. */
export function lengthOf(ranges: readonly Range[]): number {
  return ranges
    .flatMap(({ from, to }) => [...to].map(([partition, end]) => Number(end - (from.get(partition) ?? 0n))))
    .reduce((sum, length) => sum + length, 0);
}

/** By topic and partition a record; null for a partition that holds none, or lost it at that moment. */
export type OldestRecords = ReadonlyMap<string, ReadonlyMap<number, ConsumedRecord | null>>;

/** The first record that each partition of some topics still holds. */
export async function oldestRecords(connection: KafkaConnection, held: Held): Promise<OldestRecords> {
  const oldest = new Map(
    [...held].map(([topic, partitions]) => [
      topic,
      new Map<number, ConsumedRecord | null>([...partitions.keys()].map((partition) => [partition, null])),
    ]),
  );
  const ranges = [...held].map(([topic, partitions]): Range => {
    const filled = [...partitions].filter(([, { low, high }]) => low < high);
    return {
      topic,
      from: new Map(filled.map(([partition, { low }]) => [partition, low])),
      to: new Map(filled.map(([partition, { low }]) => [partition, low + 1n])),
    };
  });
  await workThroughRanges(connection, ranges, {
    onGone: () => undefined,
    onRecords([first]) {
      if (first) oldest.get(first.topic)?.set(first.partition, first);
      return Promise.resolve();
    },
  });
  return oldest;
}

/** Whether a store has events in one scope that a narrower one leaves out. */
export async function hasBetween(
  store: Pick<RebuildTarget, 'countOutside'>,
  topic: CanonicalTopic,
  { wide, narrow }: { readonly wide: RebuildScope; readonly narrow: RebuildScope },
): Promise<boolean> {
  // What a sink writes in between makes the second count higher: then more is carried over, and not less.
  const ofWide = await store.countOutside(topic, wide);
  return (await store.countOutside(topic, narrow)) > ofWide;
}

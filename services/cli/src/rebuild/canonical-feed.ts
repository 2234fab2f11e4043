import { topicOf } from '@sluice/schemas/topics';
import { createEventDecoder } from '@sluice/sink/decode-events';
import { createEventHandler } from '@sluice/sink/handle-events';
import type { RebuildScope } from '@sluice/sink/rebuild-scope';
import {
  hasBetween,
  heldBy,
  oldestRecords,
  type Feed,
  type FeedPlace,
  type Held,
  type OldestRecords,
} from './feed.ts';

/** How much the clocks of those who write to one topic may differ. */
const clockMarginMs = 3_600_000;

/** How long an event usually is on its way to its topic at most, with clocks that differ. */
const waitMs = 60_000;

/**
 * The canonical topics themselves, as the sinks read them. What the sinks dead-lettered is left out again, and not
 * dead-lettered again. An event whose schema is newer ends the rebuild, where such ones are held.
 */
export function canonicalFeed(
  { connection, registry, stream, topics, newerSchemas }: FeedPlace,
  say: (line: string) => void,
): Feed {
  const decode = createEventDecoder(stream, registry, newerSchemas, say);
  const known = new WeakMap<Held, Promise<OldestRecords>>();
  /** Reads once what is asked for every topic. */
  const oldestOf = (held: Held): Promise<OldestRecords> => {
    const reading = known.get(held) ?? oldestRecords(connection, held);
    known.set(held, reading);
    // Who asks again when Kafka did not answer gets another answer.
    reading.catch(() => known.delete(held));
    return reading;
  };
  return {
    isCanonical: true,
    topics: topics.map((topic) => topicOf(stream, topic)),
    async scopeOf(topic, held, store) {
      const fullName = topicOf(stream, topic);
      const partitions = partitionsOf(fullName, held, await oldestOf(held));
      return scopeOfTopic(partitions, (between) => hasBetween(store, topic, between));
    },
    async scopeOfGone(topic) {
      const fullName = topicOf(stream, topic);
      const now = await heldBy(connection, [fullName]);
      const partitions = partitionsOf(fullName, now, await oldestRecords(connection, now));
      return { of: 'outside', scope: await scopeOfTopic(partitions, () => Promise.resolve(false)) };
    },
    handle: (batcher, refusals) =>
      createEventHandler({
        batcher,
        decode,
        rejectLimit: { check: () => undefined },
        beginSpans: null,
        deadLetter(_record, reason) {
          refusals.refused(reason);
          return Promise.resolve();
        },
        count: () => undefined,
      }),
  };
}

/** A partition's first record that is left: its offset, and when it was written, epoch ms; null when it holds no record. */
interface Oldest {
  readonly low: bigint;
  readonly writtenAtMs: number | null;
}

const partitionsOf = (fullName: string, held: Held, oldest: OldestRecords): Oldest[] =>
  [...(held.get(fullName) ?? [])].map(([partition, { low }]) => ({
    low,
    writtenAtMs: oldest.get(fullName)?.get(partition)?.timestampMs ?? null,
  }));

/**
 * A row does not tell where its event is in the canonical topic, only when it was received. Of a topic that no
 * longer begins with its first record, what has left was written, and so received, before the oldest record that
 * is left in its partition: everything received by then is outside the scope. A topic that still begins with its first
 * record holds all events, unless it was created again: then a store has events from before that record, and what was
 * received by then is outside the scope as well.
 */
async function scopeOfTopic(
  partitions: readonly Oldest[],
  hasRows: (between: { readonly wide: RebuildScope; readonly narrow: RebuildScope }) => Promise<boolean>,
): Promise<RebuildScope> {
  const shortened = partitions.filter(({ low }) => low > 0n);
  // Nobody knows until when a partition had records, once it holds none.
  if (shortened.some(({ writtenAtMs }) => writtenAtMs === null)) return { of: 'nothing' };
  const timesOf = (some: readonly Oldest[]) => some.flatMap(({ writtenAtMs }) => writtenAtMs ?? []);
  if (shortened.length > 0) return receivedSince(Math.max(...timesOf(shortened)) + clockMarginMs);
  const times = timesOf(partitions);
  if (times.length === 0) return { of: 'nothing' };
  const begunAtMs = Math.min(...times);
  const wide: RebuildScope = { of: 'everything' };
  const isAnew = await hasRows({ wide, narrow: receivedSince(begunAtMs - waitMs) });
  return isAnew ? receivedSince(begunAtMs + clockMarginMs) : wide;
}

const receivedSince = (sinceMs: number): RebuildScope => ({ of: 'receipts', sinceMs });

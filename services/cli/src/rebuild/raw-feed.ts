import { createDecoder } from '@sluice/canonical-event/avro-codec';
import { schemaLookup } from '@sluice/canonical-event/registry';
import type { ConsumedRecord } from '@sluice/kafka/consumer';
import type { GoneRecords } from '@sluice/kafka/read-range';
import { InFlight, inFlightLimits, inSteps } from '@sluice/normalizer/in-flight';
import {
  createRecordMapper,
  fitsTopic,
  rejectsOf,
  type EncodedEvent,
  type MappedRecord,
} from '@sluice/normalizer/map-record';
import { readRawHeaders } from '@sluice/raw-event/raw-headers';
import { topicOf, type CanonicalTopic } from '@sluice/schemas/topics';
import type { Batcher } from '@sluice/sink/batcher';
import type { RawRange, RebuildScope } from '@sluice/sink/rebuild-scope';
import { versionOf } from '@sluice/sink/version';
import type { Source } from '@sluice/sources/source';
import { takeChunk } from '@sluice/stream/take-chunk';
import { rawTopics } from '@sluice/vendors/topics';
import type { Mappings } from '@sluice/vendor-kit/vendor';
import { hasBetween, oldestRecords, type Feed, type FeedPlace, type Held, type Refusals } from './feed.ts';

/** As many raw records at once as the normalizer has in flight: each becomes up to hundreds of events. */
const chunk = { maxRecords: 200, maxBytes: 2 * 1024 * 1024 };

/**
 * How much earlier than a partition's oldest record another one of it may have been received: pods' clocks differ, and
 * a record may wait for its acknowledgement. What waited longer, in a spool, is carried over and made again: the same
 * event, in the same version.
 */
const receiptMarginMs = 60_000;

/**
 * The raw topics, through the normalizer's own mapping: what it would produce goes to the store, by way of the same
 * bytes. What it would dead-letter is left out, and not dead-lettered again.
 */
export function rawFeed(place: FeedPlace, sources: ReadonlyMap<string, Source>, mappings: Mappings): Feed {
  const { stream, schemaIds, limits = new Map() } = place;
  const map = createRecordMapper({ mappings, schemaIds, limits, findSource: (id) => sources.get(id) });
  return {
    isCanonical: false,
    topics: rawTopics.map((name) => topicOf(stream, name)),
    ...rawScopes(place, [...sources.keys()]),
    handle: storeMapped(place, map),
  };
}

/** Which events the raw records that Kafka holds make again. */
function rawScopes(place: FeedPlace, sources: readonly string[]): Pick<Feed, 'scopeOf' | 'scopeOfGone'> {
  const receiptsOf = createReceipts(place);
  /** As it was at the beginning: behind a swap the store tells nothing of it. */
  const createdAnew = new Map<CanonicalTopic, boolean>();
  const scope = (ranges: RawRange[]): RebuildScope => ({ of: 'raw-records', sources, ranges });
  return {
    async scopeOf(topic: CanonicalTopic, held: Held, target) {
      const receipts = await receiptsOf(held);
      let isAnew = createdAnew.get(topic);
      if (isAnew === undefined) {
        const behind = { to: Number.MAX_SAFE_INTEGER };
        const narrow = rangesOf(held, receipts, 'whole').map((range) => ({ ...range, ...behind }));
        const wide = narrow.map((range) => ({ ...range, sinceMs: 0 }));
        isAnew = await hasBetween(target, topic, { wide: scope(wide), narrow: scope(narrow) });
        createdAnew.set(topic, isAnew);
      }
      return scope(rangesOf(held, receipts, isAnew ? 'anew' : 'whole'));
    },
    scopeOfGone: (_topic: CanonicalTopic, gone: readonly GoneRecords[]) =>
      Promise.resolve(
        scope(
          gone.map(({ topic, partition, from, to }) => ({
            ...{ topic, partition, from: Number(from), to: Number(to), sinceMs: 0 },
          })),
        ),
      ),
  };
}

/** Writes an event, if its topic is rebuilt. */
function createStorer({ registry, topics }: FeedPlace) {
  const decode = createDecoder(schemaLookup(registry));
  return async (
    { topic: name, value }: EncodedEvent,
    batcher: Pick<Batcher, 'add'>,
    refusals: Refusals,
  ): Promise<void> => {
    const topic = topics.find((one) => one === name);
    // Only one topic may be rebuilt.
    if (!topic) return;
    const decoded = await decode(topic, value);
    if (!decoded.ok) throw new Error(`What the normalizer encodes cannot be decoded: ${decoded.detail}`);
    const event = decoded.value;
    const { event_id: id } = event.meta;
    const [result] = await batcher.add([
      { id, topic, event, version: versionOf(event.meta), bytes: value.length },
    ]);
    if (result?.outcome === 'rejected') refusals.refused('REFUSED_BY_STORE');
  };
}

/** Maps raw records, and writes the events of the topics that are rebuilt. */
function storeMapped(place: FeedPlace, map: (record: ConsumedRecord) => MappedRecord): Feed['handle'] {
  const store = createStorer(place);
  return (batcher, refusals) => {
    const inFlight = new InFlight(inFlightLimits);
    const storeAll = (record: ConsumedRecord) => {
      const mapped = map(record);
      for (const { reason } of rejectsOf(mapped)) refusals.refused(reason);
      const events = mapped.events
        .filter((event) => fitsTopic(event, mapped))
        .map((event) => {
          const { length } = event.value;
          const stored = store(event, batcher, refusals);
          const release = (): void => inFlight.release(length);
          inFlight.hold(length);
          stored.then(release, release);
          return stored;
        });
      return { events };
    };
    return async (records) => {
      for (let at = 0; at < records.length;) {
        const part = takeChunk(records, at, chunk);
        const begun = await inSteps(part, inFlight, storeAll);
        await Promise.all(begun.flatMap(({ events }) => events));
        at += part.length;
      }
    };
  };
}

/** When the oldest raw record of a partition was received, and when it was written, epoch ms. */
interface Receipt {
  readonly receivedAtMs: number;
  readonly writtenAtMs: number;
}

/** By topic and partition, `<raw topic>/<partition>`: of partitions that held a record at the beginning. */
type Receipts = ReadonlyMap<string, Receipt>;

/** Asks once, and again where a partition held nothing: later the oldest record may have left. */
function createReceipts({ connection }: FeedPlace): (held: Held) => Promise<Receipts> {
  const known = new Map<string, Receipt>();
  return async (held) => {
    const unknown: Held = new Map(
      [...held].map(([topic, partitions]) => [
        topic,
        new Map([...partitions].filter(([partition]) => !known.has(`${topic}/${partition}`))),
      ]),
    );
    for (const [topic, records] of await oldestRecords(connection, unknown))
      for (const [partition, record] of records) {
        if (!record) continue;
        const { timestampMs: writtenAtMs } = record;
        const receivedAtMs = readRawHeaders(record.headers)?.receivedAtMs ?? writtenAtMs;
        known.set(`${topic}/${partition}`, {
          receivedAtMs: Math.min(receivedAtMs, writtenAtMs),
          writtenAtMs,
        });
      }
    return known;
  };
}

/**
 * A row tells which raw record it comes from: what is still there, of a source that is known, is made again. A row
 * that was received before the oldest record that is there is of a former topic, whose offsets were others. Where the
 * store has such rows, the topic was created again, and what was received until that record was written is of the
 * former one as well.
 */
function rangesOf(held: Held, receipts: Receipts, topics: 'whole' | 'anew'): RawRange[] {
  return [...held].flatMap(([topic, partitions]) =>
    [...partitions].flatMap(([partition, { low, high }]) => {
      const oldest = receipts.get(`${topic}/${partition}`);
      if (!oldest) return [];
      const sinceMs =
        topics === 'whole' ? oldest.receivedAtMs - receiptMarginMs : oldest.writtenAtMs + receiptMarginMs;
      return [{ topic, partition, from: Number(low), to: Number(high), sinceMs }];
    }),
  );
}

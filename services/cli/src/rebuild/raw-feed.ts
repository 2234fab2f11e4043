import { createDecoder } from '@sluice/canonical-event/avro-codec';
import { schemaLookup } from '@sluice/canonical-event/registry';
import type { OutgoingRecord, PublishOutcome } from '@sluice/kafka/publisher';
import type { GoneRecords } from '@sluice/kafka/read-range';
import type { OffsetRange } from '@sluice/kafka/topics-admin';
import { createPipeline } from '@sluice/normalizer/pipeline';
import { readRawHeaders } from '@sluice/raw-event/raw-headers';
import { topicOf, type CanonicalTopic } from '@sluice/schemas/topics';
import type { Batcher } from '@sluice/sink/batcher';
import type { RawRange } from '@sluice/sink/reach';
import { versionOf } from '@sluice/sink/version';
import type { Source } from '@sluice/sources/source';
import { takeChunk } from '@sluice/stream/take-chunk';
import { oldestRecords, type Feed, type FeedPlace, type Held, type Refusals } from './feed.ts';

/** As many raw records at once as the normalizer has in hand: each becomes up to hundreds of events. */
const chunk = { maxRecords: 200, maxBytes: 2 * 1024 * 1024 };

/**
 * How much earlier than a partition's oldest record another one of it may have been received: pods' clocks differ, and
 * a record may wait for its acknowledgement. What waited longer, in a spool, is carried over and made again: the same
 * event, in the same version.
 */
const receiptMarginMs = 60_000;

/**
 * The raw topics, through the normalizer's own pipeline: what it would produce goes to the store, by way of the same
 * bytes. What it would dead-letter is left out, and not dead-lettered again.
 */
export function rawFeed(place: FeedPlace, sources: ReadonlyMap<string, Source>): Feed {
  const { stream, registry, topics, schemaIds } = place;
  const decode = createDecoder(schemaLookup(registry));
  const byFullName = new Map(topics.map((topic) => [topicOf(stream, topic), topic]));
  const rawTopics = [topicOf(stream, 'raw.echat'), topicOf(stream, 'raw.sobot')];
  const sourceIds = [...sources.keys()];
  const receipts = createReceipts(place);
  const published: PublishOutcome = { outcome: 'published', partition: 0, offset: '0' };

  const store = async (
    { topic: fullName, value }: OutgoingRecord,
    batcher: Pick<Batcher, 'add'>,
    refusals: Refusals,
  ): Promise<PublishOutcome> => {
    const topic = byFullName.get(fullName);
    // Only one topic may be rebuilt.
    if (!topic) return published;
    const decoded = await decode(topic, value);
    if (!decoded.ok) throw new Error(`What the normalizer encodes cannot be decoded: ${decoded.detail}`);
    const event = decoded.value;
    const { event_id: id } = event.meta;
    const [result] = await batcher.add([
      { id, topic, event, version: versionOf(event.meta), bytes: value.length },
    ]);
    if (result?.outcome === 'rejected') refusals.refused('REFUSED_BY_STORE');
    return published;
  };

  return {
    isCanonical: false,
    topics: rawTopics,
    async reachOf(_topic: CanonicalTopic, held: Held) {
      const ranges = await Promise.all(
        [...held].map(([topic, partitions]) => rangesOf(topic, partitions, receipts)),
      );
      return { of: 'raw-records', sources: sourceIds, ranges: ranges.flat() };
    },
    reachOfGone: (_topic: CanonicalTopic, gone: readonly GoneRecords[]) =>
      Promise.resolve({
        of: 'raw-records',
        sources: sourceIds,
        ranges: gone.map(({ topic, partition, from, to }) => ({
          ...{ topic, partition, from: Number(from), to: Number(to), sinceMs: 0 },
        })),
      }),
    handle(batcher, refusals) {
      const normalize = createPipeline({
        stream,
        findSource: (id) => sources.get(id),
        publisher: { publish: (record) => store(record, batcher, refusals) },
        schemaIds,
        writeDeadLetter({ reason }) {
          refusals.refused(reason);
          return Promise.resolve();
        },
        rejectRun: { check: () => undefined },
        beginSpans: null,
        on: {
          record: () => undefined,
          event: () => undefined,
          deadLetter: () => undefined,
          repair: () => undefined,
          unknown: () => undefined,
        },
      });
      return async (records) => {
        for (let at = 0; at < records.length;) {
          const part = takeChunk(records, at, chunk);
          await normalize(part);
          at += part.length;
        }
      };
    },
  };
}

/** By partition, when the oldest raw record was received that it held at the beginning, epoch ms; null for none. */
type Receipts = (
  topic: string,
  partitions: ReadonlyMap<number, OffsetRange>,
) => Promise<ReadonlyMap<number, number | null>>;

/** Asks once for each topic, and again where a partition held nothing: later the oldest record may have left. */
function createReceipts({ connection }: FeedPlace): Receipts {
  const known = new Map<string, number>();
  return async (topic, partitions) => {
    const unknown = new Map([...partitions].filter(([partition]) => !known.has(`${topic}/${partition}`)));
    for (const [partition, record] of await oldestRecords(connection, topic, unknown)) {
      if (!record) continue;
      const receivedAtMs = readRawHeaders(record.headers)?.receivedAtMs ?? record.timestampMs;
      known.set(`${topic}/${partition}`, Math.min(receivedAtMs, record.timestampMs));
    }
    return new Map(
      [...partitions.keys()].map((partition) => [partition, known.get(`${topic}/${partition}`) ?? null]),
    );
  };
}

/**
 * A row tells which raw record it comes from: what is still there, of a source that is known, is made again. A row
 * that was received before the oldest record that is there is of a former topic, whose offsets were others.
 */
async function rangesOf(
  topic: string,
  partitions: ReadonlyMap<number, OffsetRange>,
  receipts: Receipts,
): Promise<RawRange[]> {
  const since = await receipts(topic, partitions);
  return [...partitions].flatMap(([partition, { low, high }]) => {
    const oldestMs = since.get(partition) ?? null;
    if (oldestMs === null) return [];
    return [{ topic, partition, from: Number(low), to: Number(high), sinceMs: oldestMs - receiptMarginMs }];
  });
}

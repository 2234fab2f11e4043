import { createDecoder } from '@sluice/canonical-event/avro-codec';
import { schemaLookup } from '@sluice/canonical-event/registry';
import type { OutgoingRecord, PublishOutcome } from '@sluice/kafka/publisher';
import { createPipeline } from '@sluice/normalizer/pipeline';
import { topicOf, type CanonicalTopic } from '@sluice/schemas/topics';
import type { Batcher } from '@sluice/sink/batcher';
import type { Reach } from '@sluice/sink/reach';
import { versionOf } from '@sluice/sink/version';
import type { Source } from '@sluice/sources/source';
import { takeChunk } from '@sluice/stream/take-chunk';
import type { Feed, FeedPlace, Held, Refusals } from './feed.ts';

/** As many raw records at once as the normalizer has in hand: each becomes up to hundreds of events. */
const chunk = { maxRecords: 200, maxBytes: 2 * 1024 * 1024 };

/**
 * The raw topics, through the normalizer's own pipeline: what it would produce goes to the store, by way of the same
 * bytes. What it would dead-letter is left out, and not dead-lettered again.
 */
export function rawFeed(place: FeedPlace, sources: ReadonlyMap<string, Source>): Feed {
  const { stream, registry, topics, schemaIds } = place;
  const decode = createDecoder(schemaLookup(registry));
  const byFullName = new Map(topics.map((topic) => [topicOf(stream, topic), topic]));
  const rawTopics = [topicOf(stream, 'raw.echat'), topicOf(stream, 'raw.sobot')];
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
    reachOf: (_topic: CanonicalTopic, held: Held) => Promise.resolve(reachOfRaw([...sources.keys()], held)),
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

/** A row tells which raw record it comes from: what is still there, of a source that is known, is made again. */
function reachOfRaw(sources: readonly string[], held: Held): Reach {
  const ranges = [...held].flatMap(([topic, partitions]) =>
    [...partitions]
      .filter(([, { low, high }]) => low < high)
      .map(([partition, { low, high }]) => ({ topic, partition, from: Number(low), to: Number(high) })),
  );
  return { of: 'raw-records', sources, ranges };
}

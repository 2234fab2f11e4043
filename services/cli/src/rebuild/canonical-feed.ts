import type { KafkaConnection } from '@sluice/kafka/client';
import type { OffsetRange } from '@sluice/kafka/topics-admin';
import { topicOf } from '@sluice/schemas/topics';
import { createEventDecoder } from '@sluice/sink/decode-events';
import { createEventHandler } from '@sluice/sink/handle-events';
import type { Reach } from '@sluice/sink/reach';
import { heldBy, oldestRecords, type Feed, type FeedPlace } from './feed.ts';

/** How much the clocks of those who write to one topic may differ. */
const clockMarginMs = 3_600_000;

/**
 * The canonical topics themselves, as the sinks read them. What the sinks gave up is given up again, and not
 * dead-lettered again. An event whose schema is newer ends the rebuild, where such ones are held.
 */
export function canonicalFeed(
  { connection, registry, stream, topics, newerSchemas }: FeedPlace,
  say: (line: string) => void,
): Feed {
  const decode = createEventDecoder(stream, registry, newerSchemas, say);
  return {
    isCanonical: true,
    topics: topics.map((topic) => topicOf(stream, topic)),
    reachOf(topic, held) {
      const fullName = topicOf(stream, topic);
      return reachOfTopic(connection, fullName, held.get(fullName) ?? new Map<number, OffsetRange>());
    },
    async reachOfGone(topic) {
      const fullName = topicOf(stream, topic);
      const now = (await heldBy(connection, [fullName])).get(fullName) ?? new Map<number, OffsetRange>();
      return { of: 'outside', reach: await reachOfTopic(connection, fullName, now) };
    },
    handle: (batcher, refusals) =>
      createEventHandler({
        batcher,
        decode,
        rejectRun: { check: () => undefined },
        beginSpans: null,
        deadLetter(_record, reason) {
          refusals.refused(reason);
          return Promise.resolve();
        },
        count: () => undefined,
      }),
  };
}

/**
 * A row does not tell where its event stands in the canonical topic, only when it was received. A topic that still
 * begins with its first record holds all events. Of one that does not, what has left was written, and so received,
 * before the oldest record that is left in its partition: everything received by then is out of reach.
 */
async function reachOfTopic(
  connection: KafkaConnection,
  topic: string,
  partitions: ReadonlyMap<number, OffsetRange>,
): Promise<Reach> {
  const shortened = new Map([...partitions].filter(([, { low }]) => low > 0n));
  if (shortened.size === 0) return { of: 'everything' };
  const oldest = await oldestRecords(connection, topic, shortened);
  const times = [...oldest.values()].map((record) => record?.timestampMs ?? null);
  // Nobody knows until when a partition had records that holds none any more.
  if (times.includes(null)) return { of: 'nothing' };
  return { of: 'receipts', sinceMs: Math.max(...times.map((time) => time ?? 0)) + clockMarginMs };
}

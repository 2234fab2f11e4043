import { first, second } from '../../testing/vendors.ts';
import { randomUUID } from 'node:crypto';
import { avroTopics, findSchemaIds } from '@sluice/canonical-event/registry';
import { endOffsets } from '@sluice/kafka/topics-admin';
import { canonicalTopics, topicOf, type TopicName, rawTopicOf } from '@sluice/schemas/topics';
import { sampleItem } from '@sluice/sink/testing/sample-items';
import { readSources } from '@sluice/sources/read-sources';
import { loadMappings } from '@sluice/vendor-kit/vendor';
import { vendors } from '@sluice/vendors';
import { createMemoryTarget, type MemoryTarget } from '../../testing/memory-target.ts';
import { createTestStream, type TestStream } from '../../testing/test-stream.ts';
import { canonicalFeed } from './canonical-feed.ts';
import type { Feed, FeedPlace } from './feed.ts';
import { rawFeed } from './raw-feed.ts';
import { rebuild } from './rebuild.ts';

jest.setTimeout(120_000);

const rawNames = [rawTopicOf(first), rawTopicOf(second)] as const;
const day = 86_400_000;
let one: TestStream;
let target: MemoryTarget;
let place: FeedPlace;
let makeRawFeed: () => Feed;
let run = 0;

const rebuildFrom = async (feed: Feed): Promise<string[]> => {
  const lines: string[] = [];
  await rebuild({
    ...place,
    ...{ target, feed, sinkGroup: `${one.stream}.nobody`, run: String((run += 1)), maxGonePercent: 10 },
    ...{ signal: new AbortController().signal, say: (line) => void lines.push(line) },
    ...{ isAlone: () => Promise.resolve(true), bringsBack: true },
  });
  return lines;
};
/** Retention takes the older half of each partition of these topics. */
const forgetHalf = async (names: readonly TopicName[]): Promise<void> => {
  for (const topic of names.map((name) => topicOf(one.stream, name)))
    for (const [partition, end] of await endOffsets(one.kafka.connection, topic))
      await one.kafka.forget(topic, [{ partition, offset: String((end + 1n) / 2n) }]);
};
const ids = (): string[] => [...target.served.keys()].sort();

beforeAll(async () => {
  one = await createTestStream();
  await one.pushTraffic(150);
  await one.start('normalizer');
  await one.settled();
  await one.stop('normalizer');
  const registry = { url: one.servers.registryUrl };
  const schemaIds = await findSchemaIds(registry, one.stream, avroTopics);
  place = {
    newerSchemas: 'hold',
    ...{ connection: one.kafka.connection, registry, stream: one.stream, topics: canonicalTopics },
    schemaIds,
  };
  const sources = readSources(one.sourcesFile, 'unread', vendors).map(
    (source) => [source.id, source] as const,
  );
  const mappings = await loadMappings(vendors);
  makeRawFeed = () => rawFeed(place, new Map(sources), mappings);
});
afterAll(() => one.remove());

/** A store that has what the topics hold, and an event that is carried over for its own sake. */
beforeEach(async () => {
  target = createMemoryTarget();
  await rebuildFrom(makeRawFeed());
  await target.live.write([sampleItem('message.v1', { raw_topic: 'elsewhere', source_id: 'gone-shop' })]);
});

test('rows of a former topic, whose offsets the present one has again, stay', async () => {
  const former = Array.from({ length: 20 }, (_, at) =>
    sampleItem('rating.v1', {
      event_id: randomUUID(),
      ...{ source_id: `shop-${first}`, raw_topic: topicOf(one.stream, rawTopicOf(first)) },
      ...{ raw_partition: at % 2, raw_offset: at % 10, received_at: Date.now() - 300 * day },
    }),
  );
  const stale = sampleItem('rating.v1', {
    event_id: randomUUID(),
    ...{ source_id: `shop-${first}`, raw_topic: topicOf(one.stream, rawTopicOf(first)) },
    // Later than what a former topic can have got at the end.
    ...{ raw_partition: 0, raw_offset: 1, received_at: Date.now() + 120_000 },
  });
  const before = ids();
  await target.live.write([...former, stale]);
  await rebuildFrom(makeRawFeed());
  expect(ids()).toEqual([...before, ...former.map(({ id }) => id)].sort());
});

test('what leaves the canonical topics while older events are carried over is carried over too', async () => {
  // Then something is carried over first.
  await forgetHalf(['rating.v1']);
  const before = ids().filter((id) => target.served.get(id)?.event.meta.source_id !== 'gone-shop');
  let isDone = false;
  target.afterCarryOver(async () => {
    if (!isDone) await forgetHalf(canonicalTopics);
    isDone = true;
  });
  const lines = await rebuildFrom(canonicalFeed(place, () => undefined));
  expect(isDone).toBe(true);
  expect(lines.join('\n')).toMatch(/^\d+ records were deleted from Kafka before they were read: /m);
  expect(ids().filter((id) => before.includes(id))).toEqual(before);
});

test('what leaves the raw topics while older events are carried over is carried over too', async () => {
  const before = ids();
  let times = 0;
  target.afterCarryOver(async () => {
    times += 1;
    if (times === 1) await forgetHalf(rawNames);
  });
  const lines = await rebuildFrom(makeRawFeed());
  expect(lines.join('\n')).toMatch(/^\d+ records were deleted from Kafka before they were read: /m);
  expect(times).toBeGreaterThan(1);
  expect(ids()).toEqual(before);
});

test('a server that fails while events are carried over is asked again', async () => {
  const before = ids();
  let times = 0;
  target.afterCarryOver(() => {
    times += 1;
    return times < 3 ? Promise.reject(new Error('503')) : Promise.resolve();
  });
  await rebuildFrom(makeRawFeed());
  expect(times).toBeGreaterThan(2);
  expect(ids()).toEqual(before);
});

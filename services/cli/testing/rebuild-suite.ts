import { first } from './vendors.ts';
import { randomUUID } from 'node:crypto';
import { createDecoder } from '@sluice/canonical-event/avro-codec';
import { schemaLookup } from '@sluice/canonical-event/registry';
import { canonicalTopics, topicOf, type TopicName, rawTopicOf } from '@sluice/schemas/topics';
import { endOffsets } from '@sluice/kafka/topics-admin';
import { sampleItem } from '@sluice/sink/testing/sample-items';
import type { StoreItem } from '@sluice/sink/store';
import { createClickHouseStore } from '@sluice/sink-clickhouse/clickhouse-store';
import { createElasticsearchStore } from '@sluice/sink-elasticsearch/elasticsearch-store';
import { startSluice } from './run-sluice.ts';
import { createTestStream, type Content, type TestStream } from './test-stream.ts';

export type Kind = 'clickhouse' | 'elasticsearch';

/** The stream of the test file that runs. */
export let one: TestStream;

export const argsFor = (kind: Kind, ...args: string[]): string[] => [
  ...['rebuild', kind, ...args, ...one.place, '--session-timeout', '6000'],
  // The tests of one file share a stream.
  ...(args.includes('--from-raw') ? [] : ['--bring-back']),
  ...(kind === 'clickhouse'
    ? ['--clickhouse', one.servers.clickhouseUrl]
    : ['--elasticsearch', one.servers.elasticsearchUrl]),
];
export const fromRaw = () => ['--from-raw', '--sources', one.sourcesFile];
export const rebuild = async (kind: Kind, ...args: string[]): Promise<string[]> => {
  const { code, stdout, stderr } = await one.sluice(...argsFor(kind, ...args));
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout.trimEnd().split('\n');
};
const contentOf = (kind: Kind): Promise<Content> =>
  kind === 'clickhouse' ? one.clickhouseContent() : one.elasticsearchContent();
/** Everything that a rebuild names for itself, whether readers see it or not. */
const ofRebuilds = async (kind: Kind): Promise<string[]> => {
  if (kind === 'clickhouse') {
    const names = await one.clickhouse(
      `SELECT name FROM system.databases WHERE startsWith(name, '${one.stream}-rebuild-')`,
    );
    return names.split('\n').filter((name) => name !== '');
  }
  const indices = await one.elasticsearch('GET', `${one.stream}-rebuild-*/_alias?expand_wildcards=all`);
  const { index_templates = [] } = await one.elasticsearch('GET', `_index_template/${one.stream}-rebuild-*`);
  const unread = Object.entries(indices as Record<string, { aliases: object }>)
    .filter(([, { aliases }]) => Object.keys(aliases).length === 0)
    .map(([name]) => name);
  return [...unread, ...(index_templates as { name: string }[]).map(({ name }) => name)];
};

/** What a rebuild prints when the new store is filled, and not swapped in. */
const filled = /^\d+ records read\.$/m;

/** An event that no mapping makes, as if an older one had made it of a raw record that is still there. */
const staleItem = (): StoreItem =>
  sampleItem('message.v1', {
    event_id: randomUUID(),
    ...{ source_id: `shop-${first}`, entity_key: 'stale', occurred_at: Date.UTC(2024, 0, 1) },
    received_at: Date.now(),
    ...{ raw_topic: topicOf(one.stream, rawTopicOf(first)), raw_partition: 0, raw_offset: 1 },
  });
const plant = async (kind: Kind, ...items: StoreItem[]): Promise<void> => {
  const store =
    kind === 'clickhouse'
      ? createClickHouseStore({
          ...{ url: one.servers.clickhouseUrl, username: 'default' },
          database: one.stream,
        })
      : createElasticsearchStore({ url: one.servers.elasticsearchUrl, stream: one.stream });
  await store.write(items);
  await store.close();
};

/** The ids of all events that a reader of a store sees. */
async function idsOf(kind: Kind): Promise<string[]> {
  if (kind === 'clickhouse') {
    const ids = await Promise.all(
      canonicalTopics.map((topic) =>
        one.clickhouse(
          `SELECT event_id FROM ${one.stream}.${topic.replace('.v1', '').replaceAll('-', '_')}_latest`,
        ),
      ),
    );
    return ids.flatMap((text) => text.split('\n').filter((id) => id !== '')).sort();
  }
  await one.elasticsearch('POST', `${one.stream}-*/_refresh`);
  const { hits } = (await one.elasticsearch('POST', `${one.stream}-*/_search`, {
    ...{ size: 10_000, _source: false },
  })) as { hits: { hits: { _id: string }[] } };
  return hits.hits.map(({ _id }) => _id).sort();
}

/** The ids of all events in the canonical topics. */
async function producedIds(): Promise<string[]> {
  const decode = createDecoder(schemaLookup({ url: one.servers.registryUrl }));
  const ids = new Set<string>();
  for (const topic of canonicalTopics)
    for (const { value } of await one.kafka.readAll(topicOf(one.stream, topic))) {
      const decoded = await decode(topic, value);
      if (!decoded.ok) throw new Error(decoded.detail);
      ids.add(decoded.value.meta.event_id);
    }
  return [...ids].sort();
}

/** All that a rebuild promises, of one store: two files of tests share it, so that two workers do. */
export function testRebuild(kind: Kind): void {
  jest.setTimeout(180_000);
  beforeAll(async () => {
    one = await createTestStream();
    await one.pushTraffic(150);
    await one.push(first, 'chatEnd', '<xml><chatEnd>');
    await one.start('normalizer', `sink-${kind}`);
    await one.settled();
  });
  afterAll(() => one.remove());

  test('--dry-run says what would be done, and changes nothing', async () => {
    const before = await contentOf(kind);
    const lines = await rebuild(kind, '--dry-run', ...fromRaw());
    expect(lines[0]).toMatch(/^\d{3,} records would be read from \S+\.raw\.\w+, \S+\.raw\.\w+/);
    expect(lines).toHaveLength(canonicalTopics.length + 2);
    expect(lines[1]).toMatch(
      /^conversation\.v1: readers see [1-9]\d* events; 0 of them would be carried over/,
    );
    expect(lines.at(-1)).toBe('Nothing was changed.');
    expect(await contentOf(kind)).toEqual(before);
    expect(await ofRebuilds(kind)).toEqual([]);
  });

  test.each([
    ['the topics', () => []],
    ['the raw topics', fromRaw],
  ])('from %s: readers see the same, and what is no longer produced is gone', async (_name, options) => {
    const before = await contentOf(kind);
    await plant(kind, staleItem());
    expect((await contentOf(kind)).events).toBe(before.events + 1);
    const lines = await rebuild(kind, ...options());
    expect(await contentOf(kind)).toEqual(before);
    expect(lines).toContain('Swapping. From now on it cannot be stopped.');
    expect(lines.filter((line) => line.startsWith('Left out'))).toEqual(
      options === fromRaw ? ['Left out, because the services reject it: 1 NOT_XML.'] : [],
    );
    expect(await ofRebuilds(kind)).toEqual([]);
  });

  test('what was swapped in is written by the sink as before', async () => {
    const before = await contentOf(kind);
    await one.pushTraffic(20);
    await one.settled();
    expect((await contentOf(kind)).events).toBeGreaterThan(before.events);
    const after = await contentOf(kind);
    await rebuild(kind, 'message.v1');
    expect(await contentOf(kind)).toEqual(after);
  });

  test('one topic alone: the others stay as they are', async () => {
    const before = await contentOf(kind);
    const other = sampleItem('rating.v1', { source_id: `shop-${first}`, received_at: Date.now() });
    await plant(kind, staleItem(), other);
    const lines = await rebuild(kind, 'message.v1', ...fromRaw());
    expect(lines.at(-1)).toBe('Rebuilt message.v1.');
    expect((await contentOf(kind)).events).toBe(before.events + 1);
    await rebuild(kind, 'rating.v1', '--max-gone', '50');
    expect(await contentOf(kind)).toEqual(before);
  });

  test('what comes from elsewhere than the raw records that are read is carried over', async () => {
    const before = await contentOf(kind);
    const received = { received_at: Date.now() };
    const items = [
      sampleItem('message.v1', { ...received, source_id: `shop-${first}`, raw_topic: `other.raw.${first}` }),
      sampleItem('message.v1', {
        ...received,
        source_id: 'gone-shop',
        raw_topic: topicOf(one.stream, rawTopicOf(first)),
      }),
    ];
    await plant(kind, ...items);
    const planted = await contentOf(kind);
    expect(planted.events).toBe(before.events + 2);
    const lines = await rebuild(kind, 'message.v1', ...fromRaw());
    expect(lines).toContain('message.v1: carrying over 2 events that are not rebuilt.');
    expect(await contentOf(kind)).toEqual(planted);
    await rebuild(kind, 'message.v1');
    expect(await contentOf(kind)).toEqual(before);
  });

  test('nothing is swapped when readers would see much less', async () => {
    const before = await contentOf(kind);
    const items = Array.from({ length: 400 }, () =>
      sampleItem('rating.v1', { source_id: `shop-${first}`, received_at: Date.now() }),
    );
    await plant(kind, ...items);
    const { code, stderr } = await one.sluice(...argsFor(kind, 'rating.v1'));
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^Nothing was swapped: rating\.v1 would have \d+ events instead of \d+\. If that is right/,
    );
    expect((await contentOf(kind)).events).toBe(before.events + 400);
    expect(await ofRebuilds(kind)).toEqual([]);
    await rebuild(kind, 'rating.v1', '--max-gone', '100');
    expect(await contentOf(kind)).toEqual(before);
  });

  test.each([
    ['the topics', () => []],
    ['the raw topics', fromRaw],
  ])('from %s: what is pushed meanwhile is all there', async (_name, options) => {
    const meanwhile = { isRebuilding: true, waves: 0 };
    const pushing = (async () => {
      for (; meanwhile.isRebuilding; meanwhile.waves += 1) {
        await one.pushTraffic(10);
        await one.settled();
      }
    })();
    try {
      await rebuild(kind, ...options());
    } finally {
      meanwhile.isRebuilding = false;
      await pushing;
    }
    await one.settled();
    expect(meanwhile.waves).toBeGreaterThan(2);
    const ids = await producedIds();
    expect(ids.length).toBeGreaterThan(100);
    expect(await idsOf(kind)).toEqual(ids);
  });

  test('a rebuild that is killed leaves what serves, and the next one cleans up and goes through', async () => {
    const before = await contentOf(kind);
    await plant(kind, staleItem());
    const killed = startSluice(argsFor(kind, ...fromRaw()));
    await killed.printed(filled);
    killed.process.kill('SIGKILL');
    expect((await killed.ended).code).toBeNull();
    expect((await contentOf(kind)).events).toBeGreaterThanOrEqual(before.events);
    expect(await ofRebuilds(kind)).not.toEqual([]);
    const lines = await rebuild(kind, ...fromRaw());
    expect(lines[0]).toMatch(/^Removing \S+-rebuild-\d+, which an interrupted rebuild left\.$/);
    expect(await contentOf(kind)).toEqual(before);
    expect(await ofRebuilds(kind)).toEqual([]);
  });

  test('a second one waits until the first has ended', async () => {
    const before = await contentOf(kind);
    const first = startSluice(argsFor(kind, 'message.v1', ...fromRaw()));
    await first.printed(filled);
    const lines = await rebuild(kind, 'message.v1');
    expect(lines.join('\n')).not.toContain('Removing');
    expect(await first.ended).toMatchObject({ code: 0, stderr: '' });
    expect(await contentOf(kind)).toEqual(before);
    expect(await ofRebuilds(kind)).toEqual([]);
  });

  test('Ctrl-C ends it before the swap, and leaves nothing', async () => {
    const before = await contentOf(kind);
    const running = startSluice(argsFor(kind, ...fromRaw()));
    await running.printed(filled);
    running.process.kill('SIGINT');
    const { code, stdout, stderr } = await running.ended;
    expect({ code, stderr }).toEqual({ code: 130, stderr: '' });
    expect(stdout.trimEnd()).toMatch(/Stopped before the swap: readers see the same data\..*$/);
    expect(await contentOf(kind)).toEqual(before);
    expect(await ofRebuilds(kind)).toEqual([]);
  });

  describe('when retention has taken records away', () => {
    let wanted: Content;
    beforeAll(async () => {
      await one.settled();
      wanted = await contentOf(kind);
      const forget = async (name: TopicName, partition: number, share: bigint): Promise<void> => {
        const topic = topicOf(one.stream, name);
        const end = (await endOffsets(one.kafka.connection, topic)).get(partition) ?? 0n;
        await one.kafka.forget(topic, [{ partition, offset: String(end / share) }]);
      };
      await forget(rawTopicOf(first), 0, 2n);
      await forget('message.v1', 0, 2n);
      // Of one partition nothing is left.
      await forget('conversation.v1', 1, 1n);
    });

    test('what only the store still has is carried over, from either topics', async () => {
      const raw = await rebuild(kind, ...fromRaw());
      expect(raw.join('\n')).toMatch(/carrying over \d+ events that are not rebuilt/);
      expect(await contentOf(kind)).toEqual(wanted);
      const canonical = await rebuild(kind);
      for (const topic of ['message.v1', 'conversation.v1'])
        expect(canonical.join('\n')).toMatch(new RegExp(`^${topic}: carrying over \\d+ events`, 'm'));
      expect(canonical.join('\n')).not.toMatch(/^rating\.v1: carrying over/m);
      expect(await contentOf(kind)).toEqual(wanted);
    });
  });

  test('what a rebuild from the raw topics got rid of does not come back unasked', async () => {
    await rebuild(kind, 'message.v1', ...fromRaw());
    const place = argsFor(kind, 'message.v1').filter((arg) => arg !== '--bring-back');
    for (const more of [[], ['--dry-run']]) {
      const { code, stdout, stderr } = await one.sluice(...place, ...more);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(
        /^message\.v1 was rebuilt from the raw topics at \d{4}-\S+Z, and Kafka still has events/,
      );
    }
    await rebuild(kind, 'message.v1');
    expect(await one.sluice(...place)).toMatchObject({ code: 0 });
  });
}

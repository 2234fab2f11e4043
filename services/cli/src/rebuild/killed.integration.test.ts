import { first, second } from '../../testing/vendors.ts';
import { connectKafka } from '@sluice/kafka/kafkajs';
import { endOffsets } from '@sluice/kafka/topics-admin';
import { topicOf, rawTopicOf } from '@sluice/schemas/topics';
import { startSluice } from '../../testing/run-sluice.ts';
import { createTestStream, type Content, type TestStream } from '../../testing/test-stream.ts';
import type { RebuildFact } from './facts.ts';

// A process that was killed counts as running for its session timeout.
jest.setTimeout(240_000);

let one: TestStream;
beforeAll(async () => {
  one = await createTestStream();
  await one.pushTraffic(100);
  await one.start('normalizer', 'sink-clickhouse', 'sink-elasticsearch');
  await one.settled();
  // Then something is carried over.
  for (const name of [rawTopicOf(first), rawTopicOf(second)] as const) {
    const topic = topicOf(one.stream, name);
    for (const [partition, end] of await endOffsets(one.kafka.connection, topic))
      await one.kafka.forget(topic, [{ partition, offset: String((end + 1n) / 2n) }]);
  }
});
afterAll(() => one.remove());

type Kind = 'clickhouse' | 'elasticsearch';
const argsFor = (kind: Kind): string[] => [
  ...['rebuild', kind, 'message.v1', ...one.place, '--from-raw', '--sources', one.sourcesFile, '--json'],
  ...['--session-timeout', '6000'],
  ...(kind === 'clickhouse'
    ? ['--clickhouse', one.servers.clickhouseUrl]
    : ['--elasticsearch', one.servers.elasticsearchUrl]),
];
const contentOf = (kind: Kind): Promise<Content> =>
  kind === 'clickhouse' ? one.clickhouseContent() : one.elasticsearchContent();

/** Everything that rebuilds of the stream left: databases, templates, indices that nobody reads, groups. */
async function leftBehind(kind: Kind): Promise<string[]> {
  const prefix = `${one.stream}-rebuild-`;
  const admin = connectKafka(one.kafka.connection).admin();
  await admin.connect();
  const { groups } = await admin.listGroups();
  await admin.disconnect();
  const locks = groups
    .map(({ groupId }) => groupId)
    .filter((name) => name === `${one.stream}.rebuild.sink-${kind}`);
  if (kind === 'clickhouse') {
    const names = await one.clickhouse(
      `SELECT name FROM system.databases WHERE startsWith(name, '${prefix}')`,
    );
    return [...locks, ...names.split('\n').filter((name) => name !== '')];
  }
  const indices = await one.elasticsearch('GET', `${prefix}*/_alias?expand_wildcards=all`);
  const { index_templates = [] } = await one.elasticsearch('GET', `_index_template/${prefix}*`);
  const unread = Object.entries(indices as Record<string, { aliases: object }>)
    .filter(([, { aliases }]) => Object.keys(aliases).length === 0)
    .map(([name]) => name);
  return [...locks, ...unread, ...(index_templates as { name: string }[]).map(({ name }) => name)];
}

/** Upon what it tells. The two stores at once: each has a lock of its own. */
test.each<[clickhouse: RebuildFact['of'], elasticsearch: RebuildFact['of']]>([
  ['carrying-over', 'read'],
  ['swapping', 'counted'],
])(
  'killed at %p and %p, what serves stays whole, and the next one goes through and leaves nothing',
  async (...places) => {
    await Promise.all(
      (['clickhouse', 'elasticsearch'] as const).map(async (kind, index) => {
        const before = await contentOf(kind);
        const killed = startSluice(argsFor(kind));
        await killed.printed(new RegExp(`"of":"${places[index]}"`));
        killed.process.kill('SIGKILL');
        expect((await killed.ended).code).toBeNull();
        expect(await leftBehind(kind)).not.toEqual([]);
        expect(await contentOf(kind)).toEqual(before);
        const { code, stderr } = await one.sluice(...argsFor(kind));
        expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
        expect(await contentOf(kind)).toEqual(before);
        expect(await leftBehind(kind)).toEqual([]);
      }),
    );
  },
);

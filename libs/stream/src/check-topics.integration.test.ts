import { applyTopics } from '@sluice/kafka/topics-admin';
import { scratchKafka } from '@sluice/kafka/testing/scratch-kafka';
import { topicOf, type TopicName, topicSettings } from '@sluice/schemas/topics';
import { checkTopics } from './check-topics.ts';

jest.setTimeout(20_000);

const kafka = scratchKafka();
afterAll(() => kafka.remove());

const names: TopicName[] = ['raw.acme', 'raw.omega', 'message.v1', 'dead-letter'];

/** A stream with these topics, by default of the declared sizes. */
async function streamOf(present: readonly TopicName[], sizes: Partial<Record<TopicName, number>> = {}) {
  const stream = kafka.name();
  await applyTopics(
    kafka.connection,
    present.map((name) => ({
      name: topicOf(stream, name),
      ...topicSettings(name),
      partitions: 1,
      replicas: 1,
      maxMessageBytes: sizes[name] ?? topicSettings(name).maxMessageBytes,
    })),
  );
  return stream;
}

const problemsOf = async (stream: string, wanted: readonly TopicName[]) =>
  (await checkTopics(kafka.connection, stream, wanted)).problems;

test('how long each topic keeps its records is known, and what it takes', async () => {
  const stream = await streamOf(['raw.acme']);
  const { retentionMs, maxMessageBytes } = await checkTopics(kafka.connection, stream, [
    'raw.acme',
    'message.v1',
  ]);
  expect(maxMessageBytes).toEqual(new Map([['raw.acme', topicSettings('raw.acme').maxMessageBytes]]));
  expect(retentionMs).toEqual(new Map([[`${stream}.raw.acme`, topicSettings('raw.acme').retentionMs]]));
});

test('nothing to say when all topics are there and fit each other', async () => {
  const { problems, warnings } = await checkTopics(kafka.connection, await streamOf(names), names);
  expect({ problems, warnings }).toEqual({ problems: [], warnings: [] });
});

test('what may lose records is told, a line for each kind and not for each topic', async () => {
  const stream = await streamOf(names);
  await applyTopics(
    kafka.connection,
    names.map((name) => ({
      ...{ name: topicOf(stream, name), ...topicSettings(name) },
      ...{ replicas: 1, retentionMs: 3_600_000 },
    })),
  );
  const { problems, warnings } = await checkTopics(kafka.connection, stream, names);
  expect([problems, warnings]).toEqual([
    [],
    [
      expect.stringMatching(
        `^These topics keep records for less than 24 hours: .*: ${stream}.raw.acme, .* and 1 more\\.$`,
      ),
    ],
  ]);
});

test('each missing topic is named, with the command that creates it', async () => {
  const stream = await streamOf(['raw.acme', 'message.v1']);
  expect(await problemsOf(stream, names)).toEqual(
    ['raw.omega', 'dead-letter'].map(
      (name) => `Topic ${stream}.${name} is missing: run "sluice topics apply --stream ${stream}" first.`,
    ),
  );
});

test.each<[string, Partial<Record<TopicName, number>>, string]>([
  ['a raw topic', { 'raw.omega': 9_000_000 }, 'A record of 9000000 bytes, which '],
  ['a dead-letter topic', { 'dead-letter': 1_000_000 }, 'does not fit the dead-letter topic'],
  ['a canonical topic', { 'message.v1': 16_000_000 }, 'A record of 16000000 bytes, which '],
])('%s whose size breaks the chain is told', async (_name, sizes, message) => {
  const stream = await streamOf(names, sizes);
  expect(await problemsOf(stream, names)).toEqual([expect.stringContaining(message) as string]);
});

const mib = 1024 * 1024;
test.each<[string, Partial<Record<TopicName, number>>, string[]]>([
  ['smaller than the default', { 'raw.acme': 100_000, 'message.v1': 100_000, 'dead-letter': 1_000_000 }, []],
  [
    'as large as the dead-letter topic',
    { 'raw.acme': 8 * mib },
    ['raise max.message.bytes of .*\\.dead-letter to 8454144'],
  ],
])('topics that others made %s keep no worker from starting', async (_name, sizes, expected) => {
  const stream = await streamOf(['raw.acme', 'message.v1', 'dead-letter'], sizes);
  const { problems, warnings } = await checkTopics(kafka.connection, stream, [
    'raw.acme',
    'message.v1',
    'dead-letter',
  ]);
  expect(problems).toEqual([]);
  expect(warnings).toEqual(expected.map((one) => expect.stringMatching(one) as string));
});

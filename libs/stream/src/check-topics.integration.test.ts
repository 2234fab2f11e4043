import { applyTopics } from '@sluice/kafka/topics-admin';
import { scratchKafka } from '@sluice/kafka/testing/scratch-kafka';
import { topicOf, type TopicName, topicSettings } from '@sluice/schemas/topics';
import { checkTopics, earlyAcknowledgement } from './check-topics.ts';

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

test('how long each topic keeps its records is known', async () => {
  const stream = await streamOf(['raw.acme']);
  const { retentionMs } = await checkTopics(kafka.connection, stream, ['raw.acme', 'message.v1']);
  expect(retentionMs).toEqual(new Map([[`${stream}.raw.acme`, topicSettings('raw.acme').retentionMs]]));
});

test('nothing to say when all topics are there and fit each other', async () => {
  const { problems, warnings } = await checkTopics(kafka.connection, await streamOf(names), names);
  expect({ problems, warnings }).toEqual({ problems: [], warnings: [] });
});

test.each([
  [1, 1, null],
  [2, 2, null],
  [3, 2, null],
  [2, 1, /^Topic shop\.raw\.acme has 2 replicas and min\.insync\.replicas 1: .* "sluice topics apply"/],
  [3, 1, /^Topic shop\.raw\.acme has 3 replicas/],
])('%i replicas of which %i must be in sync', (replicas, minInSyncReplicas, expected) => {
  const message = earlyAcknowledgement('shop.raw.acme', { replicas, minInSyncReplicas });
  if (expected === null) expect(message).toBeNull();
  else expect(message).toMatch(expected);
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
  ['a raw topic', { 'raw.omega': 100_000 }, 'does not fit the raw topics (max.message.bytes 100000)'],
  ['a dead-letter topic', { 'dead-letter': 1_000_000 }, 'does not fit the dead-letter topic'],
  ['a canonical topic', { 'message.v1': 16_000_000 }, 'A record of 16000000 bytes does not fit'],
])('%s whose size breaks the chain is told', async (_name, sizes, message) => {
  const stream = await streamOf(names, sizes);
  expect(await problemsOf(stream, names)).toEqual([expect.stringContaining(message) as string]);
});

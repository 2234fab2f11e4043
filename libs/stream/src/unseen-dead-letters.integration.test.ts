import { connectKafka } from '@sluice/kafka/kafkajs';
import { scratchKafka } from '@sluice/kafka/testing/scratch-kafka';
import { waitUntil } from '@sluice/kafka/testing/wait-until';
import { topicOf } from '@sluice/schemas/topics';
import { createTelemetry } from '@sluice/telemetry/telemetry';
import {
  countUnseenDeadLetters,
  markDeadLettersSeen,
  watchUnseenDeadLetters,
} from './unseen-dead-letters.ts';

const dayMs = 86_400_000;
const retentionMs = 30 * dayMs;
const kafka = scratchKafka();
afterAll(() => kafka.remove());

/** The topic of dead letters of a new stream, with one letter for each age in days. */
async function streamWith(...ages: number[]): Promise<string> {
  const stream = kafka.name();
  await kafka.topic({ name: topicOf(stream, 'dead-letter'), partitions: 2, retentionMs });
  await write(stream, ages);
  return stream;
}

async function write(stream: string, ages: readonly number[]): Promise<void> {
  const producer = connectKafka(kafka.connection).producer({ allowAutoTopicCreation: false });
  await producer.connect();
  const messages = ages.map((days, index) => ({
    ...{ partition: index % 2, value: 'x', timestamp: String(Date.now() - days * dayMs) },
  }));
  // One partition at a time: the client sends all of a request again when one leader is not known yet.
  for (const ofOne of Map.groupBy(messages, ({ partition }) => partition).values())
    await producer.send({ topic: topicOf(stream, 'dead-letter'), messages: ofOne });
  await producer.disconnect();
}

const count = (stream: string) => countUnseenDeadLetters(kafka.connection, stream, retentionMs, Date.now());

test('dead letters are unseen until somebody says to have seen them, and new ones again', async () => {
  const stream = await streamWith(6, 1, 0.1);
  expect(await count(stream)).toEqual({ unseen: 3, expiring: 0 });
  expect(await markDeadLettersSeen(kafka.connection, stream)).toBe(3);
  expect(await count(stream)).toEqual({ unseen: 0, expiring: 0 });
  await write(stream, [0]);
  expect(await count(stream)).toEqual({ unseen: 1, expiring: 0 });
  expect(await markDeadLettersSeen(kafka.connection, stream)).toBe(1);
}, 60_000);

test('those that retention deletes within three days are reported, unless somebody has seen them', async () => {
  const stream = await streamWith(29, 28, 27.5, 26, 2);
  expect(await count(stream)).toEqual({ unseen: 1, expiring: 3 });
  await kafka.forget(topicOf(stream, 'dead-letter'), [{ partition: 0, offset: '1' }]);
  expect(await count(stream)).toEqual({ unseen: 1, expiring: 2 });
  expect(
    await countUnseenDeadLetters(kafka.connection, stream, Number.POSITIVE_INFINITY, Date.now()),
  ).toEqual({
    ...{ unseen: 1, expiring: 0 },
  });
  await markDeadLettersSeen(kafka.connection, stream);
  expect(await count(stream)).toEqual({ unseen: 0, expiring: 0 });
}, 60_000);

test('the worker shows both', async () => {
  const stream = await streamWith(29, 0);
  const telemetry = createTelemetry('normalizer');
  const watch = watchUnseenDeadLetters(
    { connection: kafka.connection, stream, retentionMs, everyMs: 10 },
    { telemetry, log: { warn: () => undefined } },
  );
  try {
    await waitUntil('they are shown', async () =>
      /^sluice_dead_letters_unseen\{.*\} 1$/m.test(await telemetry.text()),
    );
    expect(await telemetry.text()).toMatch(/^sluice_dead_letters_expiring\{.*\} 1$/m);
  } finally {
    await watch.stop();
  }
}, 60_000);

test('while Kafka cannot be asked the log says so once', async () => {
  const warned: unknown[] = [];
  // Nobody listens there.
  const connection = { brokers: ['127.0.0.1:9'], clientId: 'test' };
  const watch = watchUnseenDeadLetters(
    { connection, stream: 's', retentionMs, everyMs: 1 },
    { telemetry: createTelemetry('normalizer'), log: { warn: (about: unknown) => void warned.push(about) } },
  );
  await waitUntil('it is told', () => warned.length > 0, 20_000);
  await watch.stop();
  expect(warned).toHaveLength(1);
}, 60_000);

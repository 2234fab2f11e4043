import { connectKafka } from '@sluice/kafka/kafkajs';
import { commitAlone } from '@sluice/kafka/commit-alone';
import { scratchKafka } from '@sluice/kafka/testing/scratch-kafka';
import { waitUntil } from '@sluice/kafka/testing/wait-until';
import { createTelemetry } from '@sluice/telemetry/telemetry';
import { watchSubscribers } from './subscriber-lag.ts';

const dayMs = 86_400_000;
const kafka = scratchKafka();
afterAll(() => kafka.remove());

const commit = (groupId: string, topic: string, offset: string): Promise<void> =>
  commitAlone(kafka.connection, groupId, [{ topic, partition: 0, offset, metadata: '' }]);

test('shows what groups have not finished, of the topics that they read', async () => {
  const [read, other] = [await kafka.topic({ partitions: 2 }), await kafka.topic()];
  const [reader, absent] = [kafka.name(), kafka.name()];
  const producer = connectKafka(kafka.connection).producer({ allowAutoTopicCreation: false });
  await producer.connect();
  const messages = [0, 0, 0, 1].map((partition) => ({ partition, value: 'x' }));
  await producer.send({ topic: read, messages });
  await producer.send({ topic: other, messages: [{ partition: 0, value: 'x' }] });
  await producer.disconnect();
  await commit(reader, read, '1');

  const telemetry = createTelemetry('normalizer');
  const warned: unknown[] = [];
  const watch = watchSubscribers(
    {
      ...{ connection: kafka.connection, groups: [reader, absent], topics: [read, other], everyMs: 10 },
      retentionMs: new Map([[read, 3_600_000]]),
    },
    { telemetry, log: { warn: (...told: unknown[]) => void warned.push(told) } },
  );
  const shown = async (): Promise<string[]> =>
    (await telemetry.text()).split('\n').filter((line) => line.startsWith('sluice_subscriber_lag_records{'));
  const line = (lag: number): string =>
    `sluice_subscriber_lag_records{group="${reader}",topic="${read}",component="normalizer"} ${lag}`;
  try {
    // Two behind the commit, and one of the partition that the group has not committed to.
    await waitUntil('the lag is shown', async () => (await shown()).length > 0);
    expect(await shown()).toEqual([line(3)]);
    await kafka.forget(read, [{ partition: 0, offset: '2' }]);
    await waitUntil(
      'what was deleted behind the commit does not count',
      async () => (await shown())[0] === line(2),
    );
    await commit(reader, read, '3');
    await waitUntil('the lag follows', async () => (await shown())[0] === line(1));
    await kafka.forget(read, [{ partition: 1, offset: '1' }]);
    await waitUntil('what is deleted does not count', async () => (await shown())[0] === line(0));
    expect(warned).toEqual([]);
  } finally {
    await watch.stop();
  }
}, 60_000);

test('a group that Kafka does not describe is logged once, and not shown', async () => {
  const telemetry = createTelemetry('normalizer');
  const warned: unknown[] = [];
  // Nobody listens there.
  const connection = { brokers: ['127.0.0.1:9'], clientId: 'test' };
  const watch = watchSubscribers(
    { connection, groups: ['team'], topics: ['a'], retentionMs: new Map(), everyMs: 1 },
    { telemetry, log: { warn: (about: unknown) => void warned.push(about) } },
  );
  await waitUntil('it is told', () => warned.length > 0, 20_000);
  await watch.stop();
  expect(warned).toEqual([expect.objectContaining({ group: 'team' })]);
  expect(await telemetry.text()).not.toContain('sluice_subscriber_lag_records{');
}, 60_000);

test('shows what retention takes within a day from a group that has not read it, and what it took', async () => {
  const topic = await kafka.topic({ retentionMs: 14 * dayMs });
  const [behind, ahead] = [kafka.name(), kafka.name()];
  const producer = connectKafka(kafka.connection).producer({ allowAutoTopicCreation: false });
  await producer.connect();
  const ages = [13.5, 13.4, 13.3, 12, 0];
  await producer.send({
    topic,
    messages: ages.map((days) => ({ value: 'x', timestamp: String(Date.now() - days * dayMs) })),
  });
  await producer.disconnect();
  await commit(behind, topic, '1');
  await commit(ahead, topic, '3');
  const telemetry = createTelemetry('normalizer');
  const watch = watchSubscribers(
    {
      ...{ connection: kafka.connection, groups: [behind, ahead], topics: [topic], everyMs: 10 },
      retentionMs: new Map([[topic, 14 * dayMs]]),
    },
    { telemetry, log: { warn: () => undefined } },
  );
  const shown = async (name: string, group: string): Promise<number> =>
    Number(new RegExp(`^${name}\\{group="${group}",.* (\\d+)$`, 'm').exec(await telemetry.text())?.[1]);
  try {
    await waitUntil(
      'both are shown',
      async () => (await shown('sluice_subscriber_lag_records', ahead)) === 2,
    );
    expect(await shown('sluice_subscriber_expiring_records', behind)).toBe(2);
    expect(await shown('sluice_subscriber_expiring_records', ahead)).toBe(0);
    expect(await shown('sluice_subscriber_lost_records', behind)).toBe(0);
    await kafka.forget(topic, [{ partition: 0, offset: '3' }]);
    const lost = async (): Promise<number> => shown('sluice_subscriber_lost_records', behind);
    await waitUntil('the lost ones are shown', async () => (await lost()) === 2);
    expect(await shown('sluice_subscriber_expiring_records', behind)).toBe(0);
    expect(await shown('sluice_subscriber_lost_records', ahead)).toBe(0);
  } finally {
    await watch.stop();
  }
}, 60_000);

import { kafkaClients } from '@sluice/kafka/client';
import { connectKafka } from '@sluice/kafka/kafkajs';
import { inspectTopics } from '@sluice/kafka/topics-admin';
import { risksOf } from '@sluice/kafka/topic-risks';
import { runSluice } from '@sluice/cli/testing/run-sluice';
import { waitUntil } from '@sluice/kafka/testing/wait-until';
import { startPrivateKafka, type PrivateKafka } from './private-kafka.ts';

jest.setTimeout(180_000);

let kafka: PrivateKafka;
beforeAll(async () => {
  kafka = await startPrivateKafka({ brokers: 3 });
});
afterAll(() => kafka.close());

describe.each(kafkaClients)('topics apply on three brokers, with %s', (client) => {
  const stream = `test_${client}`;
  const rating = `${stream}.rating.v1`;
  const apply = (...options: string[]) =>
    runSluice(['topics', 'apply', '--brokers', kafka.brokers.join(','), '--stream', stream, ...options], {
      SLUICE_KAFKA_CLIENT: client,
    });
  const seen = () =>
    inspectTopics({ brokers: kafka.brokers, clientId: 'test', client }, [rating, `${stream}.raw.heartbeat`]);

  test('one replica is refused, and nothing is created', async () => {
    const { code, stderr } = await apply('--replicas', '1');
    expect([code, stderr]).toEqual([
      64,
      expect.stringMatching(/^Nothing was changed, .*\nThese topics have one replica, .*\nIf you accept this, give --allow one-replica\./), // prettier-ignore
    ]);
    expect((await seen()).topics.size).toBe(0);
  });

  test('what is accepted is created, and a later run warns of it once', async () => {
    expect(await apply('--replicas', '1', '--allow', 'one-replica')).toMatchObject({ code: 0, stderr: '' });
    const { code, stdout } = await apply();
    expect(code).toBe(0);
    expect(
      stdout.split('\n').filter((line) => line.startsWith('These topics have one replica')),
    ).toHaveLength(1);
    const { topics, brokers } = await seen();
    expect([brokers, topics.get(rating)?.replicas]).toEqual([3, 1]);
    expect(risksOf(topics, brokers).map(({ risk }) => risk)).toEqual(['one-replica']);
  });

  test('of a topic that may lose acknowledged records each risk is told', async () => {
    const topic = `${stream}.made-by-hand`;
    const admin = connectKafka({ brokers: kafka.brokers, clientId: 'test' }).admin();
    await admin.connect();
    const configEntries = [
      { name: 'unclean.leader.election.enable', value: 'true' },
      { name: 'min.insync.replicas', value: '1' },
    ];
    const made = [{ topic, numPartitions: 1, replicationFactor: 3, configEntries }];
    // Brokers hear of it one after the other: one that has not would be an error.
    await admin.createTopics({ waitForLeaders: false, topics: made });
    await admin.disconnect();
    const connection = { brokers: kafka.brokers, clientId: 'test', client };
    const inspect = async () => {
      const { topics, brokers } = await inspectTopics(connection, [topic]);
      return risksOf(topics, brokers);
    };
    await waitUntil('brokers know the topic', async () => (await inspect()).length > 0, 30_000);
    expect(await inspect()).toEqual([
      { risk: 'one-in-sync', topics: [topic] },
      { risk: 'unclean-election', topics: [topic] },
    ]);
  });
});

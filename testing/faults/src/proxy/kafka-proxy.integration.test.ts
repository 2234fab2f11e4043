import { randomBytes } from 'node:crypto';
import { testEndpoints } from '@sluice/dev-servers/test-endpoints';
import { connectKafka } from '@sluice/kafka/kafkajs';
import { applyTopics, deleteTopics, endOffsets } from '@sluice/kafka/topics-admin';
import { apiKeys } from './frames.ts';
import { openKafkaProxies, type KafkaProxies, type KafkaProxy } from './kafka-proxy.ts';

jest.setTimeout(60_000);

const direct = { brokers: testEndpoints().kafkaBrokers, clientId: 'faults-test' };
const topic = `faults_${randomBytes(5).toString('hex')}`;
let proxies: KafkaProxies;
let proxy: KafkaProxy;
beforeAll(() =>
  applyTopics(direct, [
    {
      name: topic,
      partitions: 1,
      replicas: 1,
      retentionMs: 3_600_000,
      maxMessageBytes: 100_000,
    },
  ]),
);
afterAll(() => deleteTopics(direct, [topic]));
beforeEach(async () => {
  proxies = await openKafkaProxies(direct.brokers);
  proxy = proxies.brokers[0]!;
});
afterEach(() => proxies.close());

/** Sends one record through the proxy, once. */
async function sendOne(): Promise<'acknowledged' | 'failed'> {
  const producer = connectKafka(
    { ...direct, brokers: proxies.addresses },
    { retry: { retries: 0 } },
  ).producer({
    retry: { retries: 0 },
  });
  await producer.connect();
  try {
    await producer.send({ topic, acks: -1, messages: [{ key: 'k', value: 'v' }] });
    return 'acknowledged';
  } catch {
    return 'failed';
  } finally {
    await producer.disconnect();
  }
}

const written = async (): Promise<number> => Number((await endOffsets(direct, topic)).get(0));

test('clients stay behind the proxy: their records come through it', async () => {
  const before = await written();
  expect(await sendOne()).toBe('acknowledged');
  expect([await written(), proxy.requests(apiKeys.produce)]).toEqual([before + 1, 1]);
});

test('an answer to PRODUCE that is cut: the record is in the log, the client has not heard', async () => {
  const before = await written();
  proxy.setRule(apiKeys.produce, 'cut', 1);
  expect(await sendOne()).toBe('failed');
  expect([await written(), proxy.befallen(apiKeys.produce)]).toEqual([before + 1, 1]);
  expect(await sendOne()).toBe('acknowledged');
});

test('a late answer arrives', async () => {
  proxy.setRule(apiKeys.produce, 300);
  const startedAt = performance.now();
  expect(await sendOne()).toBe('acknowledged');
  expect(performance.now() - startedAt).toBeGreaterThan(290);
});

test('a reset while an answer is swallowed ends the wait', async () => {
  proxy.setRule(apiKeys.produce, 'swallow');
  const sending = sendOne();
  const deadline = performance.now() + 10_000;
  while (proxy.befallen(apiKeys.produce) === 0 && performance.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, 10));
  proxy.reset();
  expect(await sending).toBe('failed');
});

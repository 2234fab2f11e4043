import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { createAdmin, withAdmin } from './admin.ts';
import { kafkaClients, type KafkaConnection } from './client.ts';
import { commitAlone } from './commit-alone.ts';
import { runConsumer } from './consumer.ts';
import { scratchKafka } from '../testing/scratch-kafka.ts';
import { waitUntil } from '../testing/wait-until.ts';
import { createBrokerProxy } from '../testing/broker-proxy.ts';
import { refusingBroker } from '../testing/refusing-broker.ts';
import { watchSilence } from './watch-silence.ts';

jest.setTimeout(20_000);

const kafka = scratchKafka();
const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});
afterAll(() => kafka.remove());

const hurried = { retry: { retries: 0 }, requestTimeoutMs: 500, silentMs: 500, adminRetries: 0 };

describe.each(kafkaClients)('with %s', (client) => {
  const connection: KafkaConnection = { ...kafka.connection, client };
  const topicsThrough = (broker: string, change: Partial<KafkaConnection> = {}) =>
    withAdmin({ ...connection, brokers: [broker], ...change }, (admin) => admin.topics(), hurried);

  async function join(groupId: string, topic: string): Promise<void> {
    const consumer = await runConsumer(kafka.connection, {
      ...{ groupId, topics: [topic], partitionsAtOnce: 1, maxBytesPerPartition: 1024, maxWaitMs: 100 },
      ...{ sessionTimeoutMs: 6_000, onBatch: () => Promise.resolve(), onFatalError: () => undefined },
    });
    open.push(() => consumer.stop());
  }

  test('the members of a group are those that joined it, also those without a partition', async () => {
    const [groupId, topic] = [kafka.name(), await kafka.topic({ partitions: 1 })];
    const members = () => withAdmin(connection, (admin) => admin.members(groupId));
    expect(await members()).toEqual([]);
    await Promise.all([join(groupId, topic), join(groupId, topic)]);
    await waitUntil('both have joined', async () => (await members()).length === 2);
    expect(new Set(await members()).size).toBe(2);
  });

  test('deleteGroups deletes what has no members, and passes over what is not there', async () => {
    const [groupId, topic] = [kafka.name(), await kafka.topic()];
    await commitAlone(kafka.connection, groupId, [{ topic, partition: 0, offset: '0', metadata: '' }]);
    const remove = () => withAdmin(connection, (admin) => admin.deleteGroups([groupId, kafka.name()]));
    expect((await kafka.committed(groupId, topic)).size).toBe(1);
    await remove();
    expect((await kafka.committed(groupId, topic)).size).toBe(0);
    await remove();
    await join(groupId, topic);
    await expect(remove()).rejects.toThrow();
  });

  test('a topic that cannot be created: the error says why, and the others are created', async () => {
    const [good, bad] = [kafka.name(), kafka.name()];
    const wanted = (name: string, replicas: number) => ({ name, partitions: 1, replicas, settings: [] });
    const creating = withAdmin(connection, (admin) => admin.createTopics([wanted(bad, 99), wanted(good, 1)]));
    await expect(creating).rejects.toThrow(
      client === 'kafkajs' ? 'Topic creation errors' : /Unable to replicate the partition 99/,
    );
    expect(await withAdmin(connection, (admin) => admin.topics())).toContain(good);
  });

  test('what is asked of a topic that is missing fails, and names it or says so', async () => {
    const asking = withAdmin(connection, (admin) => admin.offsets([kafka.name()]), hurried);
    await expect(asking).rejects.toThrow(/unknown topic|does not host this topic-partition/i);
  });

  test('an admin client outlives its connections', async () => {
    const proxy = await createBrokerProxy(connection.brokers[0]!);
    open.push(() => proxy.close());
    const admin = createAdmin({ ...connection, brokers: [proxy.address] });
    open.push(() => admin.close());
    const topic = await kafka.topic();
    for (let time = 0; time < 2; time += 1) {
      await waitUntil('it answers', () => admin.topics().then((all) => all.includes(topic), () => false)); // prettier-ignore
      await proxy.close();
      await expect(admin.offsets([topic])).rejects.toThrow();
      await proxy.open();
    }
  });

  test('a broker that is not there yet is waited for', async () => {
    const proxy = await createBrokerProxy(connection.brokers[0]!);
    open.push(() => proxy.close());
    await proxy.close();
    const patience = { adminRetries: 0, retry: { retries: 8, initialRetryTime: 50 } };
    const asking = withAdmin(
      { ...connection, brokers: [proxy.address] },
      (admin) => admin.topics(),
      patience,
    );
    await new Promise((resolve) => setTimeout(resolve, 300));
    await proxy.open();
    expect(await asking).not.toEqual([]);
  });

  test('without a broker the error says what happened', async () => {
    await expect(topicsThrough('127.0.0.1:1')).rejects.toThrow(/ECONNREFUSED 127\.0\.0\.1:1/);
  });

  test('a port that takes connections and never answers is given up, and nothing waits for it', async () => {
    const sockets = new Set<Socket>();
    const deaf = createServer((socket) => sockets.add(socket.resume())).listen(0, '127.0.0.1');
    await once(deaf, 'listening');
    open.push(() => deaf.close());
    const startedAt = performance.now();
    await expect(topicsThrough(`127.0.0.1:${(deaf.address() as AddressInfo).port}`)).rejects.toThrow(
      /timed out|has not answered/,
    );
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    await waitUntil('its connections are closed', () => [...sockets].every(({ closed }) => closed));
  });

  test('a broker that never answers hides no other one', async () => {
    const deaf = createServer((socket) => socket.resume()).listen(0, '127.0.0.1');
    await once(deaf, 'listening');
    open.push(() => deaf.close());
    const brokers = [`127.0.0.1:${(deaf.address() as AddressInfo).port}`, ...connection.brokers];
    const patience = { ...hurried, retry: { retries: 2 }, adminRetries: 6 };
    for (let time = 0; time < 3; time += 1)
      await withAdmin({ ...connection, brokers }, (admin) => admin.topics(), patience);
  });

  test('a login that is refused: the error says so, and a reset of its connection ends nothing', async () => {
    const broker = await refusingBroker();
    open.push(() => broker.close());
    const sasl = { mechanism: 'plain', username: 'u', password: 'p' } as const;
    await expect(topicsThrough(broker.address, { sasl })).rejects.toThrow(
      /Authentication failed: nobody is let in/,
    );
    await broker.reset();
  });

  test('the silence watch is heard when Kafka answers others alone', async () => {
    const told: Error[] = [];
    const watch = watchSilence(connection, 300, (error) => told.push(error));
    open.push(() => watch.stop());
    await waitUntil('it is told', () => told.length > 0);
    expect(told[0]!.message).toMatch(/but answers other clients/);
  });

  test('the silence watch says nothing while no broker answers', async () => {
    const told: Error[] = [];
    const watch = watchSilence({ ...connection, brokers: ['127.0.0.1:1'] }, 100, (error) => told.push(error));
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    watch.stop();
    expect(told).toEqual([]);
  });
});

// One of kafkajs continues until its retries are over.
test('a client of platformatic that is closed no longer tries to connect', async () => {
  const patience = { retry: { retries: 1_000, initialRetryTime: 50, maxRetryTime: 50 } };
  const nobody: KafkaConnection = { brokers: ['127.0.0.1:1'], clientId: 'test', client: 'platformatic' };
  const admin = createAdmin(nobody, patience);
  const asking = admin.topics();
  setTimeout(() => void admin.close(), 200);
  await expect(asking).rejects.toThrow(/closed/);
});

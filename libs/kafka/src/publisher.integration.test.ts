import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { kafkaClients } from './client.ts';
import { connectKafka } from './kafkajs/connect-kafka.ts';
import { partitionOf } from './partition-of.ts';
import { publisherContract } from '../testing/publisher-contract.ts';
import { createPublisher, defaultPublisherLimits, type OutgoingRecord, type Publisher } from './publisher.ts';
import { scratchKafka } from '../testing/scratch-kafka.ts';
import { withAdmin } from './admin.ts';
import { deleteTopics } from './topics-admin.ts';
import { createBrokerProxy, type BrokerProxy } from '../testing/broker-proxy.ts';
import { refusingBroker } from '../testing/refusing-broker.ts';
import { waitUntil } from '../testing/wait-until.ts';

jest.setTimeout(60_000);

const kafka = scratchKafka();
const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});
afterAll(() => kafka.remove());

const limits = { ...defaultPublisherLimits, deadlineMs: 2_000 };

describe.each(kafkaClients)('with %s', (client) => {
  const connection = { ...kafka.connection, client };

  async function readyPublisher(topics: string[], bounds = limits, brokers = kafka.connection.brokers) {
    const publisher = createPublisher({ ...connection, brokers }, topics, bounds);
    open.push(publisher);
    await waitUntil('the publisher is ready', () => publisher.ready());
    return publisher;
  }

  /** A publisher that has sent a first record, so that its connection stands. */
  async function throughProxy(proxy: BrokerProxy, topic: string, deadlineMs: number) {
    const publisher = await readyPublisher([topic], { ...limits, deadlineMs }, [proxy.address]);
    expect((await publisher.publish(recordOf(topic, 'first'))).outcome).toBe('published');
    expect(proxy.produceRequests()).toBe(1);
    return publisher;
  }

  async function openProxy(): Promise<BrokerProxy> {
    const proxy = await createBrokerProxy(kafka.connection.brokers[0]!);
    open.push(proxy);
    return proxy;
  }

  function recordOf(topic: string, key: string, value: string | Buffer = key): OutgoingRecord {
    return { topic, key: Buffer.from(key), value: Buffer.from(value), headers: { 'a-header': `of ${key}` } };
  }
  const publishAll = (publisher: Publisher, records: OutgoingRecord[]) =>
    Promise.all(records.map((record) => publisher.publish(record)));
  const count = (outcomes: { outcome: string }[], wanted: string) =>
    outcomes.filter(({ outcome }) => outcome === wanted).length;

  publisherContract('the publisher to Kafka', async () => {
    const topic = await kafka.topic();
    return {
      publisher: await readyPublisher([topic]),
      topic,
      read: async () => (await kafka.readAll(topic)).map(({ value }) => String(value)),
    };
  });

  test('a publisher is ready although a broker in its list takes connections and says nothing', async () => {
    const deaf = createServer((socket) => socket.resume()).listen(0, '127.0.0.1');
    await once(deaf, 'listening');
    const silent = `127.0.0.1:${(deaf.address() as AddressInfo).port}`;
    open.push({ close: () => new Promise((resolve) => deaf.close(() => resolve())) });
    const publisher = createPublisher(
      { ...connection, brokers: [silent, ...kafka.connection.brokers] },
      [await kafka.topic()],
      { ...limits, deadlineMs: 500 },
    );
    open.push(publisher);
    await waitUntil('the publisher is ready', () => publisher.ready(), 60_000);
  });

  describe.each(['gzip', 'snappy', 'lz4', 'zstd'] as const)('in %s', (compression) => {
    const letters = ['a', 'b', 'c'];
    const values = letters.map((letter) => letter.repeat(200_000));
    const write = async (topic: string, written: typeof compression): Promise<void> => {
      const publisher = createPublisher({ ...connection, compression: written }, [topic], limits);
      open.push(publisher);
      await waitUntil('the publisher is ready', () => publisher.ready());
      const records = letters.map((letter, index) => recordOf(topic, letter, values[index]));
      expect(count(await publishAll(publisher, records), 'published')).toBe(3);
    };
    const read = async (topic: string): Promise<unknown[]> =>
      (await kafka.readAll(topic)).map(({ value }) => value?.toString()).sort();

    test('records are written, and read again', async () => {
      // Uncompressed they would be refused.
      const topic = await kafka.topic({ maxMessageBytes: 100_000 });
      await write(topic, compression);
      expect(await read(topic)).toEqual(values);
    });

    test('records are read that the broker compressed; the broker reads what is written', async () => {
      const other = compression === 'gzip' ? 'zstd' : 'gzip';
      const [ofBroker, ofOther] = [await kafka.topic(), await kafka.topic()];
      const settings = [
        [ofBroker, [{ name: 'compression.type', value: compression }]],
        [ofOther, [{ name: 'compression.type', value: other }]],
      ] as const;
      await withAdmin(connection, (admin) => admin.alterSettings(new Map(settings)));
      await write(ofBroker, other);
      await write(ofOther, compression);
      expect([await read(ofBroker), await read(ofOther)]).toEqual([values, values]);
    });
  });

  test('a record stands where its outcome says, in the partition of its key', async () => {
    const topic = await kafka.topic({ partitions: 5 });
    const publisher = await readyPublisher([topic]);
    const records = Array.from({ length: 200 }, (_, index) =>
      recordOf(topic, `key ${index % 40}`, `v${index}`),
    );
    const outcomes = await publishAll(publisher, records);
    const stored = new Map(
      (await kafka.readAll(topic)).map((record) => [`${record.partition}/${record.offset}`, record]),
    );
    expect(stored.size).toBe(records.length);
    outcomes.forEach((outcome, index) => {
      const { key, value } = records[index]!;
      if (outcome.outcome !== 'published') throw new Error(`Record ${index} is ${outcome.outcome}.`);
      expect(stored.get(`${outcome.partition}/${outcome.offset}`)).toMatchObject({ key, value });
      expect(outcome.partition).toBe(partitionOf(topic, key, 5));
    });
  });

  test('many records that come at once leave in few requests; a lone one does not wait', async () => {
    const [proxy, topic] = [await openProxy(), await kafka.topic()];
    const publisher = await throughProxy(proxy, topic, 5_000);
    const outcomes = await publishAll(
      publisher,
      Array.from({ length: 2_000 }, (_, index) => recordOf(topic, `k${index}`)),
    );
    expect(count(outcomes, 'published')).toBe(2_000);
    expect(proxy.produceRequests()).toBeLessThanOrEqual(1 + 2_000 / limits.maxBatchRecords + 2);
  });

  test.each([
    ['records', { maxRecords: 5 }],
    // Each is 4 KB and its frame.
    ['bytes', { maxBytes: 21_000 }],
  ])(
    'what does not fit the bound of %s is full, and taken again when there is room',
    async (_name, bound) => {
      const topic = await kafka.topic();
      const publisher = await readyPublisher([topic], { ...limits, ...bound });
      const records = Array.from({ length: 9 }, (_, index) =>
        recordOf(topic, `k${index}`, randomBytes(4_000)),
      );
      const outcomes = await publishAll(publisher, records);
      expect([count(outcomes, 'published'), count(outcomes, 'queue-full')]).toEqual([5, 4]);
      expect((await publisher.publish(records[8]!)).outcome).toBe('published');
    },
  );

  test('one record over the limit of its topic fails alone', async () => {
    const topic = await kafka.topic({ maxMessageBytes: 20_000 });
    const publisher = await readyPublisher([topic]);
    const records = Array.from({ length: 20 }, (_, index) =>
      recordOf(topic, `k${index}`, randomBytes(index === 7 ? 30_000 : 2_000)),
    );
    const outcomes = await publishAll(publisher, records);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(
      records.map((_record, index) => (index === 7 ? 'too-large' : 'published')),
    );
  });

  test('a topic that refuses its batch hinders no other one of the same request', async () => {
    const [takes, refuses] = [await kafka.topic(), await kafka.topic({ maxMessageBytes: 2_000 })];
    const publisher = await readyPublisher([takes, refuses]);
    const values = Array.from({ length: 20 }, (_, index) => `v${index}`);
    const outcomes = await publishAll(publisher, [
      recordOf(refuses, 'large', randomBytes(3_000)),
      ...values.map((value) => recordOf(takes, value)),
    ]);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['too-large', ...values.map(() => 'published')]);
    const stored = (await kafka.readAll(takes)).map(({ value }) => String(value));
    expect(new Set(stored)).toEqual(new Set(values));
    // kafkajs does not say which partition was refused: the others are written a second time, alone.
    expect(stored.length).toBe(client === 'kafkajs' ? 2 * values.length : values.length);
  });

  test('the log says with which error a broker refuses a batch, and it is counted', async () => {
    const topic = await kafka.topic();
    const messages: string[] = [];
    const onLog = (_level: 'warn' | 'error', message: string): void => void messages.push(message);
    const refused: string[] = [];
    const onRefused = (...names: string[]): void => void refused.push(names.join(': '));
    const publisher = createPublisher({ ...connection, onLog, onRefused }, [topic], limits);
    open.push(publisher);
    await waitUntil('the publisher is ready', () => publisher.ready());
    // No time is near enough to the broker's.
    const settings = new Map([[topic, [{ name: 'message.timestamp.before.max.ms', value: '0' }]]]);
    await withAdmin(connection, (admin) => admin.alterSettings(settings));
    const said = `Kafka refuses what is written to ${topic}: INVALID_TIMESTAMP`;
    await waitUntil('it is refused', async () => {
      await publisher.publish(recordOf(topic, 'a'));
      return messages.includes(said);
    });
    expect(new Set(refused)).toEqual(new Set([`${topic}: INVALID_TIMESTAMP`]));
  });

  test('without an answer a record expires, in time; when the broker is heard again, records are taken', async () => {
    const [proxy, topic] = [await openProxy(), await kafka.topic()];
    const publisher = await throughProxy(proxy, topic, 500);
    proxy.mute();
    const startedAt = performance.now();
    const outcomes = await publishAll(publisher, [recordOf(topic, 'a'), recordOf(topic, 'b')]);
    expect(outcomes).toEqual([{ outcome: 'timed-out' }, { outcome: 'timed-out' }]);
    expect(performance.now() - startedAt).toBeLessThan(1_500);
    expect(publisher.inFlight()).toEqual({ records: 0, bytes: 0 });
    proxy.unmute();
    await waitUntil(
      'a record is published',
      async () => (await publisher.publish(recordOf(topic, 'c'))).outcome === 'published',
    );
  });

  test('a connection that is never answered again is replaced by itself', async () => {
    const [proxy, topic] = [await openProxy(), await kafka.topic()];
    const publisher = await throughProxy(proxy, topic, 500);
    proxy.forget();
    expect((await publisher.publish(recordOf(topic, 'a'))).outcome).toBe('timed-out');
    await waitUntil(
      'a record is published',
      async () => (await publisher.publish(recordOf(topic, 'b'))).outcome === 'published',
    );
  });

  test('when the connection breaks, what waits is sent again', async () => {
    const [proxy, topic] = [await openProxy(), await kafka.topic()];
    const publisher = await throughProxy(proxy, topic, 10_000);
    proxy.mute();
    const outcome = publisher.publish(recordOf(topic, 'a'));
    await waitUntil('it is sent', () => proxy.produceRequests() === 2);
    await proxy.close();
    proxy.unmute();
    await proxy.open();
    expect((await outcome).outcome).toBe('published');
  });

  test('close waits for what is in flight', async () => {
    const [proxy, topic] = [await openProxy(), await kafka.topic()];
    const publisher = await throughProxy(proxy, topic, 10_000);
    proxy.mute();
    const order: string[] = [];
    const published = publisher.publish(recordOf(topic, 'a')).then(({ outcome }) => order.push(outcome));
    await waitUntil('it is sent', () => proxy.produceRequests() === 2);
    const closed = publisher.close().then(() => order.push('closed'));
    expect(order).toEqual([]);
    proxy.unmute();
    await Promise.all([published, closed]);
    expect(order).toEqual(['published', 'closed']);
  });

  describe('while there is no broker', () => {
    test('it starts, records are unavailable, and it recovers when a broker answers', async () => {
      const [proxy, topic] = [await openProxy(), await kafka.topic()];
      await proxy.close();
      const publisher = createPublisher({ ...connection, brokers: [proxy.address] }, [topic], limits);
      open.push(publisher);
      expect(await publisher.publish(recordOf(topic, 'a'))).toEqual({ outcome: 'unavailable' });
      expect(publisher.ready()).toBe(false);
      await proxy.open();
      await waitUntil('the publisher is ready', () => publisher.ready());
      expect((await publisher.publish(recordOf(topic, 'a'))).outcome).toBe('published');
    });

    test('a login that is refused: records are unavailable, and a reset of its connection ends nothing', async () => {
      const broker = await refusingBroker();
      const sasl = { mechanism: 'plain', username: 'u', password: 'p' } as const;
      const publisher = createPublisher({ ...connection, brokers: [broker.address], sasl }, ['any'], limits);
      open.push(broker, publisher);
      await waitUntil('a login is refused', () => broker.refused() > 0);
      await broker.reset();
      expect(await publisher.publish(recordOf('any', 'a'))).toEqual({ outcome: 'unavailable' });
    });

    test('close comes back within the deadline, also when a port takes connections and never answers', async () => {
      const sockets = new Set<Socket>();
      const deaf = createServer((socket) => sockets.add(socket)).listen(0, '127.0.0.1');
      await once(deaf, 'listening');
      const brokers = [`127.0.0.1:${(deaf.address() as AddressInfo).port}`];
      const publisher = createPublisher({ ...connection, brokers }, ['any'], {
        ...limits,
        deadlineMs: 500,
      });
      await waitUntil('it has connected', () => sockets.size > 0);
      const startedAt = performance.now();
      await publisher.close();
      expect(performance.now() - startedAt).toBeLessThan(2_000);
      deaf.close();
      for (const socket of sockets) socket.destroy();
    });
  });

  describe('while a topic is missing', () => {
    test('the others are written, and it is found once it was created', async () => {
      const [there, missing] = [await kafka.topic(), kafka.name()];
      const publisher = createPublisher(connection, [there, missing], limits);
      open.push(publisher);
      await waitUntil(
        'the topic that is there is written',
        async () => (await publisher.publish(recordOf(there, 'a'))).outcome === 'published',
      );
      expect(publisher.ready()).toBe(false);
      expect(await publisher.publish(recordOf(missing, 'a'))).toEqual({ outcome: 'unavailable' });
      await kafka.topic({ name: missing });
      await waitUntil('the publisher is ready', () => publisher.ready());
      expect((await publisher.publish(recordOf(missing, 'a'))).outcome).toBe('published');
    });
  });

  describe('when a topic is deleted', () => {
    test('the others are written as before, and it is written again once it is there again', async () => {
      const [stays, goes] = [await kafka.topic(), await kafka.topic()];
      // The library asks for all topics again when its metadata is this old.
      const publisher = await readyPublisher([stays, goes], { ...limits, refreshEveryMs: 500 });
      for (const topic of [stays, goes])
        expect((await publisher.publish(recordOf(topic, 'before'))).outcome).toBe('published');
      await deleteTopics(kafka.connection, [goes]);
      await waitUntil('the topic counts as gone', async () => {
        const [gone, there] = await publishAll(publisher, [recordOf(goes, 'x'), recordOf(stays, 'x')]);
        expect(there?.outcome).toBe('published');
        return gone?.outcome === 'unavailable';
      });
      expect([publisher.takes(goes), publisher.takes(stays)]).toEqual([false, true]);
      expect(await publisher.probe(goes)).toBe(false);
      const outcomes: string[] = [];
      // For longer than its metadata is taken for fresh.
      const until = performance.now() + 1_500;
      while (performance.now() < until)
        outcomes.push((await publisher.publish(recordOf(stays, 'after'))).outcome);
      expect(new Set(outcomes)).toEqual(new Set(['published']));
      await kafka.topic({ name: goes });
      await waitUntil(
        'it is written again',
        async () => (await publisher.publish(recordOf(goes, 'again'))).outcome === 'published',
      );
    });
  });
});

test('what the client library logs about a failure holds no payload', async () => {
  const told: string[] = [];
  const connection = { ...kafka.connection, onLog: (_level: string, text: string) => void told.push(text) };
  const producer = connectKafka(connection).producer({
    allowAutoTopicCreation: false,
    retry: { retries: 0 },
  });
  await producer.connect();
  const failed = producer.send({ topic: kafka.name(), messages: [{ key: 'k', value: 'a secret payload' }] });
  await expect(failed).rejects.toThrow();
  await producer.disconnect();
  expect(told.join('\n')).not.toContain('secret payload');
});

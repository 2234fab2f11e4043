import kafkajs from 'kafkajs';
import { kafkaClients, type KafkaConnection } from './client.ts';
import { connectKafka } from './kafkajs/connect-kafka.ts';
import {
  runConsumer,
  type BatchControl,
  type ConsumedRecord,
  type ConsumerOptions,
  type PartitionBatch,
} from './consumer.ts';
import { scratchKafka } from '../testing/scratch-kafka.ts';
import { endOffsets } from './topics-admin.ts';
import { createBrokerProxy } from '../testing/broker-proxy.ts';
import { waitUntil } from '../testing/wait-until.ts';

const { CompressionTypes } = kafkajs;

jest.setTimeout(20_000);

const kafka = scratchKafka();
const producer = connectKafka(kafka.connection).producer({ allowAutoTopicCreation: false });
const running: { stop(): Promise<void> }[] = [];

beforeAll(() => producer.connect());
afterEach(async () => {
  for (const one of running.splice(0)) await one.stop();
});
afterAll(async () => {
  await producer.disconnect();
  await kafka.remove();
});

const send = (topic: string, values: string[]) =>
  producer.send({ topic, acks: -1, messages: values.map((value) => ({ value })) });

/** Whether it resolves. */
const holds = (attempt: Promise<void>): Promise<boolean> =>
  attempt.then(
    () => true,
    () => false,
  );
const valuesOf = (records: readonly ConsumedRecord[]) => records.map(({ value }) => String(value));

/** A consumer whose connections can be silenced and broken, and what it says of its death. */
async function throughProxy(connection: KafkaConnection, given: Partial<ConsumerOptions> = {}) {
  const proxy = await createBrokerProxy(kafka.connection.brokers[0]!);
  const dead: string[] = [];
  const consumer = await runConsumer(
    { ...connection, brokers: [proxy.address] },
    {
      groupId: kafka.name(),
      topics: given.topics ?? [await kafka.topic()],
      partitionsAtOnce: 1,
      maxBytesPerPartition: 100,
      maxWaitMs: 100,
      sessionTimeoutMs: 6_000,
      silentMs: 1_000,
      onBatch: () => Promise.resolve(),
      onFatalError: ({ message }) => dead.push(message),
      ...given,
    },
  );
  running.push({
    async stop() {
      proxy.unmute();
      await consumer.stop();
      await proxy.close();
    },
  });
  return { proxy, dead };
}

describe.each(kafkaClients)('%s', (client) => {
  const connection = { ...kafka.connection, client };

  /** Runs a consumer of the group; `work` gets each batch. */
  async function consume(
    topics: string[],
    groupId: string,
    work: (batch: PartitionBatch, control: BatchControl) => Promise<void>,
  ) {
    const dead: Error[] = [];
    const consumer = await runConsumer(connection, {
      groupId,
      topics,
      partitionsAtOnce: 2,
      maxBytesPerPartition: 1024 * 1024,
      // Nothing may wait until a fetch that finds nothing ends: not a join, not a partition that is fetched again.
      maxWaitMs: 60_000,
      sessionTimeoutMs: 30_000,
      onBatch: work,
      onFatalError: (error) => dead.push(error),
    });
    running.push(consumer);
    return { dead, lags: () => consumer.lags(), stop: () => consumer.stop() };
  }

  /** Reads until `count` records have come, each finished at once. */
  async function take(topic: string, groupId: string, count: number): Promise<ConsumedRecord[]> {
    const taken: ConsumedRecord[] = [];
    const { stop } = await consume([topic], groupId, async ({ records }, control) => {
      for (const record of records) {
        if (taken.length === count) return;
        taken.push(record);
        await control.done(record);
      }
    });
    await waitUntil(`${count} records`, () => taken.length >= count);
    await stop();
    return taken;
  }
  test('a new group starts at the oldest record', async () => {
    const topic = await kafka.topic();
    await send(topic, ['a', 'b', 'c']);
    expect(valuesOf(await take(topic, kafka.name(), 3))).toEqual(['a', 'b', 'c']);
  });

  test('nothing is committed but by done(), and that up to and with its record', async () => {
    const [topic, groupId] = [await kafka.topic(), kafka.name()];
    await send(topic, ['a', 'b', 'c', 'd']);
    const seen: PartitionBatch[] = [];
    const { stop } = await consume([topic], groupId, (batch) => {
      seen.push(batch);
      return Promise.resolve();
    });
    await waitUntil('the batch came twice', () => seen.length > 1);
    await stop();
    expect(seen[0]).toMatchObject({ topic, partition: 0, lag: 0 });
    expect(await kafka.committed(groupId, topic)).toEqual(new Map());
    expect(valuesOf(await take(topic, groupId, 3))).toEqual(['a', 'b', 'c']);
    expect(await kafka.committed(groupId, topic)).toEqual(new Map([[0, 3n]]));
  });

  test('a consumer that comes back continues after the last done()', async () => {
    const [topic, groupId] = [await kafka.topic(), kafka.name()];
    await send(topic, ['a', 'b', 'c', 'd']);
    await take(topic, groupId, 2);
    await send(topic, ['e']);
    expect(valuesOf(await take(topic, groupId, 3))).toEqual(['c', 'd', 'e']);
  });

  test('returning early leaves the rest for the next fetch, in order', async () => {
    const topic = await kafka.topic();
    await send(topic, ['a', 'b', 'c', 'd', 'e']);
    const batches: string[][] = [];
    await consume([topic], kafka.name(), async ({ records }, control) => {
      batches.push(valuesOf(records));
      // The first time nothing is finished, then two records of each batch.
      const finished = batches.length === 1 ? undefined : (records[1] ?? records[0]);
      if (finished) await control.done(finished);
    });
    await waitUntil('all are finished', () => batches.length === 4);
    expect(batches).toEqual([['a', 'b', 'c', 'd', 'e'], ['a', 'b', 'c', 'd', 'e'], ['c', 'd', 'e'], ['e']]);
  });

  test('keys, values and headers come back byte for byte', async () => {
    const topic = await kafka.topic();
    const bytes = Buffer.from([0, 1, 0xff, 0xfe, 0x80]);
    await producer.send({
      topic,
      acks: -1,
      messages: [
        {
          key: bytes,
          value: bytes,
          timestamp: '1700000000123',
          headers: { bytes, text: '退款😀', empty: '', twice: ['first', 'last'], __proto__x: 'kept' },
        },
        { key: null, value: null },
        { key: '', value: '' },
      ],
    });
    expect(await take(topic, kafka.name(), 3)).toEqual([
      {
        topic,
        partition: 0,
        offset: '0',
        key: bytes,
        value: bytes,
        timestampMs: 1_700_000_000_123,
        headers: {
          bytes,
          text: Buffer.from('退款😀'),
          empty: Buffer.alloc(0),
          twice: Buffer.from('last'),
          __proto__x: Buffer.from('kept'),
        },
      },
      expect.objectContaining({ key: null, value: null, headers: {} }),
      expect.objectContaining({ key: Buffer.alloc(0), value: Buffer.alloc(0) }),
    ]);
  });

  test.each([
    ['gzip', CompressionTypes.GZIP],
    ['zstd', CompressionTypes.ZSTD],
  ])('batches that another producer compressed with %s are read', async (_name, compression) => {
    const topic = await kafka.topic();
    const values = Array.from({ length: 50 }, (_, index) => `value ${index} ${'x'.repeat(200)}`);
    await producer.send({ topic, acks: -1, compression, messages: values.map((value) => ({ value })) });
    expect(valuesOf(await take(topic, kafka.name(), 50))).toEqual(values);
  });

  test('a batch that would fill the memory is handed out as one record that says so, and committed like any', async () => {
    const [topic, groupId] = [await kafka.topic(), kafka.name()];
    await send(topic, ['before']);
    const value = Buffer.alloc(65 * 1024 * 1024);
    await producer.send({ topic, acks: -1, compression: CompressionTypes.ZSTD, messages: [{ value }] });
    const [before, tooLarge] = await take(topic, groupId, 2);
    expect(before).toMatchObject({ value: Buffer.from('before') });
    expect(before).not.toHaveProperty('unreadable');
    expect(tooLarge).toMatchObject({
      offset: '1',
      value: null,
      unreadable: expect.stringMatching(
        /^Offset 1, a batch of 1 records, cannot be read: larger than/,
      ) as string,
    });
    expect(await kafka.committed(groupId, topic)).toEqual(new Map([[0, 2n]]));
  });

  test('a partition that was added later is read from its beginning', async () => {
    const topic = await kafka.topic();
    const groupId = kafka.name();
    await send(topic, ['a']);
    await take(topic, groupId, 1);
    const admin = connectKafka(kafka.connection).admin();
    await admin.connect();
    await admin.createPartitions({ topicPartitions: [{ topic, count: 2 }] });
    await admin.disconnect();
    await waitUntil(
      'the partition is there',
      async () => (await endOffsets(kafka.connection, topic)).size === 2,
    );
    // A producer that knows the topic already would leave the new partition out, and say nothing.
    const other = connectKafka(kafka.connection).producer({ allowAutoTopicCreation: false });
    await other.connect();
    await other.send({ topic, acks: -1, messages: [{ value: 'b', partition: 1 }] });
    await other.disconnect();
    expect(await take(topic, groupId, 1)).toMatchObject([{ partition: 1, offset: '0' }]);
  });

  test('stop() waits for the batch in flight, which learns of it and can still commit', async () => {
    const [topic, groupId] = [await kafka.topic(), kafka.name()];
    await send(topic, ['a']);
    const order: string[] = [];
    const { stop } = await consume([topic], groupId, async ({ records }, control) => {
      order.push(`running ${control.running()}`);
      await waitUntil('the stop', () => !control.running());
      await control.done(records[0]!);
      order.push('batch left');
    });
    await waitUntil('the batch', () => order.length === 1);
    await stop();
    order.push('stopped');
    expect(order).toEqual(['running true', 'batch left', 'stopped']);
    expect(await kafka.committed(groupId, topic)).toEqual(new Map([[0, 1n]]));
  });

  test('a batch that throws makes the consumer join again, also while another partition is blocked', async () => {
    const [topic, groupId] = [await kafka.topic({ partitions: 2 }), kafka.name()];
    for (const partition of [0, 1])
      await producer.send({ topic, acks: -1, messages: [{ value: `p${partition}`, partition }] });
    const held: number[] = [];
    let attempts = 0;
    const { dead } = await consume([topic], groupId, async ({ partition, records }, control) => {
      if (partition === 1 && attempts < 2) {
        held.push(attempts);
        await waitUntil('the group is joined again', () => !control.running() || attempts === 2, 60_000);
        return;
      }
      if (partition === 1) return control.done(records[0]!);
      // A fetch may bring this partition alone: the next one comes when it is given back.
      if (!(await holds(waitUntil('the other one is held', () => held.length > 0, 500)))) return;
      attempts += 1;
      if (attempts === 1) throw new Error('the coordinator is gone');
      await control.done(records[0]!);
    });
    await waitUntil('both are committed', async () => (await kafka.committed(groupId, topic)).size === 2);
    expect([attempts, dead]).toEqual([2, []]);
  });

  test('a partition comes again only when the work on it from before the join has ended', async () => {
    const [topic, groupId] = [await kafka.topic({ partitions: 2 }), kafka.name()];
    const { promise: released, resolve: release } = Promise.withResolvers<undefined>();
    let [atOnce, most, batches] = [0, 0, 0];
    const failed: string[] = [];
    await consume([topic], groupId, async ({ partition, records }, control) => {
      if (partition === 1) {
        if (failed.length > 0) return control.done(records[0]!);
        // A fetch may bring this partition alone: the next one comes when it is given back.
        if (!(await holds(waitUntil('the other one is worked on', () => atOnce > 0, 500)))) return;
        failed.push('the store is gone');
        throw new Error(failed[0]);
      }
      batches += 1;
      atOnce += 1;
      most = Math.max(most, atOnce);
      if (failed.length === 0) await released;
      else await control.done(records[0]!);
      atOnce -= 1;
    });
    await producer.send({
      topic,
      acks: -1,
      messages: [0, 1].map((partition) => ({ value: 'a', partition })),
    });
    await waitUntil('the other one has failed', () => failed.length > 0);
    expect(atOnce).toBe(1);
    release(undefined);
    await waitUntil('both are committed', async () => (await kafka.committed(groupId, topic)).size === 2);
    expect([batches, most]).toEqual([2, 1]);
  });

  test('what throws aside makes the consumer join again, and its partition comes again', async () => {
    const [topic, groupId] = [await kafka.topic(), kafka.name()];
    await send(topic, ['a']);
    let batches = 0;
    const { dead } = await consume([topic], groupId, async ({ records }, control) => {
      batches += 1;
      if (batches > 1) return control.done(records[0]!);
      control.aside(() => Promise.reject(new Error('the coordinator is gone')));
    });
    await waitUntil('it is committed', async () => (await kafka.committed(groupId, topic)).get(0) === 1n);
    expect([batches, dead]).toEqual([2, []]);
  });

  test('work aside of a partition that another member may have got commits nothing', async () => {
    const [topic, groupId] = [await kafka.topic({ partitions: 2 }), kafka.name()];
    await producer.send({
      topic,
      acks: -1,
      messages: [0, 1].map((partition) => ({ value: 'a', partition })),
    });
    const { promise: rejoined, resolve: onRejoin } = Promise.withResolvers<undefined>();
    const ended: string[] = [];
    await consume([topic], groupId, ({ records }, control) => {
      control.aside(async () => {
        await rejoined;
        await waitUntil('it is not ours any more', () => !control.running());
        ended.push((await holds(control.done(records[0]!))) ? 'committed' : 'refused');
      });
      return Promise.resolve();
    });
    await waitUntil('nothing is fetched, and nothing committed', async () => {
      return (await kafka.committed(groupId, topic)).size === 0;
    });
    await consume([topic], groupId, () => {
      onRejoin(undefined);
      return Promise.resolve();
    });
    await waitUntil('both ended', () => ended.length >= 2);
    expect(ended.slice(0, 2)).toEqual(['refused', 'refused']);
  });

  test('how far behind a partition is comes from the end of its log, whether or not it is fetched', async () => {
    const [topic, groupId] = [await kafka.topic({ partitions: 2 }), kafka.name()];
    const { promise: released, resolve: release } = Promise.withResolvers<undefined>();
    const { lags } = await consume([topic], groupId, async ({ partition, records }, control) => {
      if (partition === 0) control.aside(() => released);
      else await control.done(records.at(-1)!);
    });
    for (const partition of [0, 1, 0, 0, 1])
      await producer.send({ topic, acks: -1, messages: [{ value: 'a', partition }] });
    const untilBehind = async (first: number, second: number) =>
      waitUntil(`it is ${first} and ${second} behind`, async () => {
        const found = (await lags()).toSorted((a, b) => a.partition - b.partition);
        return found.map(({ records }) => records).join() === `${first},${second}`;
      });
    await untilBehind(3, 0);
    await kafka.forget(topic, [{ partition: 0, offset: '1' }]);
    await untilBehind(2, 0);
    release(undefined);
  });

  test('markers of transactions, and what was taken back, leave nothing unfinished', async () => {
    const topic = await kafka.topic();
    const { lags } = await consume([topic], kafka.name(), ({ records }, control) =>
      control.done(records.at(-1)!),
    );
    const transactional = connectKafka(kafka.connection).producer({
      ...{ transactionalId: kafka.name(), maxInFlightRequests: 1, idempotent: true },
    });
    await transactional.connect();
    const nothingIsLeft = () =>
      waitUntil('nothing is left', async () => (await lags()).every(({ records }) => records === 0));
    for (const end of ['commit', 'abort'] as const) {
      const transaction = await transactional.transaction();
      await transaction.send({ topic, messages: [{ value: end }] });
      await transaction[end]();
      await nothingIsLeft();
    }
    await transactional.disconnect();
  });

  test('a consumer that Kafka is silent to is dead, when Kafka answers others', async () => {
    const { proxy, dead } = await throughProxy(connection);
    proxy.forget();
    await waitUntil('it is told', () => dead.length > 0);
    expect(dead[0]).toBe(
      'Kafka has answered neither a fetch nor a heartbeat for 1000 ms, but answers other clients: the consumer is stuck.',
    );
    proxy.remember();
  });

  test('a consumer waits while Kafka is unavailable for everybody', async () => {
    const { proxy, dead } = await throughProxy(connection);
    const before = proxy.connections();
    proxy.mute();
    await waitUntil('it has asked over a new connection', () => proxy.connections() > before);
    expect(dead).toEqual([]);
  });
});

// The other library sends heartbeats by itself.
test('a batch that throws makes the consumer join again, also when another one fails by a broken connection', async () => {
  const [topic, groupId] = [await kafka.topic({ partitions: 2 }), kafka.name()];
  const heartbeat = 12;
  let joins = 0;
  let inFlight = 0;
  let failed = false;
  // The other library sends heartbeats by itself.
  const connection = { ...kafka.connection, client: 'kafkajs' as const };
  const { proxy, dead } = await throughProxy(connection, {
    groupId,
    topics: [topic],
    partitionsAtOnce: 2,
    silentMs: 60_000,
    onAssigned: () => (joins += 1),
    async onBatch({ records }, control) {
      if (failed) return control.done(records[0]!);
      inFlight += 1;
      const isFirst = inFlight === 1;
      // A fetch may bring one partition alone: the next one brings both when it is given back.
      if (!(await holds(waitUntil('both are in flight', () => inFlight === 2, 500)))) {
        inFlight = 0;
        return;
      }
      // Of the batches of a fetch that fail, kafkajs acts on the first: by the heartbeat that follows it.
      if (isFirst) {
        proxy.breakAt(heartbeat, 2);
        await waitUntil('a heartbeat broke its connection', async () => !(await holds(control.heartbeat())));
        failed = true;
        return;
      }
      await waitUntil('the first one has failed', () => failed);
      throw new Error('the store is gone');
    },
  });
  await producer.send({
    topic,
    acks: -1,
    messages: [0, 1].map((partition) => ({ value: 'a', partition })),
  });
  await waitUntil('both are committed', async () => (await kafka.committed(groupId, topic)).size === 2);
  expect([joins, dead]).toEqual([2, []]);
});

test('members that use either library share a group', async () => {
  const [topic, groupId] = [await kafka.topic({ partitions: 2 }), kafka.name()];
  const assigned = new Map<string, number>();
  const read = new Map<string, string[]>();
  for (const client of kafkaClients) {
    const consumer = await runConsumer(
      { ...kafka.connection, client },
      {
        ...{ groupId, topics: [topic], partitionsAtOnce: 2, maxBytesPerPartition: 1024, maxWaitMs: 100 },
        sessionTimeoutMs: 30_000,
        onAssigned: (partitions) => assigned.set(client, partitions[topic]?.length ?? 0),
        async onBatch({ records }, control) {
          read.set(client, [...(read.get(client) ?? []), ...valuesOf(records)]);
          await control.done(records.at(-1)!);
        },
        onFatalError: (error) => read.set('dead', [error.message]),
      },
    );
    running.push(consumer);
  }
  await waitUntil('each has one', () => [...assigned.values()].join() === '1,1');
  await producer.send({ topic, acks: -1, messages: [0, 1].map((partition) => ({ value: 'a', partition })) });
  await waitUntil('each has read one', () => [...read.values()].join() === 'a,a');
  expect(await kafka.committed(groupId, topic)).toEqual(
    new Map([
      [0, 1n],
      [1, 1n],
    ]),
  );
});

// The records of kafkajs are parts of the whole answer.
test('a record keeps nothing in memory of what was fetched of other partitions', async () => {
  const [topic, groupId] = [await kafka.topic({ partitions: 2 }), kafka.name()];
  const large = Buffer.alloc(500_000, 'x');
  await producer.send({
    topic,
    acks: -1,
    messages: [
      { value: 'small', partition: 0 },
      { value: large, partition: 1 },
    ],
  });
  const kept = new Map<number, number>();
  const consumer = await runConsumer(
    { ...kafka.connection, client: 'platformatic' },
    {
      ...{ groupId, topics: [topic], partitionsAtOnce: 2, maxBytesPerPartition: 1024 * 1024, maxWaitMs: 100 },
      sessionTimeoutMs: 30_000,
      async onBatch({ partition, records }, control) {
        kept.set(partition, records[0]!.value!.buffer.byteLength);
        await control.done(records.at(-1)!);
      },
      onFatalError: (error) => kept.set(-1, error.message.length),
    },
  );
  running.push(consumer);
  await waitUntil('both are read', () => kept.size === 2);
  expect([...kept.keys()].toSorted()).toEqual([0, 1]);
  expect(kept.get(0)).toBeLessThan(large.length / 2);
});

import { connectKafka } from '@sluice/kafka/kafkajs';
import { runConsumer, type ConsumedRecord } from '@sluice/kafka/consumer';
import { groupLag } from '@sluice/kafka/group-lag';
import { createPublisher } from '@sluice/kafka/publisher';
import { scratchKafka } from '@sluice/kafka/testing/scratch-kafka';
import { waitUntil } from '@sluice/kafka/testing/wait-until';
import { consumeStream } from './consume-stream.ts';
import type { StreamOptions } from './stream-options.ts';

jest.setTimeout(30_000);

const kafka = scratchKafka();
const running: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of running.splice(0)) await one.stop();
});
afterAll(() => kafka.remove());

const offsetsOf = (records: readonly ConsumedRecord[]) => records.map(({ offset }) => Number(offset));

/** A topic of one partition that holds `count` records. */
async function filledTopic(count: number): Promise<string> {
  const topic = await kafka.topic();
  const publisher = createPublisher(kafka.connection, [topic]);
  await waitUntil('the publisher is ready', () => publisher.ready());
  for (let index = 0; index < count; index += 1)
    await publisher.publish({ topic, key: Buffer.from('k'), value: Buffer.from(`v${index}`), headers: {} });
  await publisher.close();
  return topic;
}

/** A stream with a group of its own; what its events tell is kept. */
async function start(topic: string, handle: StreamOptions['handle'], change: Partial<StreamOptions> = {}) {
  const groupId = change.groupId ?? kafka.name();
  const told = {
    blocked: [] as { error: unknown; attempt: number }[],
    received: 0,
    assigned: {} as Readonly<Record<string, readonly number[]>>,
    lags: [] as number[],
    oldest: [] as (number | null)[],
    deadLettered: [] as number[],
    reasons: [] as string[],
    fatalErrors: [] as Error[],
  };
  const consumer = await consumeStream({
    connection: kafka.connection,
    groupId,
    topics: [topic],
    partitionsAtOnce: 2,
    chunk: { maxRecords: 3, maxBytes: 1024 * 1024 },
    sessionTimeoutMs: 30_000,
    stuckMs: 60_000,
    handle,
    deadLetter: ({ offset }, reason) => {
      told.deadLettered.push(Number(offset));
      told.reasons.push(reason);
      return Promise.resolve();
    },
    on: {
      received: (_topic, records) => void (told.received += records),
      assigned: (partitions) => void (told.assigned = partitions),
      blocked: (error, { attempt }) => told.blocked.push({ error, attempt }),
      lag: (_topic, _partition, records) => told.lags.push(records),
      oldest: (_topic, _partition, writtenAtMs) => told.oldest.push(writtenAtMs),
      looked: () => undefined,
      fatalError: (error) => told.fatalErrors.push(error),
    },
    ...change,
  });
  running.push(consumer);
  return { groupId, told, stop: () => consumer.stop(), abort: () => consumer.abort() };
}

test('chunks come in order, each once, and the lag falls to nothing', async () => {
  const topic = await filledTopic(8);
  const chunks: number[][] = [];
  const { groupId, told } = await start(topic, (records) => {
    chunks.push(offsetsOf(records));
    return Promise.resolve();
  });
  await waitUntil('all is committed', async () => (await kafka.committed(groupId, topic)).get(0) === 8n);
  expect(chunks.flat()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  expect(chunks.every(({ length }) => length <= 3)).toBe(true);
  expect(told.lags.at(-1)).toBe(0);
  expect([typeof told.oldest[0], told.oldest.at(-1)]).toEqual(['number', null]);
  expect(told.blocked).toEqual([]);
});

test('a chunk that fails is handed in again, the same, and nothing is committed before', async () => {
  const topic = await filledTopic(6);
  const groupId = kafka.name();
  const handled: { offsets: number[]; unfinished: number }[] = [];
  const failure = new Error('the server is away');
  const { told } = await start(
    topic,
    async (records) => {
      handled.push({
        offsets: offsetsOf(records),
        unfinished: await groupLag(kafka.connection, groupId, [topic]),
      });
      if (handled.length <= 2) throw failure;
    },
    { groupId },
  );
  await waitUntil('all is committed', async () => (await kafka.committed(groupId, topic)).get(0) === 6n);
  expect(handled).toEqual([
    { offsets: [0, 1, 2], unfinished: 6 },
    { offsets: [0, 1, 2], unfinished: 6 },
    { offsets: [0, 1, 2], unfinished: 6 },
    { offsets: [3, 4, 5], unfinished: 3 },
  ]);
  expect(told.blocked).toEqual([
    { error: failure, attempt: 1 },
    { error: failure, attempt: 2 },
  ]);
  expect(told.fatalErrors).toEqual([]);
});

test('heartbeats continue while a chunk takes longer than the session', async () => {
  const topic = await filledTopic(2);
  const chunks: number[][] = [];
  const { groupId, told } = await start(
    topic,
    async (records) => {
      chunks.push(offsetsOf(records));
      const until = performance.now() + 8_000;
      await waitUntil('the session would be over', () => performance.now() > until);
    },
    { sessionTimeoutMs: 6_000 },
  );
  await waitUntil(
    'it is committed',
    async () => (await kafka.committed(groupId, topic)).get(0) === 2n,
    15_000,
  );
  // A member that was thought dead would have been given the records again.
  expect(chunks).toEqual([[0, 1]]);
  expect(told.blocked).toEqual([]);
});

test('stop() during the pause between attempts returns soon, and commits nothing', async () => {
  const topic = await filledTopic(1);
  const { groupId, told, stop } = await start(topic, () => Promise.reject(new Error('away')));
  // The pause behind the fifth attempt is 1.6 s at least.
  await waitUntil('the fifth attempt', () => told.blocked.length === 5);
  const startedAt = performance.now();
  await stop();
  expect(performance.now() - startedAt).toBeLessThan(1_500);
  expect(told.blocked.length).toBe(5);
  expect(await kafka.committed(groupId, topic)).toEqual(new Map([[0, 0n]]));
});

test('stop() waits for the chunk in flight, commits it, and begins no other', async () => {
  const topic = await filledTopic(6);
  const { promise: released, resolve: release } = Promise.withResolvers<undefined>();
  const chunks: number[][] = [];
  const { groupId, stop } = await start(topic, async (records) => {
    chunks.push(offsetsOf(records));
    await released;
  });
  await waitUntil('the first chunk', () => chunks.length === 1);
  const stopped = stop();
  release(undefined);
  await stopped;
  expect(chunks).toEqual([[0, 1, 2]]);
  expect(await kafka.committed(groupId, topic)).toEqual(new Map([[0, 3n]]));
});

test('abort() lets a stop end, and says what is done again', async () => {
  const topic = await filledTopic(2);
  const chunks: number[][] = [];
  const { promise: released, resolve: release } = Promise.withResolvers<undefined>();
  const { abort, stop } = await start(topic, async (records) => {
    chunks.push(offsetsOf(records));
    await released;
  });
  await waitUntil('the chunk', () => chunks.length === 1);
  const stopped = stop();
  expect(abort()).toEqual([
    `${topic}/0: 2 records from offset 0 on are not committed. Another process processes them again, with the same ids.`,
  ]);
  await stopped;
  release(undefined);
});

test('what one member did not finish, the next one is given', async () => {
  const topic = await filledTopic(2);
  const groupId = kafka.name();
  const first = await start(topic, () => Promise.reject(new Error('away')), { groupId });
  await waitUntil('the partition is blocked', () => first.told.blocked.length > 0);
  await first.stop();
  const chunks: number[][] = [];
  await start(
    topic,
    (records) => {
      chunks.push(offsetsOf(records));
      return Promise.resolve();
    },
    { groupId },
  );
  await waitUntil('the next member has them', () => chunks.length > 0);
  expect(chunks).toEqual([[0, 1]]);
});

test('an attempt that does not end makes the process end', async () => {
  const topic = await filledTopic(1);
  const { promise: released, resolve: release } = Promise.withResolvers<undefined>();
  const { told } = await start(topic, () => released, { stuckMs: 300 });
  await waitUntil('it is told', () => told.fatalErrors.length > 0);
  expect(told.fatalErrors[0]?.message).toBe(
    `An attempt at ${topic}/0/0 has not ended for 300 ms: the process is stuck.`,
  );
  release(undefined);
});

/** Leaves behind what a process leaves that died at the first record. */
async function crash(topic: string, groupId: string, mark: string): Promise<void> {
  const { promise: marked, resolve } = Promise.withResolvers<undefined>();
  const member = await runConsumer(kafka.connection, {
    groupId,
    topics: [topic],
    partitionsAtOnce: 1,
    maxBytesPerPartition: 1024,
    maxWaitMs: 100,
    sessionTimeoutMs: 30_000,
    async onBatch({ records: [first] }, control) {
      if (first) await control.commitMetadata(first, mark);
      resolve(undefined);
    },
    onFatalError: () => undefined,
  });
  await marked;
  await member.stop();
}

test('a record that crashed processes by itself becomes a dead letter, and the others continue', async () => {
  const topic = await filledTopic(3);
  const groupId = kafka.name();
  await crash(topic, groupId, 'records=1 deaths=2');
  const chunks: number[][] = [];
  const { told } = await start(
    topic,
    (records) => {
      chunks.push(offsetsOf(records));
      return Promise.resolve();
    },
    { groupId },
  );
  await waitUntil('all is committed', async () => (await kafka.committed(groupId, topic)).get(0) === 3n);
  expect([told.deadLettered, chunks]).toEqual([[0], [[1, 2]]]);
});

test('behind a death chunks are small for as many records as were at hand', async () => {
  const topic = await filledTopic(8);
  const groupId = kafka.name();
  // A sixteenth of 48.
  await crash(topic, groupId, 'records=48 deaths=0');
  const sizes: number[] = [];
  const { told } = await start(
    topic,
    (records) => {
      sizes.push(records.length);
      return Promise.resolve();
    },
    { groupId, chunk: { maxRecords: 100, maxBytes: 1024 * 1024 } },
  );
  await waitUntil('all is committed', async () => (await kafka.committed(groupId, topic)).get(0) === 8n);
  expect(sizes.every((size) => size <= 3)).toBe(true);
  expect(told.deadLettered).toEqual([]);
});

test('a member that was taken for dead joins again, and finishes', async () => {
  const topic = await filledTopic(2);
  let attempts = 0;
  const { groupId, told } = await start(
    topic,
    () => {
      attempts += 1;
      // No turn of the event loop, and so no heartbeat, for longer than the session.
      if (attempts === 1) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 9_000);
      return Promise.resolve();
    },
    { sessionTimeoutMs: 6_000 },
  );
  await waitUntil(
    'all is committed',
    async () => (await kafka.committed(groupId, topic)).get(0) === 2n,
    25_000,
  );
  expect(attempts).toBeGreaterThan(1);
  expect(told.fatalErrors).toEqual([]);
});

test('a server that is unavailable makes no record a suspected poison pill', async () => {
  const topic = await filledTopic(1);
  const groupId = kafka.name();
  for (let life = 0; life < 5; life += 1) {
    const { told, stop } = await start(topic, () => Promise.reject(new Error('away')), { groupId });
    await waitUntil('it is blocked', () => told.blocked.length > 0);
    await stop();
    expect(told.deadLettered).toEqual([]);
  }
});

test('a batch that is too large to be read becomes a dead letter, and is committed once it and its neighbours are finished', async () => {
  const topic = await kafka.topic();
  const producer = connectKafka(kafka.connection).producer();
  await producer.connect();
  const send = (value: Buffer) => {
    const record = { topic, acks: -1, messages: [{ key: 'k', value }] };
    // Kafka's number of gzip; kafkajs types it as its own enum, which only libs/kafka may import.
    Reflect.set(record, 'compression', 1);
    return producer.send(record);
  };
  for (const value of [Buffer.from('a'), Buffer.alloc(65 * 1024 * 1024), Buffer.from('b')]) await send(value);
  await producer.disconnect();
  const handled: number[] = [];
  const { groupId, told } = await start(topic, (records) => {
    handled.push(...offsetsOf(records));
    return Promise.resolve();
  });
  await waitUntil('all is committed', async () => (await kafka.committed(groupId, topic)).get(0) === 3n);
  expect(handled).toEqual([0, 2]);
  expect([told.deadLettered, told.reasons, told.blocked]).toEqual([[1], ['TOO_LARGE'], []]);
});

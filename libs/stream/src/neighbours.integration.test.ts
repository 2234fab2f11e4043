import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { ConsumedRecord } from '@sluice/kafka/consumer';
import { connectKafka } from '@sluice/kafka/kafkajs';
import { scratchKafka } from '@sluice/kafka/testing/scratch-kafka';
import { waitUntil } from '@sluice/kafka/testing/wait-until';
import { consumeStream, type RunningStream } from './consume-stream.ts';

jest.setTimeout(60_000);

const kafka = scratchKafka();
const producer = connectKafka(kafka.connection).producer({ allowAutoTopicCreation: false });
const running: RunningStream[] = [];
beforeAll(() => producer.connect());
afterEach(async () => {
  for (const one of running.splice(0)) await one.stop();
});
afterAll(async () => {
  await producer.disconnect();
  await kafka.remove();
});

const send = (topic: string, partition: number, values: readonly string[]) =>
  producer.send({ topic, acks: -1, messages: values.map((value) => ({ value, partition })) });

/** A member; whatever `handle` is given is kept when it ends, as `partition:value`. */
async function start(
  topics: readonly string[],
  groupId: string,
  handle: (records: readonly ConsumedRecord[]) => Promise<void>,
) {
  const told = {
    ended: [] as string[],
    tried: [] as string[],
    retries: 0,
    assigned: {} as Readonly<Record<string, readonly number[]>>,
    looked: new Map<string, number>(),
    fatalErrors: [] as Error[],
  };
  const nameOf = ({ topic, partition, value }: ConsumedRecord) =>
    `${topics.indexOf(topic)}/${partition}:${String(value)}`;
  const stream = await consumeStream({
    ...{ connection: kafka.connection, groupId, topics, partitionsAtOnce: 2 },
    ...{ chunk: { maxRecords: 10, maxBytes: 4 * 1024 * 1024 }, sessionTimeoutMs: 10_000, stuckMs: 60_000 },
    async handle(records) {
      told.tried.push(...records.map(nameOf));
      await handle(records);
      told.ended.push(...records.map(nameOf));
    },
    deadLetter: () => Promise.resolve(),
    on: {
      received: () => undefined,
      assigned: (partitions) => void (told.assigned = partitions),
      blocked: () => void (told.retries += 1),
      lag: () => undefined,
      oldest: () => undefined,
      looked: (topic, partition, records) => void told.looked.set(`${topic}/${partition}`, records),
      fatalError: (error) => told.fatalErrors.push(error),
    },
  });
  running.push(stream);
  return { told, stop: () => stream.stop(), abort: () => stream.abort() };
}

/** Bytes that buffers hold once all garbage is collected. */
function arrayBuffers(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().arrayBuffers;
}

const away = () => Promise.reject(new Error('away'));

test('a blocked partition holds neither another one of its broker nor another topic, and looks as far behind as it is', async () => {
  const [topic, other] = [await kafka.topic({ partitions: 4 }), await kafka.topic()];
  const groupId = kafka.name();
  await send(topic, 0, ['a', 'b']);
  // More blocked partitions than are worked on at once.
  for (const partition of [2, 3]) await send(topic, partition, ['x']);
  let isAway = true;
  const { told } = await start([topic, other], groupId, ([first]) =>
    isAway && first?.topic === topic && first.partition !== 1 ? away() : Promise.resolve(),
  );
  await waitUntil('all are blocked and narrowed', () => told.retries >= 15, 30_000);
  for (const value of ['c', 'd']) {
    const startedAt = performance.now();
    await send(topic, 1, [value]);
    await send(other, 0, [value]);
    await waitUntil('the neighbours went on', () =>
      [`0/1:${value}`, `1/0:${value}`].every((name) => told.ended.includes(name)),
    );
    expect(performance.now() - startedAt).toBeLessThan(3_000);
  }
  await send(topic, 0, ['e']);
  await waitUntil('the log was looked at', () => told.looked.get(`${topic}/0`) === 3, 30_000);
  expect([told.looked.get(`${topic}/1`), told.looked.get(`${other}/0`)]).toEqual([0, 0]);
  expect((await kafka.committed(groupId, topic)).get(0)).toBe(0n);
  isAway = false;
  await waitUntil(
    'all is committed',
    async () => (await kafka.committed(groupId, topic)).get(0) === 3n,
    30_000,
  );
  expect(told.ended.filter((name) => name.startsWith('0/0:'))).toEqual(['0/0:a', '0/0:b', '0/0:e']);
  expect(told.fatalErrors).toEqual([]);
});

test('a store that takes a record of a blocked partition and does not answer holds no neighbour', async () => {
  const topic = await kafka.topic({ partitions: 2 });
  await send(topic, 0, ['a']);
  const { promise: answered, resolve: answer } = Promise.withResolvers<undefined>();
  let attempts = 0;
  const { told } = await start([topic], kafka.name(), async ([first]) => {
    if (first?.partition !== 0) return;
    attempts += 1;
    if (attempts === 1) await away();
    await answered;
  });
  await waitUntil('the second attempt', () => attempts === 2);
  await send(topic, 1, ['b']);
  await waitUntil('the neighbour went on', () => told.ended.includes('0/1:b'));
  answer(undefined);
  await waitUntil('the attempt ended', () => told.ended.includes('0/0:a'));
  expect(attempts).toBe(2);
});

test('a first attempt that hangs blocks no neighbour for longer than a few seconds, and is worked on once', async () => {
  const [topic, other] = [await kafka.topic({ partitions: 4 }), await kafka.topic()];
  const groupId = kafka.name();
  // More partitions that hang than are worked on at once.
  for (const partition of [0, 2, 3]) await send(topic, partition, ['a', 'b']);
  const { promise: answered, resolve: answer } = Promise.withResolvers<undefined>();
  const { told } = await start([topic, other], groupId, ([first]) =>
    first?.topic === topic && first.partition !== 1 ? answered : Promise.resolve(),
  );
  await waitUntil('all are tried', () => told.tried.length === 6, 15_000);
  for (const value of ['c', 'd', 'e']) {
    const startedAt = performance.now();
    await send(topic, 1, [value]);
    await send(other, 0, [value]);
    await waitUntil('the neighbours went on', () =>
      [`0/1:${value}`, `1/0:${value}`].every((name) => told.ended.includes(name)),
    );
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  }
  expect((await kafka.committed(groupId, topic)).get(0)).toBe(0n);
  for (const partition of [0, 2, 3]) await send(topic, partition, ['z']);
  answer(undefined);
  await waitUntil(
    'all is committed',
    async () => [...(await kafka.committed(groupId, topic)).values()].join() === '3,3,3,3',
    15_000,
  );
  const ofHanging = told.ended.filter((name) => !name.startsWith('0/1:') && !name.startsWith('1/'));
  expect(ofHanging.toSorted()).toEqual([0, 2, 3].flatMap((at) => ['a', 'b', 'z'].map((v) => `0/${at}:${v}`)));
  expect(told.tried.toSorted()).toEqual(told.ended.toSorted());
  expect([told.retries, told.fatalErrors]).toEqual([0, []]);
});

test('blocked partitions keep the records that are tried again in memory, and nothing else of their fetches', async () => {
  const mb = 1024 * 1024;
  const [topic, other] = [await kafka.topic({ partitions: 8 }), await kafka.topic()];
  for (let partition = 0; partition < 8; partition += 1)
    for (let count = 0; count < 6; count += 1) await send(topic, partition, ['x'.repeat(mb / 2)]);
  const before = arrayBuffers();
  const { told } = await start([topic, other], kafka.name(), ([first]) =>
    first?.topic === topic ? away() : Promise.resolve(),
  );
  await waitUntil('all are blocked', () => told.retries >= 16, 30_000);
  // The next fetch takes the place of what kafkajs keeps of the last one.
  await send(other, 0, ['y']);
  await waitUntil('the neighbour went on', () => told.ended.length === 1);
  // The first record of each, and now and then what is on its way.
  await waitUntil('the rest is given back', () => (arrayBuffers() - before) / mb < 8);
});

test('an attempt that hangs and then fails is tried again aside', async () => {
  const topic = await kafka.topic({ partitions: 2 });
  const groupId = kafka.name();
  await send(topic, 0, ['a', 'b']);
  const { promise: answered, resolve: answer } = Promise.withResolvers<undefined>();
  let attempts = 0;
  const { told } = await start([topic], groupId, async ([first]) => {
    if (first?.partition !== 0) return;
    attempts += 1;
    if (attempts === 1) await answered.then(away);
  });
  await waitUntil('the attempt', () => attempts === 1);
  await send(topic, 1, ['c']);
  await waitUntil('the neighbour went on', () => told.ended.includes('0/1:c'));
  expect(told.retries).toBe(0);
  answer(undefined);
  await waitUntil('all is committed', async () => (await kafka.committed(groupId, topic)).get(0) === 2n);
  expect([told.retries, attempts]).toEqual([1, 2]);
});

test('a stop while first attempts hang waits for them and no longer than is allowed, and commits nothing of them', async () => {
  const topic = await kafka.topic({ partitions: 2 });
  const groupId = kafka.name();
  await send(topic, 0, ['a']);
  const { promise: answered, resolve: answer } = Promise.withResolvers<undefined>();
  const { told, stop, abort } = await start([topic], groupId, ([first]) =>
    first?.partition === 0 ? answered : Promise.resolve(),
  );
  await waitUntil('the attempt', () => told.tried.length === 1);
  await send(topic, 1, ['b']);
  await waitUntil('the neighbour went on', () => told.ended.includes('0/1:b'));
  const stopped = stop();
  expect(abort()).toEqual([expect.stringMatching(`^${topic}/0: 1 records from offset 0 on`)]);
  await stopped;
  expect(await kafka.committed(groupId, topic)).toEqual(
    new Map([
      [0, 0n],
      [1, 1n],
    ]),
  );
  answer(undefined);
  await waitUntil('the attempt ended', () => told.ended.includes('0/0:a'));
});

test('a blocked partition that goes to another member is forgotten, and comes back when that one leaves', async () => {
  const topic = await kafka.topic({ partitions: 2 });
  const groupId = kafka.name();
  for (const partition of [0, 1]) await send(topic, partition, ['a']);
  let isAway = true;
  const handle = () => (isAway ? away() : Promise.resolve());
  const first = await start([topic], groupId, handle);
  await waitUntil('both are blocked', () => first.told.retries >= 4);
  const second = await start([topic], groupId, handle);
  await waitUntil('the other one is blocked at its own', () => second.told.retries >= 2, 30_000);
  const gone = second.told.assigned[topic]?.[0] ?? -1;
  await waitUntil('the first one knows', () => first.told.assigned[topic]?.includes(gone) === false);
  const before = first.told.tried.filter((name) => name.startsWith(`0/${gone}:`)).length;
  await waitUntil('two more attempts', () => second.told.retries >= 4, 30_000);
  expect(first.told.tried.filter((name) => name.startsWith(`0/${gone}:`))).toHaveLength(before);
  await second.stop();
  isAway = false;
  await waitUntil(
    'the first one finishes both',
    async () => [...(await kafka.committed(groupId, topic)).values()].join() === '1,1',
    30_000,
  );
  // What ends while the group is between two generations cannot be committed, and comes again.
  expect(new Set(first.told.ended)).toEqual(new Set(['0/0:a', '0/1:a']));
});

test('a stop waits for the attempt at a blocked partition, commits it, and begins no other', async () => {
  const topic = await kafka.topic();
  const groupId = kafka.name();
  await send(topic, 0, ['a']);
  const { promise: answered, resolve: answer } = Promise.withResolvers<undefined>();
  let attempts = 0;
  const { told, stop } = await start([topic], groupId, async () => {
    attempts += 1;
    if (attempts === 1) await away();
    await answered;
  });
  await waitUntil('the second attempt', () => attempts === 2);
  await send(topic, 0, ['b']);
  const stopped = stop();
  answer(undefined);
  await stopped;
  expect(told.ended).toEqual(['0/0:a']);
  expect(await kafka.committed(groupId, topic)).toEqual(new Map([[0, 1n]]));
});

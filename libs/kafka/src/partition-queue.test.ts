import { KafkaJSProtocolError, type Message, type ProducerRecord, type RecordMetadata } from 'kafkajs';
import { PartitionQueue } from './partition-queue.ts';
import type { OutgoingRecord, PublishOutcome } from './publisher.ts';
import { waitUntil } from '../testing/wait-until.ts';

const topic = 'a-topic';
const partition = 2;
const limits = { maxBatchRecords: 4, maxBatchBytes: 1_000, deadlineMs: 2_000 };

type Answer = (messages: Message[]) => RecordMetadata[] | Promise<RecordMetadata[]>;

/** A producer that answers by a script; afterwards, and where the script says so, it takes what it is sent. */
function scripted(...script: Answer[]) {
  const sent: string[][] = [];
  const log: string[] = [];
  const take: Answer = (messages) => {
    const baseOffset = String(log.length);
    log.push(...messages.map(({ value }) => String(value)));
    return [{ topicName: topic, partition, errorCode: 0, baseOffset }];
  };
  const state = { inFlight: 0, mostInFlight: 0 };
  return {
    sent,
    log,
    state,
    take,
    async send({ messages }: ProducerRecord) {
      state.inFlight += 1;
      state.mostInFlight = Math.max(state.mostInFlight, state.inFlight);
      sent.push(messages.map(({ value }) => String(value)));
      try {
        return await (script.shift() ?? take)(messages);
      } finally {
        state.inFlight -= 1;
      }
    },
  };
}

const record = (value: string): OutgoingRecord => ({
  topic,
  key: Buffer.from('k'),
  value: Buffer.from(value),
  headers: {},
});
const values = (count: number) => Array.from({ length: count }, (_, index) => `r${index}`);
const published = (offsets: number[]) =>
  offsets.map((offset): PublishOutcome => ({ outcome: 'published', partition, offset: String(offset) }));
const tooLarge = () =>
  new KafkaJSProtocolError(Object.assign(new Error('too large'), { type: 'MESSAGE_TOO_LARGE', code: 10 }));
const outcomesOf = (producer: ReturnType<typeof scripted>, names: string[], bounds = limits) => {
  const queue = new PartitionQueue(producer, topic, partition, bounds);
  return Promise.all(names.map((name) => queue.send(record(name), 100)));
};

test('what arrives together leaves together, in order, at most a batch at a time', async () => {
  const producer = scripted();
  expect(await outcomesOf(producer, values(10))).toEqual(published([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]));
  expect(producer.sent.map(({ length }) => length)).toEqual([4, 4, 2]);
  expect(producer.log).toEqual(values(10));
});

test('what arrives while a send is under way waits for the next one', async () => {
  const { promise: answered, resolve: answer } = Promise.withResolvers<undefined>();
  const producer = scripted(async (messages) => {
    await answered;
    return producer.take(messages);
  });
  const queue = new PartitionQueue(producer, topic, partition, limits);
  const first = queue.send(record('r0'), 100);
  await waitUntil('the first send', () => producer.sent.length === 1);
  const others = ['r1', 'r2', 'r3'].map((name) => queue.send(record(name), 100));
  answer(undefined);
  expect(await Promise.all([first, ...others])).toEqual(published([0, 1, 2, 3]));
  expect(producer.sent).toEqual([['r0'], ['r1', 'r2', 'r3']]);
  expect(producer.state.mostInFlight).toBe(1);
});

test('who sends the next record as soon as the last one has ended is heard', async () => {
  const producer = scripted();
  const queue = new PartitionQueue(producer, topic, partition, limits);
  for (let hops = 0; hops < 20; hops += 1) {
    await queue.send(record('first'), 100);
    // Callers are a different number of promises away from the outcome.
    for (let hop = 0; hop < hops; hop += 1) await Promise.resolve();
    expect((await queue.send(record('next'), 100)).outcome).toBe('published');
  }
});

test('a batch stays within its bytes, and a record over them goes alone', async () => {
  const producer = scripted();
  const queue = new PartitionQueue(producer, topic, partition, limits);
  await Promise.all([600, 300, 200, 5_000, 1].map((bytes, index) => queue.send(record(`r${index}`), bytes)));
  expect(producer.sent).toEqual([['r0', 'r1'], ['r2'], ['r3'], ['r4']]);
});

test.each<[string, Answer]>([
  ['an error', () => Promise.reject(new Error('broker gone'))],
  // kafkajs 2.2.4 can resolve without having sent to every partition.
  ['an answer without the partition', () => []],
  [
    'an answer of another partition',
    () => [{ topicName: topic, partition: 1, errorCode: 0, baseOffset: '7' }],
  ],
  ['an answer with an error code', () => [{ topicName: topic, partition, errorCode: 6, baseOffset: '7' }]],
  ['an answer without an offset', () => [{ topicName: topic, partition, errorCode: 0 }]],
])('after %s the same records are sent again, before later ones', async (_name, answer) => {
  const producer = scripted(answer, answer);
  expect(await outcomesOf(producer, values(6))).toEqual(published([0, 1, 2, 3, 4, 5]));
  expect(producer.sent).toEqual([values(4), values(4), values(4), values(6).slice(4)]);
});

test('a record that the broker finds too large fails alone, and batches grow again', async () => {
  const producer = scripted();
  const take = producer.send.bind(producer);
  producer.send = (request) =>
    request.messages.some(({ value }) => String(value) === 'r5')
      ? take(request).then(() => Promise.reject(tooLarge()))
      : take(request);
  // The fake took what it then refuses: only the outcomes count here.
  const outcomes = await outcomesOf(producer, values(20), { ...limits, maxBatchRecords: 8 });
  expect(outcomes.map(({ outcome }) => outcome)).toEqual(
    values(20).map((name) => (name === 'r5' ? 'too-large' : 'published')),
  );
  expect(producer.sent.at(-1)!.length).toBeGreaterThan(1);
});

test('a record whose time is up is not sent again, and a late answer changes nothing', async () => {
  const { promise: answered, resolve: answer } = Promise.withResolvers<undefined>();
  const producer = scripted(async (messages) => {
    await answered;
    return producer.take(messages);
  });
  const queue = new PartitionQueue(producer, topic, partition, { ...limits, deadlineMs: 100 });
  const sent = queue.send(record('sent'), 100);
  await waitUntil('the first send', () => producer.sent.length === 1);
  const queued = queue.send(record('queued'), 100);
  expect(await Promise.all([sent, queued])).toEqual([{ outcome: 'timed-out' }, { outcome: 'timed-out' }]);
  answer(undefined);
  expect(await queue.send(record('later'), 100)).toEqual(published([1])[0]);
  expect(producer.sent).toEqual([['sent'], ['later']]);
});

test('a broker that only fails ends in expiry, not in waiting for ever', async () => {
  const fail: Answer = () => Promise.reject(new Error('broker gone'));
  const producer = scripted(...Array.from({ length: 100 }, () => fail));
  const outcomes = await outcomesOf(producer, values(3), { ...limits, deadlineMs: 250 });
  expect(outcomes).toEqual(values(3).map(() => ({ outcome: 'timed-out' })));
});

test('drained waits until every record has its outcome', async () => {
  const { promise: answered, resolve: answer } = Promise.withResolvers<undefined>();
  const producer = scripted(async (messages) => {
    await answered;
    return producer.take(messages);
  });
  const queue = new PartitionQueue(producer, topic, partition, limits);
  await queue.drained();
  const order: string[] = [];
  void queue.send(record('r0'), 100).then(() => order.push('outcome'));
  const drained = queue.drained().then(() => order.push('drained'));
  await waitUntil('the send', () => producer.sent.length === 1);
  expect(order).toEqual([]);
  answer(undefined);
  await drained;
  expect(order).toEqual(['outcome', 'drained']);
});

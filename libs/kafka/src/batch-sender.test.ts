import { BatchSender } from './batch-sender.ts';
import type { OutgoingRecord, PublishOutcome } from './outgoing-record.ts';
import type { BatchAnswer, PartitionBatch } from './produce-client.ts';
import { waitUntil } from '../testing/wait-until.ts';

const topic = 'a-topic';
const limits = { maxBatchRecords: 4, maxBatchBytes: 1_000, deadlineMs: 2_000 };

type Answers = readonly BatchAnswer[];
type Answer = (batches: readonly PartitionBatch[]) => Answers | Promise<Answers>;

const valuesOf = ({ records }: PartitionBatch): string[] => records.map(({ value }) => String(value));

/** A client that answers by a script; afterwards, and where the script says so, it takes what it is sent. */
function scripted(...script: Answer[]) {
  const requests: (readonly PartitionBatch[])[] = [];
  const logs = new Map<string, string[]>();
  const take = (batches: readonly PartitionBatch[]): Answers =>
    batches.map((batch) => {
      const log = logs.get(`${batch.topic}/${batch.partition}`) ?? [];
      logs.set(`${batch.topic}/${batch.partition}`, log);
      const baseOffset = BigInt(log.length);
      log.push(...valuesOf(batch));
      return { result: 'written', baseOffset };
    });
  const state = { out: 0, mostOut: 0 };
  return {
    state,
    take,
    script,
    requests,
    /** The values of each request's batches. */
    sent: () => requests.map((batches) => batches.map(valuesOf)),
    log: (partition: number) => logs.get(`${topic}/${partition}`) ?? [],
    async produce(batches: readonly PartitionBatch[]) {
      state.out += 1;
      state.mostOut = Math.max(state.mostOut, state.out);
      requests.push(batches);
      try {
        return await (script.shift() ?? take)(batches);
      } finally {
        state.out -= 1;
      }
    },
  };
}

type Client = ReturnType<typeof scripted>;

function senderOf(
  client: Client,
  bounds = limits,
  leaderOf: (partition: number) => number | undefined = () => 0,
) {
  const failures = { count: 0 };
  const sender = new BatchSender({
    client,
    limits: bounds,
    leaderOf: (_topic, partition) => leaderOf(partition),
    onFailure: () => void (failures.count += 1),
  });
  const send = (value: string, { partition = 2, bytes = 100 } = {}) =>
    new Promise<PublishOutcome>((settle) => sender.send(recordOf(value), bytes, partition, settle));
  return { sender, send, failures };
}

const recordOf = (value: string): OutgoingRecord => ({
  topic,
  key: Buffer.from('k'),
  value: Buffer.from(value),
  headers: {},
});
const values = (count: number) => Array.from({ length: count }, (_, index) => `r${index}`);
const published = (offsets: number[], partition = 2) =>
  offsets.map((offset): PublishOutcome => ({ outcome: 'published', partition, offset: String(offset) }));
const every =
  (result: 'failed' | 'too-large' | 'unattributed'): Answer =>
  (batches) =>
    batches.map(() => ({ result }));

/** An answer that comes when the test says so. */
function later(client: Client) {
  const { promise: answered, resolve: answer } = Promise.withResolvers<undefined>();
  client.script.push(async (batches) => {
    await answered;
    return client.take(batches);
  });
  return () => answer(undefined);
}

async function outcomesOf(client: Client, names: string[], bounds = limits) {
  const { send } = senderOf(client, bounds);
  return Promise.all(names.map((name) => send(name)));
}

describe('one partition', () => {
  test('what arrives together leaves together, in order, at most a batch at a time', async () => {
    const client = scripted();
    expect(await outcomesOf(client, values(10))).toEqual(published([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]));
    expect(client.sent().map(([batch]) => batch?.length)).toEqual([4, 4, 2]);
    expect(client.log(2)).toEqual(values(10));
    expect(client.state.mostOut).toBe(1);
  });

  test('what arrives while a batch is out waits for the next one', async () => {
    const client = scripted();
    const answer = later(client);
    const { send } = senderOf(client);
    const first = send('r0');
    await waitUntil('the first request', () => client.requests.length === 1);
    const others = ['r1', 'r2', 'r3'].map((name) => send(name));
    answer();
    expect(await Promise.all([first, ...others])).toEqual(published([0, 1, 2, 3]));
    expect(client.sent()).toEqual([[['r0']], [['r1', 'r2', 'r3']]]);
    expect(client.state.mostOut).toBe(1);
  });

  test('who sends the next record as soon as the last one has ended is heard', async () => {
    const { send } = senderOf(scripted());
    for (let hops = 0; hops < 20; hops += 1) {
      await send('first');
      // Callers are a different number of promises away from the outcome.
      for (let hop = 0; hop < hops; hop += 1) await Promise.resolve();
      expect((await send('next')).outcome).toBe('published');
    }
  });

  test('a batch stays within its bytes, and a record over them goes alone', async () => {
    const client = scripted();
    const { send } = senderOf(client);
    await Promise.all([600, 300, 200, 5_000, 1].map((bytes, index) => send(`r${index}`, { bytes })));
    expect(client.sent()).toEqual([[['r0', 'r1']], [['r2']], [['r3']], [['r4']]]);
  });

  test.each<[string, Answer]>([
    ['a failure', every('failed')],
    ['an answer that says nothing of it', () => []],
  ])('after %s the same records are sent again, before later ones', async (_name, answer) => {
    const client = scripted(answer, answer);
    expect(await outcomesOf(client, values(6))).toEqual(published([0, 1, 2, 3, 4, 5]));
    expect(client.sent()).toEqual([[values(4)], [values(4)], [values(4)], [values(6).slice(4)]]);
  });

  test('a record that the broker finds too large fails alone, and batches grow again', async () => {
    const client = scripted();
    const take = client.produce.bind(client);
    client.produce = (batches) =>
      batches.some((batch) => valuesOf(batch).includes('r5'))
        ? take(batches).then(() => every('too-large')(batches))
        : take(batches);
    // The fake took what it then refuses: only the outcomes count here.
    const outcomes = await outcomesOf(client, values(20), { ...limits, maxBatchRecords: 8 });
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(
      values(20).map((name) => (name === 'r5' ? 'too-large' : 'published')),
    );
    expect(client.sent().at(-1)![0]!.length).toBeGreaterThan(1);
  });

  test('a record whose time is up is not sent again, and a late answer changes nothing', async () => {
    const client = scripted();
    const answer = later(client);
    const { send } = senderOf(client, { ...limits, deadlineMs: 100 });
    const sent = send('sent');
    await waitUntil('the first request', () => client.requests.length === 1);
    const queued = send('queued');
    expect(await Promise.all([sent, queued])).toEqual([{ outcome: 'timed-out' }, { outcome: 'timed-out' }]);
    answer();
    expect(await send('later')).toEqual(published([1])[0]);
    expect(client.sent()).toEqual([[['sent']], [['later']]]);
  });

  test('a broker that only fails ends in expiry, not in waiting for ever', async () => {
    const client = scripted(...Array.from({ length: 100 }, () => every('failed')));
    const { send, failures } = senderOf(client, { ...limits, deadlineMs: 250 });
    const outcomes = await Promise.all(values(3).map((name) => send(name)));
    expect(outcomes).toEqual(values(3).map(() => ({ outcome: 'timed-out' })));
    expect(failures.count).toBe(client.requests.length);
  });

  test('drained waits until every record has its outcome', async () => {
    const client = scripted();
    const answer = later(client);
    const { sender, send } = senderOf(client);
    await sender.drained();
    const order: string[] = [];
    void send('r0').then(() => order.push('outcome'));
    const drained = sender.drained().then(() => order.push('drained'));
    await waitUntil('the request', () => client.requests.length === 1);
    expect(order).toEqual([]);
    answer();
    await drained;
    expect(order).toEqual(['outcome', 'drained']);
  });
});

describe('several partitions', () => {
  test('one request carries the ready batches of all that one broker leads', async () => {
    const client = scripted();
    const { send } = senderOf(client, limits, (partition) => partition % 2);
    const outcomes = await Promise.all(
      [0, 1, 2, 3, 0].map((partition, index) => send(`r${index}`, { partition })),
    );
    expect(outcomes.every(({ outcome }) => outcome === 'published')).toBe(true);
    expect(client.sent()).toEqual([
      [['r0', 'r4'], ['r2']],
      [['r1'], ['r3']],
    ]);
  });

  test('at most two requests are out to a broker, and what waits for a third shares it', async () => {
    const client = scripted();
    const answers = [later(client), later(client)];
    const { send } = senderOf(client);
    const outcomes: Promise<PublishOutcome>[] = [];
    for (const partition of [0, 1]) {
      outcomes.push(send(`of ${partition}`, { partition }));
      await waitUntil('a request', () => client.requests.length === partition + 1);
    }
    for (const partition of [2, 3, 0]) outcomes.push(send(`more of ${partition}`, { partition }));
    answers[1]!();
    await waitUntil('the third request', () => client.requests.length === 3);
    // The first batch of partition 0 is still out.
    expect(client.sent()[2]).toEqual([['more of 2'], ['more of 3']]);
    answers[0]!();
    expect((await Promise.all(outcomes)).map(({ outcome }) => outcome)).toEqual(Array(5).fill('published'));
    expect(client.log(0)).toEqual(['of 0', 'more of 0']);
    expect(client.state.mostOut).toBe(2);
  });

  test('each batch has its own answer: what was written is not sent again', async () => {
    const client = scripted((batches) =>
      batches.map((batch) => (batch.partition === 1 ? { result: 'failed' } : client.take([batch])[0]!)),
    );
    const { send } = senderOf(client);
    await Promise.all([0, 1, 2].map((partition) => send(`r${partition}`, { partition })));
    expect(client.sent()).toEqual([[['r0'], ['r1'], ['r2']], [['r1']]]);
  });

  test('when a request failed for one of its batches, and nobody knows which, they go one by one', async () => {
    const client = scripted();
    const produce = client.produce.bind(client);
    client.produce = (batches) => {
      if (!batches.some(({ partition }) => partition === 1)) return produce(batches);
      client.script.unshift(every(batches.length > 1 ? 'unattributed' : 'failed'));
      return produce(batches);
    };
    const { send } = senderOf(client, { ...limits, deadlineMs: 350 });
    const outcomes = await Promise.all([0, 1, 2].map((partition) => send(`r${partition}`, { partition })));
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['published', 'timed-out', 'published']);
    const [first, ...others] = client.sent();
    expect(first).toHaveLength(3);
    expect(others.every((batches) => batches.length === 1)).toBe(true);
    // What was written alone is written once.
    expect(others.flat(2).filter((value) => value !== 'r1')).toEqual(['r0', 'r2']);
  });

  test('a partition that nobody leads waits for a leader, and hinders no other', async () => {
    const client = scripted();
    const leaders = [0, undefined as number | undefined];
    const { sender, send } = senderOf(client, limits, (partition) => leaders[partition]);
    const waits = send('r1', { partition: 1 });
    expect((await send('r0', { partition: 0 })).outcome).toBe('published');
    leaders[1] = 7;
    sender.leadersFound();
    expect((await waits).outcome).toBe('published');
  });

  test('a request takes no further batch when it is full', async () => {
    const client = scripted();
    const { send } = senderOf(client, { ...limits, maxBatchBytes: 3 * 1024 * 1024 });
    const bytes = 3 * 1024 * 1024;
    await Promise.all([0, 1, 2, 3].map((partition) => send(`r${partition}`, { partition, bytes })));
    expect(client.sent()).toEqual([
      [['r0'], ['r1']],
      [['r2'], ['r3']],
    ]);
  });
});

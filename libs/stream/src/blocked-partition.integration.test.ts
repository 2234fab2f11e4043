import { commitAlone } from '@sluice/kafka/commit-alone';
import type { ConsumedRecord } from '@sluice/kafka/consumer';
import { partitionProgress } from '@sluice/kafka/group-lag';
import { createPublisher } from '@sluice/kafka/publisher';
import { scratchKafka } from '@sluice/kafka/testing/scratch-kafka';
import { waitUntil } from '@sluice/kafka/testing/wait-until';
import { metadataOfRequest, readBlockage, skipGroupOf, type Blockage } from './blockage.ts';
import { consumeStream, type RunningStream } from './consume-stream.ts';

jest.setTimeout(90_000);

const kafka = scratchKafka();
const running: RunningStream[] = [];
afterEach(async () => {
  for (const one of running.splice(0)) await one.stop();
});
afterAll(() => kafka.remove());

const count = 100;
const blocking = 57;
const secret = 'what the record holds';

async function filledTopic(): Promise<string> {
  const topic = await kafka.topic();
  const publisher = createPublisher(kafka.connection, [topic]);
  await waitUntil('the publisher is ready', () => publisher.ready());
  for (let index = 0; index < count; index += 1)
    await publisher.publish({
      topic,
      key: Buffer.from(`shop/${index}`),
      value: Buffer.from(secret),
      headers: { 'sluice-source': 'shop', 'sluice-data-type': 'chatEnd' },
    });
  await publisher.close();
  return topic;
}

/** A worker that a server refuses one record of, in whichever chunk it is. */
async function start(topic: string, groupId: string, isAway: () => boolean = () => false) {
  const told = { finished: [] as number[], received: 0, skipped: [] as [number, string][] };
  const stream = await consumeStream({
    ...{ connection: kafka.connection, groupId, topics: [topic], partitionsAtOnce: 1 },
    ...{ chunk: { maxRecords: 64, maxBytes: 1024 * 1024 }, sessionTimeoutMs: 10_000, stuckMs: 60_000 },
    handle(records: readonly ConsumedRecord[]) {
      const offsets = records.map(({ offset }) => Number(offset));
      if (isAway() || offsets.includes(blocking))
        return Promise.reject(
          new Error(`The store did not take it.\n${secret}`, {
            cause: Object.assign(new Error(secret), { code: '241' }),
          }),
        );
      told.finished.push(...offsets);
      return Promise.resolve();
    },
    deadLetter({ offset }, reason, detail) {
      if (reason === 'SKIPPED') told.skipped.push([Number(offset), detail]);
      return Promise.resolve();
    },
    on: {
      received: (_topic, records) => void (told.received += records),
      assigned: () => undefined,
      blocked: () => undefined,
      lag: () => undefined,
      oldest: () => undefined,
      looked: () => undefined,
      fatalError: () => undefined,
    },
  });
  running.push(stream);
  return { told, stop: () => stream.stop() };
}

async function progressOf(topic: string, groupId: string) {
  const [found] = await partitionProgress(kafka.connection, groupId, [topic]);
  if (!found) throw new Error('The topic has no partition.');
  return { ...found, blockage: readBlockage(found.metadata) };
}

async function untilExact(topic: string, groupId: string, sinceMs = 0): Promise<Blockage> {
  let blockage: Blockage | null = null;
  await waitUntil(
    'the one record is known',
    async () => {
      ({ blockage } = await progressOf(topic, groupId));
      return blockage?.records === 1 && blockage.sinceMs >= sinceMs;
    },
    30_000,
  );
  return blockage!;
}

const ask = (topic: string, groupId: string, offset: number, sinceMs: number): Promise<void> =>
  commitAlone(kafka.connection, skipGroupOf(groupId), [
    { topic, partition: 0, offset: String(offset), metadata: metadataOfRequest({ sinceMs }) },
  ]);

test('the records before the one that blocks are finished and committed, and the metadata names it without its content', async () => {
  const topic = await filledTopic();
  const groupId = kafka.name();
  const { told } = await start(topic, groupId);
  const blockage = await untilExact(topic, groupId);
  const { committed, lag, metadata } = await progressOf(topic, groupId);
  expect([committed, lag]).toEqual([BigInt(blocking), count - blocking]);
  expect(told.finished).toEqual(Array.from({ length: blocking }, (_, offset) => offset));
  expect(blockage).toMatchObject({
    ...{
      error: 'The store did not take it. (241)',
      key: `shop/${blocking}`,
      source: 'shop',
      dataType: 'chatEnd',
    },
  });
  expect(metadata).not.toContain(secret);
});

test('a record that is asked for is skipped, once, and the others continue, each counted once', async () => {
  const topic = await filledTopic();
  const groupId = kafka.name();
  const { told } = await start(topic, groupId);
  const { sinceMs } = await untilExact(topic, groupId);
  await ask(topic, groupId, blocking, sinceMs);
  await waitUntil('all is committed', async () => (await progressOf(topic, groupId)).lag === 0, 30_000);
  expect(told.skipped).toEqual([
    [
      blocking,
      expect.stringMatching(/^An operator moved it\. .* Last error: The store did not take it\. \(241\)$/),
    ],
  ]);
  const others = Array.from({ length: count }, (_, offset) => offset).filter((one) => one !== blocking);
  expect([...told.finished].sort((a, b) => a - b)).toEqual(others);
  expect(told.received).toBe(count);
  expect((await progressOf(topic, groupId)).metadata).toBe('');
});

test('another offset, or a blockage of before, is not skipped; a restart in between is harmless', async () => {
  const topic = await filledTopic();
  const groupId = kafka.name();
  const first = await start(topic, groupId);
  const { sinceMs, attempts } = await untilExact(topic, groupId);
  await ask(topic, groupId, blocking + 1, sinceMs);
  await ask(topic, groupId, blocking, sinceMs - 1);
  const reachesAttempt = (wanted: number) =>
    waitUntil(
      `attempt ${wanted}`,
      async () => ((await progressOf(topic, groupId)).blockage?.attempts ?? 0) >= wanted,
      60_000,
    );
  await reachesAttempt(attempts + 1);
  await first.stop();
  expect(first.told.skipped).toEqual([]);
  const second = await start(topic, groupId);
  await reachesAttempt(attempts + 2);
  // The second process knows since when, and that it is this record alone.
  expect((await progressOf(topic, groupId)).blockage).toMatchObject({ sinceMs, records: 1 });
  expect([second.told.finished, second.told.skipped]).toEqual([[], []]);
  await ask(topic, groupId, blocking, sinceMs);
  await waitUntil('all is committed', async () => (await progressOf(topic, groupId)).lag === 0, 30_000);
  expect(second.told.skipped).toHaveLength(1);
});

test('a server that was unavailable for everybody leaves nothing behind', async () => {
  const topic = await filledTopic();
  const groupId = kafka.name();
  let isAway = true;
  const publisher = await start(topic, groupId, () => isAway);
  await waitUntil(
    'it is in the commit metadata',
    async () => (await progressOf(topic, groupId)).blockage !== null,
    30_000,
  );
  isAway = false;
  await untilExact(topic, groupId, 1);
  await waitUntil(
    'the record that blocks is reached',
    async () => (await progressOf(topic, groupId)).committed === BigInt(blocking),
    30_000,
  );
  expect(publisher.told.finished).toHaveLength(blocking);
});

import { kafkaClients } from './client.ts';
import { commitAlone } from './commit-alone.ts';
import { committedOffsets, groupLag, partitionProgress } from './group-lag.ts';
import { connectKafka } from './kafkajs/connect-kafka.ts';
import { createLagLook } from './partition-lags.ts';
import { scratchKafka } from '../testing/scratch-kafka.ts';

jest.setTimeout(20_000);

const kafka = scratchKafka();
const producer = connectKafka(kafka.connection).producer({ allowAutoTopicCreation: false });

beforeAll(() => producer.connect());
afterAll(async () => {
  await producer.disconnect();
  await kafka.remove();
});

/** One record into each of the partitions, as often as it is named. */
async function fill(topic: string, partitions: number[]): Promise<void> {
  for (const partition of partitions)
    await producer.send({ topic, acks: -1, messages: [{ partition, value: `${partition}` }] });
}

/** Commits the first record of partition 0, and nothing else. */
const commitFirst = (groupId: string, topic: string): Promise<void> =>
  commitAlone(kafka.connection, groupId, [{ topic, partition: 0, offset: '1', metadata: 'a remark' }]);

describe.each(kafkaClients)('with %s', (client) => {
  const connection = { ...kafka.connection, client };

  test('groupLag counts every record of a group that never came', async () => {
    const topics = [await kafka.topic({ partitions: 2 }), await kafka.topic()];
    await fill(topics[0]!, [0, 0, 1]);
    await fill(topics[1]!, [0]);
    const groupId = kafka.name();
    expect(await groupLag(connection, groupId, topics)).toBe(4);
    expect(await committedOffsets(connection, groupId, topics)).toEqual(
      new Map(topics.map((topic) => [topic, new Map()])),
    );
    expect(await committedOffsets(connection, groupId, [])).toEqual(new Map());
  });

  test('groupLag counts what is behind the commits, and not what the broker has dropped', async () => {
    const [topic, groupId] = [await kafka.topic({ partitions: 2 }), kafka.name()];
    await fill(topic, [0, 0, 0, 0, 1]);
    await commitFirst(groupId, topic);
    expect(await groupLag(connection, groupId, [topic])).toBe(4);
    expect(await committedOffsets(connection, groupId, [topic])).toEqual(
      new Map([[topic, new Map([[0, 1n]])]]),
    );
    await kafka.forget(topic, [{ partition: 0, offset: '3' }]);
    expect(await groupLag(connection, groupId, [topic])).toBe(2);
  });

  test('partitionProgress has the commit metadata, and every partition', async () => {
    const [topic, groupId] = [await kafka.topic({ partitions: 2 }), kafka.name()];
    await fill(topic, [0, 0, 0, 1]);
    await commitFirst(groupId, topic);
    expect(await partitionProgress(connection, groupId, [topic])).toEqual([
      { topic, partition: 0, committed: 1n, metadata: 'a remark', end: 3n, lag: 2 },
      { topic, partition: 1, committed: null, metadata: '', end: 1n, lag: 1 },
    ]);
    const other = await kafka.topic({ partitions: 1 });
    const places = (await partitionProgress(connection, groupId, [topic, other])).map(
      (one) => `${one.topic}/${one.partition} ${one.lag}`,
    );
    expect(places).toEqual([`${topic}/0 2`, `${topic}/1 1`, `${other}/0 0`]);
    expect(await partitionProgress(connection, groupId, [])).toEqual([]);
  });

  test('a look at the lags has the partitions of a member, without what is no record', async () => {
    const [topic, groupId] = [await kafka.topic({ partitions: 3 }), kafka.name()];
    await fill(topic, [0, 0, 0, 1, 1, 2]);
    await commitFirst(groupId, topic);
    const look = createLagLook(connection, groupId);
    look.assigned({ [topic]: [0, 1] });
    look.passedOver({ topic, partition: 1, lastOffset: '0' });
    const found = await look.look();
    expect(found.toSorted((a, b) => a.partition - b.partition)).toEqual([
      { topic, partition: 0, records: 2 },
      { topic, partition: 1, records: 1 },
    ]);
  });

  test('a look at the lags leaves out a topic that is gone, and has the others', async () => {
    const [one, other, groupId] = [await kafka.topic(), await kafka.topic(), kafka.name()];
    await fill(one, [0]);
    await fill(other, [0, 0]);
    const look = createLagLook(connection, groupId);
    look.assigned({ [one]: [0], [kafka.name()]: [0], [other]: [0] });
    const found = await look.look();
    expect(found.toSorted((a, b) => a.records - b.records)).toEqual([
      { topic: one, partition: 0, records: 1 },
      { topic: other, partition: 0, records: 2 },
    ]);
  });

  test('a look at the lags fails when no broker answers', async () => {
    const patience = { retry: { retries: 0 } };
    const look = createLagLook({ ...connection, brokers: ['127.0.0.1:1'], patience }, kafka.name());
    look.assigned({ any: [0] });
    await expect(look.look()).rejects.toThrow(/ECONNREFUSED/);
  });
});

import { leaseGroup } from '@sluice/kafka/group-lease';
import { scratchKafka } from '@sluice/kafka/testing/scratch-kafka';
import { topicOf } from '@sluice/schemas/topics';
import { rebuildAlone, withoutRebuild } from './alone.ts';

jest.setTimeout(60_000);

const kafka = scratchKafka();
afterAll(() => kafka.remove());

test('a migration waits for a rebuild of its store, and a rebuild for a migration', async () => {
  const { connection } = kafka;
  const stream = kafka.name();
  // Before the first release there are no topics.
  expect(await withoutRebuild(connection, stream, 'sink-clickhouse', () => Promise.resolve('done'))).toBe(
    'done',
  );
  await kafka.topic({ name: topicOf(stream, 'dead-letter') });
  const order: string[] = [];
  const note = (what: string) => Promise.resolve(void order.push(what));
  let migrating: Promise<void> | undefined;
  await rebuildAlone({ connection, stream, sink: 'sink-clickhouse' }, async (isAlone) => {
    migrating = withoutRebuild(connection, stream, 'sink-clickhouse', () => note('migrated'));
    // The other store's is not held up, and takes as long as this one would.
    await withoutRebuild(connection, stream, 'sink-elasticsearch', () => note('the other one'));
    expect(await isAlone()).toBe(true);
    await note('rebuilt');
  });
  await migrating;
  expect(order).toEqual(['the other one', 'rebuilt', 'migrated']);

  const topic = topicOf(stream, 'dead-letter');
  const held = await leaseGroup(connection, `${stream}.rebuild.sink-clickhouse`, topic);
  expect(await held?.isHeld()).toBe(true);
  await held?.release();
});

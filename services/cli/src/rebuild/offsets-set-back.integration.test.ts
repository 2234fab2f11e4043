import { first } from '../../testing/vendors.ts';
import { randomUUID } from 'node:crypto';
import { createEncoder, type EventInput } from '@sluice/canonical-event/avro-codec';
import { findSchemaIds } from '@sluice/canonical-event/registry';
import { connectKafka } from '@sluice/kafka/kafkajs';
import { createPublisher } from '@sluice/kafka/publisher';
import { waitUntil } from '@sluice/kafka/testing/wait-until';
import { topicOf, rawTopicOf } from '@sluice/schemas/topics';
import { sampleItem } from '@sluice/sink/testing/sample-items';
import { createTestStream, type TestStream } from '../../testing/test-stream.ts';

jest.setTimeout(120_000);

let one: TestStream;
let topic = '';
beforeAll(async () => {
  one = await createTestStream();
  topic = topicOf(one.stream, 'message.v1');
  await one.pushTraffic(60);
  await one.start('normalizer', 'sink-clickhouse', 'sink-elasticsearch');
  await one.settled();
});
afterAll(() => one.remove());

/** An event in the canonical topic as a former mapping made it of a raw record that is still there. */
async function publishStale(): Promise<string> {
  const { id, event } = sampleItem('message.v1', {
    ...{ event_id: randomUUID(), source_id: `shop-${first}`, received_at: Date.now() },
    ...{ raw_topic: topicOf(one.stream, rawTopicOf(first)), raw_partition: 0, raw_offset: 1 },
  });
  const ids = await findSchemaIds({ url: one.servers.registryUrl }, one.stream, ['message.v1']);
  const value = createEncoder('message.v1', ids.get('message.v1') ?? 0)(event as EventInput<'message.v1'>);
  const publisher = createPublisher(one.kafka.connection, [topic]);
  await waitUntil('the publisher is ready', () => publisher.ready());
  await publisher.publish({ topic, key: Buffer.from('stale'), value, headers: {} });
  await publisher.close();
  return id;
}

const contents = () => Promise.all([one.clickhouseContent(), one.elasticsearchContent()]);

test('what a rebuild from the raw topics got rid of does not come back when offsets are set back', async () => {
  const before = await contents();
  await publishStale();
  await one.settled();
  expect((await contents()).map(({ events }) => events)).toEqual(before.map(({ events }) => events + 1));
  for (const server of [
    ['clickhouse', '--clickhouse', one.servers.clickhouseUrl],
    ['elasticsearch', '--elasticsearch', one.servers.elasticsearchUrl],
  ])
    expect(
      await one.sluice('rebuild', ...server, ...one.place, '--from-raw', '--sources', one.sourcesFile),
    ).toMatchObject({ code: 0, stderr: '' });
  expect(await contents()).toEqual(before);

  await one.stop('sink-clickhouse', 'sink-elasticsearch');
  const admin = connectKafka(one.kafka.connection).admin();
  await admin.connect();
  for (const sink of ['sink-clickhouse', 'sink-elasticsearch'])
    await admin.resetOffsets({ groupId: `${one.stream}.${sink}`, topic, earliest: true });
  await admin.disconnect();
  await one.start('sink-clickhouse', 'sink-elasticsearch');
  await one.settled();
  expect(await contents()).toEqual(before);
  // What comes later is written, be it of the same kind.
  const id = await publishStale();
  await one.settled();
  expect((await contents()).map(({ events }) => events)).toEqual(before.map(({ events }) => events + 1));
  expect(await one.clickhouse(`SELECT count() FROM ${one.stream}.message WHERE event_id = '${id}'`)).toBe(
    '1\n',
  );
});

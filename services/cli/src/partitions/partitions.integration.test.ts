import { first } from '../../testing/vendors.ts';
import { createDecoder, schemaOf } from '@sluice/canonical-event/avro-codec';
import { createPublisher } from '@sluice/kafka/publisher';
import { scratchKafka } from '@sluice/kafka/testing/scratch-kafka';
import { waitUntil } from '@sluice/kafka/testing/wait-until';
import { topicOf, rawTopicOf } from '@sluice/schemas/topics';
import { consumeStream } from '@sluice/stream/consume-stream';
import { createDeadLetterWriter, deadLetterOf } from '@sluice/stream/dead-letters';
import { allTopics } from '@sluice/vendors/topics';
import { applyStreamTopics } from '../apply-stream-topics.ts';
import { jsonLines, runSluice } from '../../testing/run-sluice.ts';

jest.setTimeout(120_000);

const kafka = scratchKafka();
const stream = kafka.name();
const place = ['--brokers', kafka.connection.brokers.join(','), '--stream', stream];
const topic = topicOf(stream, rawTopicOf(first));
const deadLetters = topicOf(stream, 'dead-letter');
const groupId = `${stream}.normalizer`;
const blocking = 2;

const skip = (offset: number, ...more: string[]) =>
  runSluice([
    ...['partitions', 'skip', `${topic}/0/${offset}`, '--group', 'normalizer', ...place],
    ...['--within', '60', ...more],
  ]);
const list = (...more: string[]) => runSluice(['partitions', ...more, ...place]);
const committed = async () => (await kafka.committed(groupId, topic)).get(0);

/** A normalizer whose record at `blocking` Kafka does not take. */
async function startWorker(): Promise<() => Promise<void>> {
  const publisher = createPublisher(kafka.connection, [deadLetters]);
  await waitUntil('the publisher is ready', () => publisher.ready());
  const write = createDeadLetterWriter(publisher, stream, 7);
  const running = await consumeStream({
    ...{ connection: kafka.connection, groupId, topics: [topic], partitionsAtOnce: 1 },
    ...{ chunk: { maxRecords: 200, maxBytes: 1024 * 1024 }, sessionTimeoutMs: 10_000, stuckMs: 60_000 },
    handle: (records) =>
      records.some(({ offset }) => Number(offset) === blocking)
        ? Promise.reject(new Error('Kafka did not accept an event for message.v1 (full).'))
        : Promise.resolve(),
    deadLetter: (record, reason, detail) => write(deadLetterOf(record, 'NORMALIZER', reason, detail)),
    on: {
      received: () => undefined,
      assigned: () => undefined,
      blocked: () => undefined,
      lag: () => undefined,
      oldest: () => undefined,
      looked: () => undefined,
      fatalError: () => undefined,
    },
  });
  return async () => {
    await running.stop();
    await publisher.close();
  };
}

beforeAll(async () => {
  await applyStreamTopics(kafka.connection, stream, { replicas: 1, partitions: 1 });
  const publisher = createPublisher(kafka.connection, [topic]);
  await waitUntil('the publisher is ready', () => publisher.ready());
  for (let index = 0; index < 5; index += 1)
    await publisher.publish({
      topic,
      key: Buffer.from(`shop/${index}\u001b[2J`),
      value: Buffer.from(`payload ${index}`),
      headers: { 'sluice-source': 'shop', 'sluice-vendor': first, 'sluice-data-type': 'chatEnd' },
    });
  await publisher.close();
});
afterAll(() => kafka.remove());

test('a blocked partition is listed, and the record that blocks it skipped while the worker runs, and no other', async () => {
  const before = await list();
  expect([before.code, before.stdout]).toEqual([0, expect.stringContaining('blocked: 0.')]);
  expect((await skip(0, '--to-dead-letters')).stderr).toContain('is not blocked at 0: nothing was skipped');

  const stop = await startWorker();
  try {
    await waitUntil('the record blocks', async () => (await committed()) === BigInt(blocking), 30_000);
    await waitUntil(
      'the worker has found it among those that it tried with it',
      async () => (await list('list')).stdout.includes(`  by ${topic}/0/2, since`),
      60_000,
    );
    const listed = await list('list');
    expect(listed.code).toBe(3);
    expect(listed.stdout).toMatch(
      new RegExp(
        [
          `^normalizer +${topic}/0  committed 2  end 5  lag 3  BLOCKED`,
          `  by ${topic}/0/2, since 20\\S+Z, \\d+ attempts`,
          '  source shop, data type chatEnd, key shop/2\\\\x1b\\[2J',
          '  Kafka did not accept an event for message.v1 \\(full\\).$',
        ].join('\n'),
        'm',
      ),
    );
    expect(listed.stdout).not.toContain('payload');
    const asJson = jsonLines<{ of: string; blocked: unknown }>((await list('list', '--json')).stdout);
    expect(asJson.at(-1)).toMatchObject({ of: 'sum', blocked: 1 });
    expect(asJson.filter(({ of, blocked }) => of === 'partition' && blocked !== null)).toEqual([
      expect.objectContaining({
        ...{ group: 'normalizer', topic, partition: 0, committed: '2', end: '5', lag: 3 },
        blocked: expect.objectContaining({ place: `${topic}/0/2`, isExact: true, source: 'shop' }) as object,
      }),
    ]);

    expect((await skip(3, '--to-dead-letters')).stderr).toContain(
      `${topic}/0 is blocked by 2, and not by 3: nothing was skipped.`,
    );
    expect((await skip(2)).stderr).toContain('Give --to-dead-letters');
    expect([await committed(), await kafka.readAll(deadLetters)]).toEqual([2n, []]);

    const skipped = await skip(2, '--to-dead-letters');
    expect([skipped.code, skipped.stderr, skipped.stdout]).toEqual([
      0,
      '',
      expect.stringContaining(`normalizer continues after ${topic}/0/2.`),
    ]);
    await waitUntil('the others are finished', async () => (await committed()) === 5n);
    const decode = createDecoder(() => Promise.resolve(schemaOf('dead-letter')));
    const decoded = await Promise.all(
      (await kafka.readAll(deadLetters)).map(({ value }) => decode('dead-letter', value)),
    );
    expect(decoded).toEqual([
      {
        ok: true,
        value: expect.objectContaining({
          ...{ reason: 'SKIPPED', topic, partition: 0, offset: 2, payload: Buffer.from('payload 2') },
          detail: expect.stringContaining('Kafka did not accept an event for message.v1 (full).') as string,
        }) as object,
      },
    ]);
  } finally {
    await stop();
  }
  expect((await list()).code).toBe(0);
});

test.each([
  ['a/b/c', 'is not the position of a record', 64],
  [`${stream}.nothing/0/1`, 'reads no partition', 1],
])('the place %s is refused', async (wrong, message, wanted) => {
  const { code, stderr } = await runSluice([
    ...['partitions', 'skip', wrong, '--group', 'normalizer', '--to-dead-letters', ...place],
  ]);
  expect([code, stderr]).toEqual([wanted, expect.stringContaining(message)]);
});

test('every topic that the stream has and a worker reads is listed', async () => {
  const { stdout } = await list();
  for (const name of allTopics)
    if (name !== 'dead-letter') expect(stdout).toContain(` ${topicOf(stream, name)}/0 `);
});

import { randomBytes } from 'node:crypto';
import { connectKafka } from './kafkajs/connect-kafka.ts';
import { kafkaClients } from './client.ts';
import { RecordsGone, workThroughRanges, type GoneRecords } from './read-range.ts';
import { scratchKafka } from '../testing/scratch-kafka.ts';
import { waitUntil } from '../testing/wait-until.ts';
import { endOffsets, offsetRanges } from './topics-admin.ts';

jest.setTimeout(120_000);

const kafka = scratchKafka();
afterAll(() => kafka.remove());

const hourMs = 3_600_000;
const records = 100;
/** Ten of them are a segment, of which a fetch brings a few. */
const recordBytes = 100 * 1024;

/** A topic with small segments: the first half of its records is two hours old. Nothing of it expires yet. */
async function topicInSegments(): Promise<string> {
  const topic = kafka.name();
  const client = connectKafka(kafka.connection);
  const admin = client.admin();
  const producer = client.producer();
  await Promise.all([admin.connect(), producer.connect()]);
  const configEntries = [
    { name: 'segment.bytes', value: String(1024 * 1024) },
    { name: 'retention.ms', value: '-1' },
  ];
  await admin.createTopics({
    waitForLeaders: true,
    topics: [{ topic, numPartitions: 1, replicationFactor: 1, configEntries }],
  });
  for (let at = 0; at < records; at += 5)
    await producer.send({
      topic,
      messages: Array.from({ length: 5 }, (_, place) => ({
        value: randomBytes(recordBytes),
        timestamp: String(Date.now() - (at + place < records / 2 ? 2 * hourMs : 0)),
      })),
    });
  await Promise.all([admin.disconnect(), producer.disconnect()]);
  return topic;
}

/** Lets Kafka's own retention act, and waits until it has deleted segments. */
async function expire(topic: string): Promise<void> {
  await kafka.topic({ name: topic, retentionMs: hourMs });
  await waitUntil(
    'retention has deleted segments',
    async () => ((await offsetRanges(kafka.connection, topic)).get(0)?.low ?? 0n) > 30n,
    60_000,
  );
}

describe.each(kafkaClients)('%s', (client) => {
  const connection = { ...kafka.connection, client };

  test('segments that retention deletes during a reading are reported, and all else is read once', async () => {
    const topic = await topicInSegments();
    const to = await endOffsets(kafka.connection, topic);
    const offsets: bigint[] = [];
    const gone: GoneRecords[] = [];
    await workThroughRanges(connection, [{ topic, from: new Map(), to }], {
      onGone: (part) => gone.push(part),
      async onRecords(read) {
        if (offsets.length === 0) await expire(topic);
        offsets.push(...read.map(({ offset }) => BigInt(offset)));
      },
    });
    const missing = gone.flatMap(({ from, to: end }) =>
      Array.from({ length: Number(end - from) }, (_, at) => from + BigInt(at)),
    );
    expect(missing.length).toBeGreaterThan(0);
    const all = [...offsets, ...missing].toSorted((one, other) => Number(one - other));
    expect(all).toEqual(Array.from({ length: records }, (_, at) => BigInt(at)));
  });

  test('without a report of them, the reading ends with what is missing', async () => {
    const topic = await topicInSegments();
    const to = await endOffsets(kafka.connection, topic);
    let isFirst = true;
    const reading = workThroughRanges(connection, [{ topic, from: new Map(), to }], {
      async onRecords() {
        if (isFirst) await expire(topic);
        isFirst = false;
      },
    });
    await expect(reading).rejects.toThrow(RecordsGone);
  });
});

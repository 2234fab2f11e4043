import type { KafkaMessage } from 'kafkajs';
import { BatchTooLarge } from '../batch-limits.ts';
import { connectKafka } from './connect-kafka.ts';
import { scratchKafka } from '../../testing/scratch-kafka.ts';
import { guarded, unreadableReason } from './unreadable-batches.ts';
import kafkajs from 'kafkajs';

jest.setTimeout(60_000);

const kafka = scratchKafka();
afterAll(() => kafka.remove());

/** The head of a batch, and so many bytes behind it. */
function batchOf(firstOffset: bigint, records: number, bytes = 10): Buffer {
  const batch = Buffer.alloc(61 + bytes);
  batch.writeBigInt64BE(firstOffset, 0);
  batch.writeInt32BE(batch.length - 12, 8);
  batch.writeInt32BE(records - 1, 23);
  batch.writeBigInt64BE(1_700_000_000_000n, 35);
  batch.writeInt32BE(records, 57);
  return batch;
}

const fine = { records: [{}] };
const failing = (error: Error) => guarded(() => Promise.reject(error));

async function decodeOne(decode: ReturnType<typeof guarded>, buffer: Buffer, offset = 0) {
  const decoder = { buffer, offset };
  const { records } = await decode(decoder);
  const messages = records as KafkaMessage[];
  return {
    offsets: messages.map((one) => one.offset),
    reasons: messages.map(unreadableReason),
    end: decoder.offset,
  };
}

test('a batch that is too large is one message at its last offset, and the next batch is read', async () => {
  const two = Buffer.concat([batchOf(7n, 3), batchOf(10n, 1)]);
  const [first, second] = [0, 71];
  const decode = failing(new BatchTooLarge());
  expect(await decodeOne(decode, two, first)).toEqual({
    offsets: ['9'],
    reasons: [
      'Offsets 7 to 9, a batch of 3 records, cannot be read: larger than 67108864 bytes when it is decompressed.',
    ],
    end: second,
  });
  expect(await decodeOne(decode, two, second)).toMatchObject({
    offsets: ['10'],
    reasons: [expect.stringContaining('Offset 10, a batch of 1 records')],
    end: 142,
  });
});

test('a batch of too many records is not decoded', async () => {
  const decode = guarded(() => Promise.reject(new Error('it was decoded')));
  expect(await decodeOne(decode, batchOf(0n, 150_000))).toMatchObject({
    offsets: ['149999'],
    reasons: [expect.stringContaining('more than 100000 records in one batch')],
  });
});

test('whatever else there is goes through as it is', async () => {
  expect(await guarded(() => Promise.resolve(fine))({ buffer: batchOf(0n, 1), offset: 0 })).toBe(fine);
  const cut = batchOf(0n, 150_000).subarray(0, 65);
  expect(await guarded(() => Promise.resolve(fine))({ buffer: cut, offset: 0 })).toBe(fine);
  expect(await guarded(() => Promise.resolve(fine))({ buffer: cut.subarray(0, 9), offset: 0 })).toBe(fine);
  await expect(failing(new Error('broken'))({ buffer: batchOf(0n, 1), offset: 0 })).rejects.toThrow('broken');
});

test.each([
  ['gzip', kafkajs.CompressionTypes.GZIP],
  ['zstd', kafkajs.CompressionTypes.ZSTD],
])('a %s bomb in a topic is passed over, and its neighbours are read', async (_name, compression) => {
  const topic = await kafka.topic();
  const producer = connectKafka(kafka.connection).producer();
  await producer.connect();
  const send = (value: Buffer) =>
    producer.send({ topic, acks: -1, compression, messages: [{ key: 'k', value }] });
  await send(Buffer.from('before'));
  await send(Buffer.alloc(65 * 1024 * 1024));
  await send(Buffer.from('behind'));
  await producer.disconnect();

  const records = await kafka.readAll(topic);
  expect(records.map(({ offset, value }) => [offset, value?.toString() ?? null])).toEqual([
    ['0', 'before'],
    ['1', null],
    ['2', 'behind'],
  ]);
  expect(records.map(({ unreadable }) => unreadable)).toEqual([
    undefined,
    expect.stringMatching(/^Offset 1, a batch of 1 records, cannot be read: larger than/),
    undefined,
  ]);
});

import { crc32c, createRecordsBatch } from '@platformatic/kafka';
import fc from 'fast-check';
import type { OutgoingRecord } from '../outgoing-record.ts';
import { readBatches } from './record-batches.ts';
import { writeRecordBatch } from './record-batch-writer.ts';

const place = { topic: 't', partition: 3 };
const writtenAtMs = 1_700_000_000_123;
const bytes = (maxLength: number) =>
  fc.uint8Array({ maxLength }).map((array) => Buffer.from(array.buffer, array.byteOffset, array.length));
const record: fc.Arbitrary<OutgoingRecord> = fc.record({
  topic: fc.constant('t'),
  key: bytes(80),
  value: bytes(300),
  headers: fc.dictionary(
    // The reader leaves out what would set a prototype.
    fc.string({ unit: 'grapheme', maxLength: 80 }).filter((name) => name !== '__proto__'),
    fc.oneof(fc.string({ unit: 'binary', maxLength: 80 }), bytes(80)),
    { noNullPrototype: true },
  ),
});
const records = fc.array(record, { minLength: 1, maxLength: 70 });

test.each(['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const)(
  'what is written is read: %s',
  async (compression) => {
    await fc.assert(
      fc.asyncProperty(records, async (written) => {
        const batch = await writeRecordBatch(written, compression, writtenAtMs, crc32c);
        const [{ records: read } = { records: [] }] = readBatches({
          ...place,
          ...{ offset: 0, bytes: batch, aborted: [] },
        });
        expect(read.map(({ key, value, headers, offset }) => [offset, key, value, headers])).toEqual(
          written.map(({ key, value, headers }, index) => [
            String(index),
            key,
            value,
            Object.fromEntries(Object.entries(headers).map(([name, header]) => [name, Buffer.from(header)])),
          ]),
        );
      }),
      { numRuns: 200 },
    );
  },
);

test('it is what the library writes', async () => {
  await fc.assert(
    fc.asyncProperty(records, async (written) => {
      const messages = written.map(({ key, value, headers }) => ({
        ...{ ...place, key, value, timestamp: BigInt(writtenAtMs) },
        headers: new Map(
          Object.entries(headers).map(([name, header]) => [Buffer.from(name), Buffer.from(header)]),
        ),
      }));
      const options = { producerEpoch: -1, partitionLeaderEpoch: -1 };
      const theirs = createRecordsBatch(messages, options).buffer;
      const ours = await writeRecordBatch(written, 'none', writtenAtMs, crc32c);
      // They begin the sequence of a producer that has no id at 0, and we at -1.
      const comparable = (batch: Buffer): Buffer[] => [
        batch.subarray(0, 17),
        batch.subarray(21, 53),
        batch.subarray(57),
      ];
      expect(comparable(ours)).toEqual(comparable(Buffer.from(theirs)));
    }),
    { numRuns: 200 },
  );
});

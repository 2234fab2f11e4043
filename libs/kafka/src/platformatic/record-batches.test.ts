import { gzipSync, zstdCompressSync } from 'node:zlib';
import { compressFrameSync } from 'lz4-napi';
import { createRecordsBatch, type MessageRecord } from '@platformatic/kafka';
import { offsetBehind, readBatches, type AbortedTransaction } from './record-batches.ts';

const place = { topic: 't', partition: 0 };
const none: AbortedTransaction[] = [];

interface Given {
  readonly firstOffset?: bigint;
  readonly attributes?: number;
  readonly producerId?: bigint;
}

/** A batch as the library writes it, with what the broker sets. */
function batchOf(
  values: readonly (string | null)[],
  { firstOffset = 0n, attributes = 0, producerId = -1n }: Given = {},
) {
  const messages = values.map((value) => ({
    ...place,
    key: Buffer.from('k'),
    value: value === null ? null : Buffer.from(value),
    timestamp: 1_700_000_000_000n,
  }));
  const batch = Buffer.from(createRecordsBatch(messages as unknown as MessageRecord[]).buffer);
  batch.writeBigInt64BE(firstOffset, 0);
  batch.writeInt16BE(batch.readInt16BE(21) | attributes, 21);
  batch.writeBigInt64BE(producerId, 43);
  return batch;
}

/** The same batch with other bytes for its records. */
function withRecords(batch: Buffer, records: Buffer, codec: number): Buffer {
  const changed = Buffer.concat([batch.subarray(0, 61), records]);
  changed.writeInt32BE(changed.length - 12, 8);
  changed.writeInt16BE(codec, 21);
  return changed;
}

const portionsOf = (bytes: Buffer, offset = 0, aborted = none) => [
  ...readBatches({ ...place, bytes, offset, aborted }),
];
const read = (bytes: Buffer, offset = 0, aborted = none) =>
  portionsOf(bytes, offset, aborted)
    .flatMap(({ records }) => records)
    .map(({ offset: at, value, unreadable }) => [at, unreadable ?? value?.toString() ?? null]);

test('records come with their offsets, from the one that was asked for', () => {
  const bytes = Buffer.concat([
    batchOf(['a', 'b'], { firstOffset: 5n }),
    batchOf([null], { firstOffset: 7n }),
  ]);
  expect(read(bytes, 5)).toEqual([
    ['5', 'a'],
    ['6', 'b'],
    ['7', null],
  ]);
  expect(read(bytes, 6)).toEqual([
    ['6', 'b'],
    ['7', null],
  ]);
  expect(offsetBehind({ bytes, offset: 5 })).toBe(8);
});

test('a batch that does not end is left for the next fetch', () => {
  const [first, second] = [batchOf(['a']), batchOf(['b'], { firstOffset: 1n })];
  for (let cut = 0; cut < second.length; cut += 1) {
    const bytes = Buffer.concat([first, second.subarray(0, cut)]);
    expect([read(bytes), offsetBehind({ bytes, offset: 0 })]).toEqual([[['0', 'a']], 1]);
  }
  expect(offsetBehind({ bytes: Buffer.alloc(0), offset: 3 })).toBe(3);
});

test.each([
  ['gzip', 1, gzipSync],
  ['lz4', 3, compressFrameSync],
  ['zstd', 4, zstdCompressSync],
])('batches in %s are read, and a bomb is one record that says so', (_name, codec, compress) => {
  const batch = batchOf(['a', 'b']);
  const bomb = withRecords(batch, compress(Buffer.alloc(65 * 1024 * 1024)), codec);
  const bytes = Buffer.concat([
    withRecords(batch, compress(batch.subarray(61)), codec),
    batchOf(['c'], { firstOffset: 2n }),
  ]);
  expect(read(bytes)).toEqual([
    ['0', 'a'],
    ['1', 'b'],
    ['2', 'c'],
  ]);
  expect(read(Buffer.concat([bomb, batchOf(['c'], { firstOffset: 2n })]))).toEqual([
    ['1', expect.stringMatching(/^Offsets 0 to 1, a batch of 2 records, cannot be read: larger than/)],
    ['2', 'c'],
  ]);
});

test.each([
  ['lz4, with other bytes', 3, 'it is damaged (It is no frame of lz4.)'],
  ['a codec of the future', 5, 'it is compressed in a way that is not known'],
  ['gzip, with other bytes', 1, 'it is damaged (incorrect header check)'],
])('a batch in %s is one record that says so', (_name, codec, why) => {
  const bytes = Buffer.concat([
    withRecords(batchOf(['a']), Buffer.from('??????'), codec),
    batchOf(['b'], { firstOffset: 1n }),
  ]);
  expect(read(bytes)).toEqual([
    ['0', `Offset 0, a batch of 1 records, cannot be read: ${why}.`],
    ['1', 'b'],
  ]);
});

test('a batch that is damaged anywhere is read, or is one record that says so; its neighbour is read', () => {
  const [whole, next] = [batchOf(['a', 'bb', null]), batchOf(['next'], { firstOffset: 3n })];
  for (let at = 57; at < whole.length; at += 1)
    for (const byte of [0x00, 0x01, 0x7f, 0x80, 0xff]) {
      const damaged = Buffer.from(whole);
      damaged[at] = byte;
      const found = read(Buffer.concat([damaged, next]));
      expect(found.at(-1)).toEqual(['3', 'next']);
    }
});

test('a batch of too many records is not read', () => {
  const batch = batchOf(['a']);
  batch.writeInt32BE(150_000, 57);
  expect(read(batch)).toEqual([['0', expect.stringContaining('more than 100000 records in one batch')]]);
});

test('a batch of before Kafka 0.11 is one record that says so', () => {
  const batch = batchOf(['a']);
  batch.writeInt8(1, 16);
  expect(read(batch)).toEqual([['0', expect.stringContaining('its format is 1')]]);
});

test('what a transaction took back is no record, and neither are markers', () => {
  const [transactional, marker] = [0x10, 0x30];
  const bytes = Buffer.concat([
    batchOf(['taken back'], { firstOffset: 0n, attributes: transactional, producerId: 7n }),
    batchOf(['kept'], { firstOffset: 1n, attributes: transactional, producerId: 8n }),
    batchOf(['plain'], { firstOffset: 2n }),
    batchOf(['abort'], { firstOffset: 3n, attributes: marker, producerId: 7n }),
    batchOf(['later'], { firstOffset: 4n, attributes: transactional, producerId: 7n }),
    batchOf(['commit'], { firstOffset: 5n, attributes: marker, producerId: 7n }),
  ]);
  expect(read(bytes, 0, [{ producerId: 7n, firstOffset: 0n }])).toEqual([
    ['1', 'kept'],
    ['2', 'plain'],
    ['4', 'later'],
  ]);
  expect(offsetBehind({ bytes, offset: 0 })).toBe(6);
});

test('headers come back, the last one of a name; a time of appending counts for all', () => {
  const headers = new Map([
    [Buffer.from('name'), Buffer.from('退款')],
    [Buffer.from('__proto__'), Buffer.from('x')],
  ]);
  const message = { ...place, key: null, value: Buffer.from('v'), headers, timestamp: 5n };
  const bytes = Buffer.from(
    createRecordsBatch([message, { ...message, timestamp: 9n }] as unknown as MessageRecord[]).buffer,
  );
  const found = () => portionsOf(bytes).flatMap(({ records }) => records);
  expect(found()[0]).toEqual({
    ...place,
    offset: '0',
    key: null,
    value: Buffer.from('v'),
    headers: { name: Buffer.from('退款') },
    timestampMs: 5,
  });
  expect(found().map(({ timestampMs }) => timestampMs)).toEqual([5, 9]);
  bytes.writeInt16BE(0x08, 21);
  expect(found().map(({ timestampMs }) => timestampMs)).toEqual([9, 9]);
});

test('batches that grow are read in portions, and small ones together', () => {
  const mebibyte = 1024 * 1024;
  const large = (firstOffset: bigint, bytes: number): Buffer => {
    const batch = batchOf(['x'.repeat(bytes)], { firstOffset });
    return withRecords(batch, zstdCompressSync(batch.subarray(61)), 4);
  };
  const small = batchOf(['a', 'b'], { firstOffset: 3n });
  const bytes = Buffer.concat([
    ...[large(0n, 20 * mebibyte), large(1n, 10 * mebibyte), large(2n, 10 * mebibyte)],
    ...[small, batchOf(['c'], { firstOffset: 5n })],
  ]);
  const shapes = portionsOf(bytes).map(({ records, behind }) => [
    records.map(({ offset }) => offset),
    behind,
  ]);
  expect(shapes).toEqual([
    [['0'], 1],
    [['1', '2'], 3],
    [['3', '4', '5'], 6],
  ]);
  expect(portionsOf(large(0n, 20 * mebibyte))).toHaveLength(1);
});

import type { KafkaCompression } from '../client.ts';
import { compress } from '../compress.ts';
import type { OutgoingRecord } from '../outgoing-record.ts';

/** What is before the records of a batch, in bytes. */
const headBytes = 61;
/** What the length of a batch leaves out: itself, and the first offset. */
const unmeasuredBytes = 12;
/** What the checksum leaves out: all up to and with itself. */
const uncheckedBytes = 21;

const codecs: Readonly<Record<KafkaCompression, number>> = {
  none: 0,
  gzip: 1,
  snappy: 2,
  lz4: 3,
  zstd: 4,
};

/**
 * Writes a batch of format 2 (https://kafka.apache.org/documentation/#recordbatch), as a broker takes it.
 * @param writtenAtMs of all records, epoch ms
 * @param crc32c the library's checksum: it loads the library, where that is chosen
 */
export async function writeRecordBatch(
  records: readonly OutgoingRecord[],
  compression: KafkaCompression,
  writtenAtMs: number,
  crc32c: (bytes: Buffer) => number,
): Promise<Buffer> {
  const plain = writeRecords(records);
  const batch =
    compression === 'none'
      ? plain
      : Buffer.concat([plain.subarray(0, headBytes), await compress[compression](plain.subarray(headBytes))]);
  writeHead(batch, records.length, codecs[compression], writtenAtMs);
  batch.writeUInt32BE(crc32c(batch.subarray(uncheckedBytes)), 17);
  return batch;
}

function writeHead(batch: Buffer, records: number, codec: number, writtenAtMs: number): void {
  batch.writeBigInt64BE(0n, 0);
  batch.writeInt32BE(batch.length - unmeasuredBytes, 8);
  // The leader's epoch: not known.
  batch.writeInt32BE(-1, 12);
  batch.writeInt8(2, 16);
  batch.writeInt16BE(codec, 21);
  batch.writeInt32BE(records - 1, 23);
  batch.writeBigInt64BE(BigInt(writtenAtMs), 27);
  batch.writeBigInt64BE(BigInt(writtenAtMs), 35);
  // The producer's id, epoch and first sequence: it has none.
  batch.writeBigInt64BE(-1n, 43);
  batch.writeInt16BE(-1, 51);
  batch.writeInt32BE(-1, 53);
  batch.writeInt32BE(records, 57);
}

/** The records of a batch, behind room for its head. Their offsets count from the first one, and so do their times. */
function writeRecords(records: readonly OutgoingRecord[]): Buffer {
  const sizes = records.map(sizeOf);
  const writer = new RecordWriter(sizes.reduce((sum, size) => sum + varintBytes(size) + size, headBytes));
  records.forEach((record, index) => writer.record(record, index, sizes[index] ?? 0));
  return writer.bytes;
}

/** Of a record without its length. The attributes and the time, both 0, take one byte each. */
function sizeOf({ key, value, headers }: OutgoingRecord, index: number): number {
  let size = 2 + varintBytes(index) + fieldBytes(key.length) + fieldBytes(value.length);
  const names = Object.keys(headers);
  for (const name of names) size += fieldBytes(lengthOf(name)) + fieldBytes(lengthOf(headers[name] ?? ''));
  return size + varintBytes(names.length);
}

const lengthOf = (value: string | Buffer): number =>
  typeof value === 'string' ? Buffer.byteLength(value) : value.length;

const fieldBytes = (length: number): number => varintBytes(length) + length;

/** Of a number that is not negative: twice it, since the lowest bit is the sign, seven bits a byte. */
function varintBytes(value: number): number {
  let bytes = 1;
  for (let rest = value * 2; rest > 0x7f; rest = Math.floor(rest / 128)) bytes += 1;
  return bytes;
}

class RecordWriter {
  readonly bytes: Buffer;
  #at = headBytes;

  constructor(bytes: number) {
    this.bytes = Buffer.allocUnsafe(bytes);
  }

  record({ key, value, headers }: OutgoingRecord, index: number, size: number): void {
    this.#varint(size);
    this.#varint(0);
    this.#varint(0);
    this.#varint(index);
    this.#field(key);
    this.#field(value);
    const names = Object.keys(headers);
    this.#varint(names.length);
    for (const name of names) {
      this.#field(name);
      this.#field(headers[name] ?? '');
    }
  }

  #field(value: string | Buffer): void {
    this.#varint(lengthOf(value));
    this.#at +=
      typeof value === 'string' ? this.bytes.write(value, this.#at) : value.copy(this.bytes, this.#at);
  }

  #varint(value: number): void {
    let rest = value * 2;
    while (rest > 0x7f) {
      this.bytes[this.#at] = (rest & 0x7f) | 0x80;
      this.#at += 1;
      rest = Math.floor(rest / 128);
    }
    this.bytes[this.#at] = rest;
    this.#at += 1;
  }
}

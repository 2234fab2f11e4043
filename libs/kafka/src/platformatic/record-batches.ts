import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import {
  BatchTooLarge,
  maxBatchBytes,
  maxBatchRecords,
  tooManyBytes,
  tooManyRecords,
  unreadableText,
} from '../batch-limits.ts';
import type { ConsumedRecord } from '../consumed.ts';
import { decompressLz4 } from '../lz4.ts';
import { decompressSnappy } from '../snappy.ts';

/** A transaction that was taken back: what it wrote is behind this offset, up to its marker. */
export interface AbortedTransaction {
  readonly producerId: bigint;
  readonly firstOffset: bigint;
}

/** What a fetch brought of one partition, as the broker stores it. */
export interface StoredBatches {
  readonly topic: string;
  readonly partition: number;
  /** The offset that was asked for: the first batch may begin before it. */
  readonly offset: number;
  readonly bytes: Buffer;
  readonly aborted: readonly AbortedTransaction[];
}

/** Where a batch of format 2 has its fields (https://kafka.apache.org/documentation/#recordbatch). */
const field = {
  ...{ firstOffset: 0, length: 8, magic: 16, attributes: 21, lastOffsetDelta: 23, firstTimestamp: 27 },
  ...{ maxTimestamp: 35, producerId: 43, recordCount: 57, records: 61 },
} as const;

const isTransactional = 0x10;
const isControl = 0x20;
const isAppendTime = 0x08;

/** One batch, and where its bytes begin and end. */
class StoredBatch {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;

  constructor(bytes: Buffer, start: number, end: number) {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
  }

  get firstOffset(): number {
    return Number(this.bytes.readBigInt64BE(this.start));
  }
  get lastOffset(): number {
    return this.firstOffset + this.bytes.readInt32BE(this.start + field.lastOffsetDelta);
  }
  get records(): number {
    return this.bytes.readInt32BE(this.start + field.recordCount);
  }
  get attributes(): number {
    return this.bytes.readInt16BE(this.start + field.attributes);
  }
  get producerId(): bigint {
    return this.bytes.readBigInt64BE(this.start + field.producerId);
  }
  get magic(): number {
    return this.bytes.readInt8(this.start + field.magic);
  }
  timestampAt(at: number): number {
    return Number(this.bytes.readBigInt64BE(this.start + at));
  }
}

/** The batches that are there as a whole: a fetch may end within one. */
function* batchesIn(bytes: Buffer): Generator<StoredBatch, void> {
  for (let at = 0; at + field.records <= bytes.length;) {
    const end = at + field.length + 4 + bytes.readInt32BE(at + field.length);
    if (end > bytes.length || end < at + field.records) return;
    yield new StoredBatch(bytes, at, end);
    at = end;
  }
}

/** The offset that follows what a fetch brought; the one that was asked for when it brought no whole batch. */
export function offsetBehind({ bytes, offset }: Pick<StoredBatches, 'bytes' | 'offset'>): number {
  let behind = offset;
  for (const batch of batchesIn(bytes)) behind = Math.max(behind, batch.lastOffset + 1);
  return behind;
}

/** Records that follow each other in a partition. */
export interface Portion {
  readonly records: readonly ConsumedRecord[];
  /** The offset that follows them, and what is no record behind them. */
  readonly behind: number;
}

/** The batches of a portion have this many bytes, decompressed, and its last one may go beyond it. */
const portionBytes = 16 * 1024 * 1024;

/**
 * The records of a fetch, in order, from the offset that was asked for. A batch that cannot be read is one record that
 * says so (`unreadable`), at the last offset of the batch. What a transaction took back, and its markers, are no
 * records.
 * @returns portions, each read when it is asked for: the batches of a fetch may be large when they are decompressed
 */
export function* readBatches(stored: StoredBatches): Generator<Portion, void> {
  const takenBack = new TakenBack(stored.aborted);
  let portion = { records: [] as ConsumedRecord[], behind: stored.offset };
  let [bytes, given] = [0, stored.offset];
  for (const batch of batchesIn(stored.bytes)) {
    portion.behind = Math.max(portion.behind, batch.lastOffset + 1);
    if (!takenBack.has(batch)) bytes += readBatchInto(portion.records, stored, batch);
    if (bytes < portionBytes) continue;
    yield portion;
    portion = { records: [], behind: portion.behind };
    bytes = 0;
    given = portion.behind;
  }
  if (portion.behind > given) yield portion;
}

/** Which batches belong to transactions that were taken back. */
class TakenBack {
  /** By first offset. */
  readonly #aborted: AbortedTransaction[];
  readonly #producers = new Set<bigint>();

  constructor(aborted: readonly AbortedTransaction[]) {
    this.#aborted = aborted.toSorted((a, b) => Number(a.firstOffset - b.firstOffset));
  }

  /** True for markers too. Asked of each batch, in order. */
  has(batch: StoredBatch): boolean {
    const { attributes } = batch;
    if ((attributes & isTransactional) === 0) return (attributes & isControl) !== 0;
    for (let next = this.#aborted[0]; next && next.firstOffset <= batch.lastOffset; next = this.#aborted[0]) {
      this.#producers.add(next.producerId);
      this.#aborted.shift();
    }
    if ((attributes & isControl) === 0) return this.#producers.has(batch.producerId);
    // Its marker ends a transaction, in either way.
    this.#producers.delete(batch.producerId);
    return true;
  }
}

/** @returns how many bytes they take in memory */
function readBatchInto(records: ConsumedRecord[], stored: StoredBatches, batch: StoredBatch): number {
  const before = records.length;
  try {
    if (batch.magic !== 2) throw new UnreadableBatch(`its format is ${batch.magic}, of before Kafka 0.11`);
    if (batch.records > maxBatchRecords) throw new UnreadableBatch(tooManyRecords);
    const bytes = recordBytesOf(batch);
    new RecordReader(bytes).readInto(records, stored, batch);
    return bytes.length;
  } catch (error) {
    records.length = before;
    if (batch.lastOffset < stored.offset) return 0;
    const { topic, partition } = stored;
    const placeholder = { topic, partition, key: null, value: null, headers: {} };
    const timestampMs = batch.timestampAt(field.maxTimestamp);
    const unreadable = unreadableText(batch, reasonOf(error));
    records.push({ ...placeholder, offset: String(batch.lastOffset), timestampMs, unreadable });
    return 0;
  }
}

/** A batch that is not read at all. */
class UnreadableBatch extends Error {}

function reasonOf(error: unknown): string {
  if (error instanceof UnreadableBatch) return error.message;
  const isTooLarge =
    error instanceof BatchTooLarge || (Error.isError(error) && codeOf(error) === 'ERR_BUFFER_TOO_LARGE');
  if (isTooLarge) return tooManyBytes;
  return `it is damaged (${Error.isError(error) ? error.message : String(error)})`;
}

const codeOf = (error: Error): unknown => ('code' in error ? error.code : undefined);

function recordBytesOf(batch: StoredBatch): Buffer {
  const stored = batch.bytes.subarray(batch.start + field.records, batch.end);
  const bounds = { maxOutputLength: maxBatchBytes };
  switch (batch.attributes & 0x07) {
    case 0:
      return stored;
    case 1:
      return gunzipSync(stored, bounds);
    case 2:
      return decompressSnappy(stored, maxBatchBytes);
    case 3:
      return decompressLz4(stored, maxBatchBytes);
    case 4:
      return zstdDecompressSync(stored, bounds);
    default:
      throw new UnreadableBatch('it is compressed in a way that is not known');
  }
}

/** Reads the records of one batch. Numbers take as many bytes as they need, and lengths of -1 are null. */
class RecordReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** @throws when the bytes end before the records do */
  readInto(records: ConsumedRecord[], stored: StoredBatches, batch: StoredBatch): void {
    const { topic, partition, offset: from } = stored;
    const { firstOffset } = batch;
    const isTimeOfAppend = (batch.attributes & isAppendTime) !== 0;
    const firstTimestamp = batch.timestampAt(isTimeOfAppend ? field.maxTimestamp : field.firstTimestamp);
    for (let left = batch.records; left > 0; left -= 1) {
      const end = this.#varint() + this.#at;
      // No attribute of a record has a meaning.
      this.#at += 1;
      const timestampDelta = this.#varint();
      const offset = firstOffset + this.#varint();
      const timestampMs = isTimeOfAppend ? firstTimestamp : firstTimestamp + timestampDelta;
      const [key, value, headers] = [this.#field(), this.#field(), this.#headers()];
      if (this.#at !== end) throw new RangeError(`the record at offset ${offset} has a wrong length`);
      if (offset >= from)
        records.push({ topic, partition, offset: String(offset), key, value, headers, timestampMs });
    }
  }

  /** Of a repeated header the last one counts. */
  #headers(): Record<string, Buffer> {
    const headers: Record<string, Buffer> = {};
    for (let left = this.#varint(); left > 0; left -= 1) {
      const name = this.#field()?.toString() ?? '';
      const value = this.#field();
      // As a name it would set the prototype.
      if (value !== null && name !== '__proto__') headers[name] = value;
    }
    return headers;
  }

  #field(): Buffer | null {
    const length = this.#varint();
    if (length < 0) return null;
    const start = this.#at;
    this.#at += length;
    if (this.#at > this.#bytes.length) throw new RangeError('a field ends behind the batch');
    return this.#bytes.subarray(start, this.#at);
  }

  /** A signed number in zigzag form, seven bits a byte: exact up to 2^53, which timestamps are far from. */
  #varint(): number {
    const bytes = this.#bytes;
    let value = 0;
    for (let factor = 1; factor < 2 ** 63; factor *= 128) {
      const byte = bytes[this.#at];
      if (byte === undefined) throw new RangeError('a number ends behind the batch');
      this.#at += 1;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    }
    throw new RangeError('a number is too long');
  }
}

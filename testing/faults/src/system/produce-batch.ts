import { once } from 'node:events';
import { connect } from 'node:net';

/** Kafka's numbers of codecs. */
export const codecs = { gzip: 1, snappy: 2, lz4: 3, zstd: 4 } as const;

/** A record batch as some other producer would write it; nobody looks at what is in it on this side. */
export interface ForeignBatch {
  /** `host:port` of the leader. */
  readonly broker: string;
  readonly topic: string;
  readonly partition: number;
  readonly codec: keyof typeof codecs;
  /** How many records `compressed` holds. */
  readonly records: number;
  /** What `encodeRecord` gave, one after the other, through the codec. */
  readonly compressed: Buffer;
}

export interface ForeignRecord {
  readonly key: Buffer | null;
  readonly value: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** A record of a batch, at its place there. Of one that is never held in memory `value` may be its length alone. */
export function encodeRecord(
  { key, value, headers }: Omit<ForeignRecord, 'value'> & { readonly value: Buffer | number },
  place: number,
): Buffer {
  const named = Object.entries(headers).flatMap(([name, text]) => [
    sized(Buffer.from(name)),
    sized(Buffer.from(text)),
  ]);
  const valueBytes = typeof value === 'number' ? value : value.length;
  const before = [
    Buffer.of(0),
    varint(0),
    varint(place),
    key === null ? varint(-1) : sized(key),
    varint(valueBytes),
  ];
  const behind = [varint(Object.keys(headers).length), ...named];
  const own = [...before, ...(typeof value === 'number' ? [] : [value, ...behind])];
  const missing = typeof value === 'number' ? value + lengthOf(behind) : 0;
  return Buffer.concat([varint(lengthOf(own) + missing), ...own]);
}

/** Sends one PRODUCE request with acks=all. @returns the batch's first offset. @throws with Kafka's error code */
export async function produceBatch(batch: ForeignBatch): Promise<bigint> {
  const [host = '', port = ''] = batch.broker.split(':');
  const socket = connect({ host, port: Number(port) });
  try {
    await once(socket, 'connect');
    socket.write(sizedBy32(requestOf(batch)));
    const answer = await readFrame(socket);
    // Correlation id, one topic and its name, one partition and its number: then the error.
    let at = 4 + 4;
    at += 2 + answer.readInt16BE(at) + 4 + 4;
    const code = answer.readInt16BE(at);
    if (code !== 0) throw new Error(`Kafka refused the batch with error ${code}.`);
    return answer.readBigInt64BE(at + 2);
  } finally {
    socket.destroy();
  }
}

async function readFrame(socket: AsyncIterable<Buffer>): Promise<Buffer> {
  let bytes = Buffer.alloc(0);
  for await (const chunk of socket) {
    bytes = Buffer.concat([bytes, chunk]);
    if (bytes.length >= 4 && bytes.length >= 4 + bytes.readInt32BE(0)) return bytes.subarray(4);
  }
  throw new Error('Kafka broke the connection off.');
}

/** PRODUCE, version 7, the first with zstd (https://kafka.apache.org/protocol#The_Messages_Produce). */
function requestOf(batch: ForeignBatch): Buffer {
  const head = [i16(0), i16(7), i32(1), text('sluice-faults')];
  const options = [i16(-1), i16(-1), i32(60_000)];
  return Buffer.concat([
    ...[...head, ...options, i32(1), text(batch.topic), i32(1), i32(batch.partition)],
    sizedBy32(recordBatch(batch)),
  ]);
}

/** Format 2 (https://kafka.apache.org/documentation/#recordbatch). */
function recordBatch({ codec, records, compressed }: ForeignBatch): Buffer {
  const now = BigInt(Date.now());
  const checked = Buffer.concat([
    ...[i16(codecs[codec]), i32(records - 1), i64(now), i64(now), i64(-1n), i16(-1), i32(-1), i32(records)],
    compressed,
  ]);
  const behindLength = Buffer.concat([i32(0), Buffer.of(2), i32(crc32c(checked) | 0), checked]);
  return Buffer.concat([i64(0n), sizedBy32(behindLength)]);
}

/** Castagnoli's, which Node does not have. */
function crc32c(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (0x82f63b78 & -(crc & 1));
  }
  return ~crc >>> 0;
}

/** Zigzag, seven bits a byte. */
function varint(value: number): Buffer {
  const bytes: number[] = [];
  let left = value < 0 ? -2 * value - 1 : 2 * value;
  for (; left > 0x7f; left = Math.floor(left / 0x80)) bytes.push((left % 0x80) | 0x80);
  return Buffer.of(...bytes, left);
}

function lengthOf(parts: readonly Buffer[]): number {
  return parts.reduce((sum, { length }) => sum + length, 0);
}

const sized = (bytes: Buffer): Buffer => Buffer.concat([varint(bytes.length), bytes]);
const sizedBy32 = (bytes: Buffer): Buffer => Buffer.concat([i32(bytes.length), bytes]);
const text = (value: string): Buffer => Buffer.concat([i16(Buffer.byteLength(value)), Buffer.from(value)]);

function i16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

function i32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function i64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(value);
  return bytes;
}

import { createRequire } from 'node:module';
import type { KafkaMessage } from 'kafkajs';
import {
  BatchTooLarge,
  maxBatchRecords,
  tooManyBytes,
  tooManyRecords,
  unreadableText,
} from '../batch-limits.ts';

const texts = new WeakMap<object, string>();

/** Why the batch that this message stands for cannot be read; undefined when it is a message like any other. */
export function unreadableReason(message: KafkaMessage): string | undefined {
  return texts.get(message);
}

interface Decoder {
  readonly buffer: Buffer;
  offset: number;
}
type DecodeBatch = (decoder: Decoder) => Promise<{ readonly records: readonly object[] }>;

/**
 * Replaces an oversized batch with one empty message at the last offset of the batch, so that the batch fails alone
 * instead of failing every partition in the fetch. See `unreadableReason`. Call this before the first fetch: kafkajs
 * loads its decoder then.
 */
export function passOverUnreadableBatches(): void {
  const load = createRequire(import.meta.url);
  const path = load.resolve('kafkajs/src/protocol/recordBatch/v0/decoder');
  const decode = load(path) as DecodeBatch;
  const loaded = load.cache[path];
  if (loaded === undefined) throw new Error('kafkajs does not decode batches where it did in version 2.2.4.');
  loaded.exports = guarded(decode);
}

/** Exported for its test. */
export function guarded(decode: DecodeBatch): DecodeBatch {
  return async (decoder) => {
    const head = readHead(decoder);
    if (head === null) return decode(decoder);
    // kafkajs hands them on as the arguments of one call, which the stack must hold.
    if (head.records > maxBatchRecords) {
      decoder.offset = head.end;
      return standIn(head, tooManyRecords);
    }
    try {
      return await decode(decoder);
    } catch (error) {
      if (!(error instanceof BatchTooLarge)) throw error;
      decoder.offset = head.end;
      return standIn(head, tooManyBytes);
    }
  };
}

interface BatchHead {
  readonly firstOffset: bigint;
  readonly lastOffset: bigint;
  readonly writtenAtMs: bigint;
  readonly records: number;
  /** Where the next batch begins. */
  readonly end: number;
}

/**
 * Reads where a batch of format 2 says what it is (https://kafka.apache.org/documentation/#recordbatch).
 * @returns null when it is not all there: a fetch may end within a batch
 */
function readHead({ buffer, offset: at }: Decoder): BatchHead | null {
  const end = at + 12 + (at + 12 <= buffer.length ? buffer.readInt32BE(at + 8) : 0);
  if (end > buffer.length || end < at + 61) return null;
  const firstOffset = buffer.readBigInt64BE(at);
  return {
    firstOffset,
    lastOffset: firstOffset + BigInt(buffer.readInt32BE(at + 23)),
    writtenAtMs: buffer.readBigInt64BE(at + 35),
    records: buffer.readInt32BE(at + 57),
    end,
  };
}

/** As kafkajs decodes a message. */
function standIn(head: BatchHead, why: string): { records: object[] } {
  const [offset, firstOffset] = [String(head.lastOffset), String(head.firstOffset)];
  const message = {
    ...{ magicByte: 2, attributes: 0, timestamp: String(head.writtenAtMs), offset, key: null, value: null },
    ...{ headers: {}, isControlRecord: false },
    batchContext: { firstOffset, magicByte: 2, inTransaction: false, producerId: '-1' },
  };
  texts.set(message, unreadableText(head, why));
  return { records: [message] };
}

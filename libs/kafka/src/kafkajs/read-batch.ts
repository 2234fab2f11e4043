import type { EachBatchPayload, IHeaders } from 'kafkajs';
import type { PartitionBatch } from '../consumed.ts';
import { unreadableReason } from './unreadable-batches.ts';

/** What a fetch brought, as it is handed out. */
export function readBatch({ batch }: EachBatchPayload): PartitionBatch {
  const { topic, partition } = batch;
  return {
    topic,
    partition,
    records: batch.messages.map((message) => {
      const unreadable = unreadableReason(message);
      return {
        topic,
        partition,
        offset: message.offset,
        key: message.key,
        value: message.value,
        headers: readHeaders(message.headers),
        timestampMs: Number(message.timestamp),
        ...(unreadable === undefined ? {} : { unreadable }),
      };
    }),
    lag: Number(batch.offsetLag()),
  };
}

/** Of a repeated header the last one counts; values are bytes. */
function readHeaders(headers: IHeaders | undefined): Record<string, Buffer> {
  const read: Record<string, Buffer> = {};
  for (const [name, sent] of Object.entries(headers ?? {})) {
    const value = Array.isArray(sent) ? sent.at(-1) : sent;
    if (value !== undefined) read[name] = Buffer.isBuffer(value) ? value : Buffer.from(value);
  }
  return read;
}

import { randomUUID } from 'node:crypto';
import { connectKafka, type KafkaConnection } from './client.ts';
import { runConsumer, type ConsumedRecord } from './consumer.ts';

/** A part of a topic: from the first offset of each partition up to, not including, the last. */
export interface Range {
  readonly topic: string;
  readonly from: ReadonlyMap<number, bigint>;
  readonly to: ReadonlyMap<number, bigint>;
}

/** As `readRanges`, of one topic. */
export function readRange(
  connection: KafkaConnection,
  range: Range,
  onRecord: (record: ConsumedRecord) => void,
  stallMs?: number,
): Promise<void> {
  return readRanges(connection, [range], onRecord, stallMs);
}

/**
 * Reads every record of some ranges, in order within each partition, with one group of its own that is deleted
 * afterwards. Records may come twice, as from any consumer.
 * @throws when the ranges do not arrive: nothing came for `stallMs`
 */
export async function readRanges(
  connection: KafkaConnection,
  ranges: readonly Range[],
  onRecord: (record: ConsumedRecord) => void,
  stallMs = 90_000,
): Promise<void> {
  const unread = new Map<string, bigint>();
  for (const { topic, from, to } of ranges) {
    for (const [partition, end] of to)
      if (end > (from.get(partition) ?? 0n)) unread.set(`${topic}/${partition}`, end);
  }
  if (unread.size === 0) return;
  const ends = new Map(unread);
  const groupId = `sluice-read-${randomUUID()}`;
  const { promise: arrived, resolve, reject } = Promise.withResolvers<undefined>();
  const stalled = (): void =>
    reject(new Error(`Nothing came for ${stallMs} ms before the end of ${[...unread.keys()].join(', ')}.`));
  let timer = setTimeout(stalled, stallMs);
  const consumer = await runConsumer(connection, {
    groupId,
    topics: ranges
      .filter(({ topic, to }) => [...to.keys()].some((one) => unread.has(`${topic}/${one}`)))
      .map(({ topic }) => topic),
    startAt: ranges.flatMap(({ topic, from }) =>
      [...from].map(([partition, offset]) => ({ topic, partition, offset: String(offset) })),
    ),
    partitionsAtOnce: 8,
    maxBytesPerPartition: 4 * 1024 * 1024,
    maxWaitMs: 100,
    sessionTimeoutMs: 30_000,
    silentMs: 60_000,
    async onBatch({ topic, partition, records }, control) {
      clearTimeout(timer);
      timer = setTimeout(stalled, stallMs);
      const name = `${topic}/${partition}`;
      const end = ends.get(name) ?? 0n;
      for (const record of records) if (BigInt(record.offset) < end) onRecord(record);
      const last = records.at(-1);
      if (!last) return;
      if (BigInt(last.offset) + 1n >= end) unread.delete(name);
      if (unread.size === 0) resolve(undefined);
      await control.done(last);
    },
    onDead: reject,
  });
  try {
    await arrived;
  } finally {
    clearTimeout(timer);
    await consumer.stop();
    await deleteGroup(connection, groupId);
  }
}

async function deleteGroup(connection: KafkaConnection, groupId: string): Promise<void> {
  const admin = connectKafka(connection).admin();
  await admin.connect();
  try {
    await admin.deleteGroups([groupId]);
  } finally {
    await admin.disconnect();
  }
}

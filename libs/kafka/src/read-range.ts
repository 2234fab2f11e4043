import { randomUUID } from 'node:crypto';
import { connectKafka, type KafkaConnection } from './client.ts';
import { runConsumer, type ConsumedRecord } from './consumer.ts';

/** A part of a topic: from the first offset of each partition up to, not including, the last. */
export interface Range {
  readonly topic: string;
  readonly from: ReadonlyMap<number, bigint>;
  readonly to: ReadonlyMap<number, bigint>;
}

/**
 * Reads every record of a range, in order within each partition, with a group of its own that is deleted
 * afterwards. Records may come twice, as from any consumer.
 * @throws when the range does not arrive: nothing came for `stallMs`
 */
export async function readRange(
  connection: KafkaConnection,
  { topic, from, to }: Range,
  onRecord: (record: ConsumedRecord) => void,
  stallMs = 30_000,
): Promise<void> {
  const unread = new Set(
    [...to].filter(([partition, end]) => end > (from.get(partition) ?? 0n)).map(([partition]) => partition),
  );
  if (unread.size === 0) return;
  const groupId = `sluice-read-${randomUUID()}`;
  const admin = connectKafka(connection).admin();
  await admin.connect();
  try {
    // Without offsets a group starts at the oldest record; setting them takes kafkajs 5 s.
    if ([...from.values()].some((start) => start > 0n)) {
      const partitions = [...to.keys()].map((partition) => ({
        partition,
        offset: String(from.get(partition) ?? 0n),
      }));
      await admin.setOffsets({ groupId, topic, partitions });
    }
    const { promise: arrived, resolve, reject } = Promise.withResolvers<undefined>();
    const stalled = (): void =>
      reject(new Error(`Reading ${topic} stalled before the end of partitions ${[...unread].join(', ')}.`));
    let timer = setTimeout(stalled, stallMs);
    const consumer = await runConsumer(connection, {
      groupId,
      topics: [topic],
      partitionsAtOnce: 8,
      maxBytesPerPartition: 4 * 1024 * 1024,
      maxWaitMs: 100,
      sessionTimeoutMs: 30_000,
      async onBatch({ partition, records }, control) {
        clearTimeout(timer);
        timer = setTimeout(stalled, stallMs);
        const end = to.get(partition) ?? 0n;
        for (const record of records) if (BigInt(record.offset) < end) onRecord(record);
        const last = records.at(-1);
        if (!last) return;
        if (BigInt(last.offset) + 1n >= end) unread.delete(partition);
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
      await admin.deleteGroups([groupId]);
    }
  } finally {
    await admin.disconnect();
  }
}

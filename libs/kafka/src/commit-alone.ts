import type { KafkaConnection } from './client.ts';
import { connectKafka } from './kafkajs/connect-kafka.ts';
import { withAdmin } from './with-admin.ts';

/** An offset of a partition, and its commit metadata. */
export interface OffsetToCommit {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly metadata: string;
}

/**
 * Commits offsets of one topic for a group that has no members but this process, for as long as that takes.
 * @param offsets one at least, all of the same topic
 * @param withinMs how long joining and committing may take
 * @throws when the group cannot be joined in time, or an offset is not committed afterwards
 */
export async function commitAlone(
  connection: KafkaConnection,
  groupId: string,
  offsets: readonly [OffsetToCommit, ...OffsetToCommit[]],
  withinMs = 30_000,
): Promise<void> {
  const { topic } = offsets[0];
  const kafka = connectKafka(connection);
  // A consumer ends when its fetch has; nothing is waited for here.
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 100, allowAutoTopicCreation: false });
  const { promise: joined, resolve, reject } = Promise.withResolvers<undefined>();
  const timer = setTimeout(
    () => reject(new Error(`The group ${groupId} could not be joined within ${withinMs} ms.`)),
    withinMs,
  );
  consumer.on(consumer.events.GROUP_JOIN, () => {
    // Nothing is fetched.
    consumer.pause([{ topic }]);
    resolve(undefined);
  });
  consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: false });
    await consumer.run({ autoCommit: false, eachBatch: () => Promise.resolve() });
    await joined;
    await consumer.commitOffsets([...offsets]);
  } finally {
    clearTimeout(timer);
    await consumer.disconnect();
  }
  await withAdmin(connection, async (admin) => {
    const [found] = await admin.fetchOffsets({ groupId, topics: [topic] });
    for (const { partition, offset, metadata } of offsets) {
      const committed = found?.partitions.find((one) => one.partition === partition);
      // The client returns without an error when it has not committed. Kafka returns empty metadata as null.
      if (committed?.offset !== offset || (committed.metadata ?? '') !== metadata)
        throw new Error(`The group ${groupId} did not accept offset ${offset} of ${topic}/${partition}.`);
    }
  });
}

/** Deletes a group that has no members, if it is there. */
export async function deleteGroup(connection: KafkaConnection, groupId: string): Promise<void> {
  await withAdmin(connection, (admin) => admin.deleteGroups([groupId]));
}

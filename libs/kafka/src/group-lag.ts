import { withAdmin } from './admin.ts';
import type { KafkaConnection } from './client.ts';

/**
 * How many records a consumer group has not finished, over all partitions of the topics. A partition that the
 * group never committed counts from its oldest record.
 */
export async function groupLag(
  connection: KafkaConnection,
  groupId: string,
  topics: readonly string[],
): Promise<number> {
  return withAdmin(connection, async (admin) => {
    const committed = await admin.committed(groupId, topics);
    let lag = 0n;
    for (const [topic, ranges] of await admin.offsets(topics))
      for (const [partition, { low, high }] of ranges) {
        const done = committed.get(topic)?.get(partition)?.offset ?? low;
        // What retention took away can no longer be finished.
        const from = done < low ? low : done;
        if (high > from) lag += high - from;
      }
    return Number(lag);
  });
}

/**
 * What a consumer group has committed: by topic, then by partition, the offset of the first record that it has not
 * finished. A partition for which it never committed is left out.
 */
export async function committedOffsets(
  connection: KafkaConnection,
  groupId: string,
  topics: readonly string[],
): Promise<Map<string, Map<number, bigint>>> {
  return withAdmin(connection, async (admin) => {
    const committed = await admin.committed(groupId, topics);
    return new Map(
      Array.from(committed, ([topic, partitions]) => [
        topic,
        new Map(Array.from(partitions, ([partition, { offset }]) => [partition, offset])),
      ]),
    );
  });
}

/** How far a group is in one partition. */
export interface PartitionProgress {
  readonly topic: string;
  readonly partition: number;
  /** The first offset that the group has not finished; null when it never committed. */
  readonly committed: bigint | null;
  /** The commit metadata; empty where nothing was committed with it. */
  readonly metadata: string;
  /** The offset after the last record. */
  readonly end: bigint;
  /** Records that the group has not finished. */
  readonly lag: number;
}

/** How far a consumer group is in every partition of the topics. @throws when Kafka does not answer, or lacks one of them */
export async function partitionProgress(
  connection: KafkaConnection,
  groupId: string,
  topics: readonly string[],
): Promise<PartitionProgress[]> {
  return withAdmin(connection, async (admin) => {
    const committed = await admin.committed(groupId, topics);
    const ranges = await admin.offsets(topics);
    return topics.flatMap((topic) => {
      const ofTopic = Array.from(ranges.get(topic) ?? [], ([partition, { low, high }]): PartitionProgress => {
        const { offset = null, metadata = '' } = committed.get(topic)?.get(partition) ?? {};
        // What retention took away can no longer be finished.
        const from = offset === null || offset < low ? low : offset;
        const lag = high > from ? Number(high - from) : 0;
        return { topic, partition, committed: offset, metadata, end: high, lag };
      });
      return ofTopic.sort((a, b) => a.partition - b.partition);
    });
  });
}

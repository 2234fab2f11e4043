import type { KafkaConnection } from './client.ts';
import { withAdmin } from './with-admin.ts';

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
    const committed = await admin.fetchOffsets({ groupId, topics: [...topics] });
    let lag = 0n;
    for (const { topic, partitions } of committed) {
      const ends = await admin.fetchTopicOffsets(topic);
      for (const { partition, high, low } of ends) {
        // -1 is a group that never committed. What retention took away can no longer be finished.
        const done = BigInt(partitions.find((entry) => entry.partition === partition)?.offset ?? -1);
        const from = done < BigInt(low) ? BigInt(low) : done;
        if (BigInt(high) > from) lag += BigInt(high) - from;
      }
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
    const committed = await admin.fetchOffsets({ groupId, topics: [...topics] });
    return new Map(
      committed.map(({ topic, partitions }) => [
        topic,
        new Map(
          partitions
            .map(({ partition, offset }) => [partition, BigInt(offset)] as const)
            .filter(([, offset]) => offset >= 0n),
        ),
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
    const committed = await admin.fetchOffsets({ groupId, topics: [...topics] });
    const committedBy = new Map(
      committed.flatMap(({ topic, partitions }) =>
        partitions.map((one) => [`${topic}/${one.partition}`, one] as const),
      ),
    );
    const partitions = await Promise.all(
      topics.map(async (topic) =>
        (await admin.fetchTopicOffsets(topic)).map(({ partition, high, low }): PartitionProgress => {
          const { offset = '-1', metadata } = committedBy.get(`${topic}/${partition}`) ?? {};
          const [done, start, end] = [BigInt(offset), BigInt(low), BigInt(high)];
          // What retention took away can no longer be finished.
          const from = done < start ? start : done;
          const lag = end > from ? Number(end - from) : 0;
          return { topic, partition, committed: done < 0n ? null : done, metadata: metadata ?? '', end, lag };
        }),
      ),
    );
    return partitions.flat().sort((a, b) => (a.topic === b.topic ? a.partition - b.partition : 0));
  });
}

import { connectKafka, type KafkaConnection } from './client.ts';

/**
 * How many records a consumer group has not finished, over all partitions of the topics. A partition that the
 * group never committed counts from its oldest record.
 */
export async function groupLag(
  connection: KafkaConnection,
  groupId: string,
  topics: readonly string[],
): Promise<number> {
  const admin = connectKafka(connection).admin();
  await admin.connect();
  try {
    const committed = await admin.fetchOffsets({ groupId, topics: [...topics] });
    let lag = 0n;
    for (const { topic, partitions } of committed) {
      const ends = await admin.fetchTopicOffsets(topic);
      for (const { partition, high, low } of ends) {
        // -1 is a group that never committed. What retention took away cannot be finished any more.
        const done = BigInt(partitions.find((entry) => entry.partition === partition)?.offset ?? -1);
        const from = done < BigInt(low) ? BigInt(low) : done;
        if (BigInt(high) > from) lag += BigInt(high) - from;
      }
    }
    return Number(lag);
  } finally {
    await admin.disconnect();
  }
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
  const admin = connectKafka(connection).admin();
  await admin.connect();
  try {
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
  } finally {
    await admin.disconnect();
  }
}

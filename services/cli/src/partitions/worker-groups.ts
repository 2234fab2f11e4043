import type { KafkaConnection } from '@sluice/kafka/client';
import { partitionProgress, type PartitionProgress } from '@sluice/kafka/group-lag';
import { storedTopics, topicOf, type TopicName } from '@sluice/schemas/topics';
import { readBlockage, type Blockage } from '@sluice/stream/blockage';
import { rawTopics } from '@sluice/vendors/topics';

const rawAndHeartbeat: readonly TopicName[] = [...rawTopics, 'raw.heartbeat'];

/** The workers that read a stream's topics, and which; their consumer groups are named for them. */
const reads = {
  normalizer: rawAndHeartbeat,
  'sink-clickhouse': storedTopics,
  'sink-elasticsearch': storedTopics,
} as const satisfies Readonly<Record<string, readonly TopicName[]>>;

export type WorkerGroup = keyof typeof reads;

export const workerGroups = Object.keys(reads) as WorkerGroup[];

/** The consumer group of a worker. */
export function groupIdOf(stream: string, group: WorkerGroup): string {
  return `${stream}.${group}`;
}

/** How far a worker is in one partition, and what blocks it there; null when nothing is known to. */
export interface PartitionState extends Omit<PartitionProgress, 'metadata'> {
  readonly group: WorkerGroup;
  readonly blockage: Blockage | null;
}

/** The state of every partition that a worker reads. @throws when Kafka does not answer, or lacks a topic */
export async function partitionStates(
  connection: KafkaConnection,
  stream: string,
  group: WorkerGroup,
): Promise<PartitionState[]> {
  const topics = reads[group].map((name) => topicOf(stream, name));
  const partitions = await partitionProgress(connection, groupIdOf(stream, group), topics);
  return partitions.map(({ metadata, ...progress }) => ({
    ...progress,
    group,
    blockage: readBlockage(metadata),
  }));
}

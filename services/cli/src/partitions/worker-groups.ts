import type { KafkaConnection } from '@sluice/kafka/client';
import { partitionProgress, type PartitionProgress } from '@sluice/kafka/group-lag';
import { storedTopics, topicOf, type TopicName } from '@sluice/schemas/topics';
import { readBlockage, type Blockage } from '@sluice/stream/blockage';
import { rawTopics } from '@sluice/vendors/topics';
import { sinks, type SinkService } from '../sinks.ts';

/** The workers that read a stream's topics; their consumer groups are named for them. */
export type WorkerGroup = 'normalizer' | SinkService;

export const workerGroups: readonly WorkerGroup[] = ['normalizer', ...sinks.map(({ service }) => service)];

const topicsOf = (group: WorkerGroup): readonly TopicName[] =>
  group === 'normalizer' ? [...rawTopics, 'raw.heartbeat'] : storedTopics;

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
  const topics = topicsOf(group).map((name) => topicOf(stream, name));
  const partitions = await partitionProgress(connection, groupIdOf(stream, group), topics);
  return partitions.map(({ metadata, ...progress }) => ({
    ...progress,
    group,
    blockage: readBlockage(metadata),
  }));
}

import type { KafkaConnection } from '@sluice/kafka/client';
import { applyTopics } from '@sluice/kafka/topics-admin';
import { topicOf, topics, type TopicName } from '@sluice/schemas/topics';

export interface TopicOptions {
  /** Copies of each partition: 3 in production, 1 on a single broker. */
  readonly replicas: number;
  /** Partitions of every topic, instead of those that the list declares. */
  readonly partitions?: number;
}

/**
 * Creates a stream's topics and sets their retention and sizes, from the one declared list.
 * With three replicas two must have a record before it is acknowledged.
 * @returns the full names of the topics that were created
 */
export function applyStreamTopics(
  connection: KafkaConnection,
  stream: string,
  options: TopicOptions,
): Promise<string[]> {
  const names = Object.keys(topics) as TopicName[];
  return applyTopics(
    connection,
    names.map((name) => ({
      name: topicOf(stream, name),
      ...topics[name],
      partitions: options.partitions ?? topics[name].partitions,
      replicas: options.replicas,
      minInSyncReplicas: Math.max(1, options.replicas - 1),
    })),
  );
}

import type { KafkaConnection } from '@sluice/kafka/client';
import { applyTopics } from '@sluice/kafka/topics-admin';
import { topicOf, topicSettings } from '@sluice/schemas/topics';
import { allTopics } from '@sluice/vendors/topics';
import { checkRetention, groupOf } from './topic-groups.ts';

export interface TopicOptions {
  /** Copies of each partition: 3 in production, 1 on a single broker. */
  readonly replicas: number;
  /** Partitions of every topic, instead of those that the list declares. */
  readonly partitions?: number;
  /** How long records are kept, in ms, by the name of a topic or of a group; the list declares the rest. */
  readonly retentionMs?: ReadonlyMap<string, number>;
}

/**
 * Creates a stream's topics and sets their retention and sizes, from the one declared list.
 * With three replicas two must have a record before it is acknowledged, with two both (`minInSyncReplicasOf`).
 * @returns the full names of the topics that were created
 * @throws UsageError about a retention of what is neither a topic nor a group
 */
export function applyStreamTopics(
  connection: KafkaConnection,
  stream: string,
  options: TopicOptions,
): Promise<string[]> {
  const { retentionMs = new Map<string, number>() } = options;
  checkRetention(retentionMs);
  return applyTopics(
    connection,
    allTopics.map((name) => ({
      name: topicOf(stream, name),
      ...topicSettings(name),
      retentionMs: retentionMs.get(name) ?? retentionMs.get(groupOf(name)) ?? topicSettings(name).retentionMs,
      partitions: options.partitions ?? topicSettings(name).partitions,
      replicas: options.replicas,
    })),
  );
}

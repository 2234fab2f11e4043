import type { KafkaConnection } from '@sluice/kafka/client';
import { applyTopics, type WantedTopic } from '@sluice/kafka/topics-admin';
import { topicOf, topicSettings, type TopicName } from '@sluice/schemas/topics';
import { allTopics } from '@sluice/vendors/topics';
import { checkNames, groupOf } from './topic-groups.ts';

export interface TopicOptions {
  /** Copies of each partition: 3 in production, 1 on a single broker. */
  readonly replicas: number;
  /** Partitions of every topic that is created, instead of those that the list declares. */
  readonly partitions?: number;
  /** The fewest partitions that topics have, by the name of a topic or of a group; the others keep their number. */
  readonly minPartitions?: ReadonlyMap<string, number>;
  /**
   * How long records are kept, in ms, by the name of a topic or of a group. Topics that are there and are not named
   * keep theirs; the list declares that of new ones.
   */
  readonly retentionMs?: ReadonlyMap<string, number>;
}

/**
 * Creates a stream's topics and sets their retention and sizes, from the one declared list.
 * With three replicas two must have a record before it is acknowledged, with two both (`minInSyncReplicasOf`).
 * @returns the full names of the topics that were created
 * @throws UsageError about an option for what is neither a topic nor a group
 */
export function applyStreamTopics(
  connection: KafkaConnection,
  stream: string,
  options: TopicOptions,
): Promise<string[]> {
  return applyTopics(connection, wantedTopics(stream, options));
}

/**
 * A stream's topics as these options want them.
 * @throws UsageError about an option for what is neither a topic nor a group
 */
export function wantedTopics(
  stream: string,
  { replicas, partitions, minPartitions = new Map(), retentionMs = new Map() }: TopicOptions,
): WantedTopic[] {
  checkNames('retention', retentionMs);
  checkNames('number of partitions', minPartitions);
  return allTopics.map((name) => {
    const declared = topicSettings(name);
    const [retention, fewest] = [namedOf(name, retentionMs), namedOf(name, minPartitions)];
    return {
      ...{ name: topicOf(stream, name), replicas, maxMessageBytes: declared.maxMessageBytes },
      partitions: partitions ?? fewest ?? declared.partitions,
      ...(fewest === undefined ? {} : { minPartitions: fewest }),
      retentionMs: retention ?? declared.retentionMs,
      keepsRetention: retention === undefined,
    };
  });
}

/** What is given for a topic by its name, or by that of its group. */
const namedOf = (name: TopicName, given: ReadonlyMap<string, number>): number | undefined =>
  given.get(name) ?? given.get(groupOf(name));

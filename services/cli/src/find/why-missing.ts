import type { CanonicalTopic } from '@sluice/schemas/topics';
import { topicOf } from '@sluice/schemas/topics';
import { kafkaAt } from '../access.ts';
import { partitionStates, type PartitionState } from '../partitions/worker-groups.ts';
import { timeOf } from '../printable.ts';
import { sinks } from '../sinks.ts';
import type { FindOptions } from './options.ts';
import type { RawPush } from './raw.ts';

/** An event that a store lacks. */
export interface MissingEvent {
  readonly store: string;
  readonly eventId: string;
  readonly topic: CanonicalTopic;
}

/** Messages on where a push's events are blocked: at the normalizer, or at a sink. */
export async function whyMissing(
  { position, record }: RawPush,
  missing: readonly MissingEvent[],
  { brokers, stream }: FindOptions,
): Promise<string[]> {
  if (missing.length === 0 || record === null) return [];
  const connection = kafkaAt(brokers);
  const normalizer = (await partitionStates(connection, stream, 'normalizer')).find(
    ({ topic, partition }) => topic === position.topic && partition === position.partition,
  );
  if (normalizer && (normalizer.committed ?? 0n) <= BigInt(position.offset)) return [messageOf(normalizer)];
  const messages: string[] = [];
  for (const store of new Set(missing.map((one) => one.store))) {
    const topics = new Set(
      missing.filter((one) => one.store === store).map(({ topic }) => topicOf(stream, topic)),
    );
    const group = sinks.find(({ title }) => title === store)?.service;
    if (group === undefined) continue;
    const behind = (await partitionStates(connection, stream, group)).filter(
      ({ topic, lag }) => topics.has(topic) && lag > 0,
    );
    messages.push(
      ...(behind.length > 0
        ? behind.map(messageOf)
        : [
            `${group} has processed all records of ${[...topics].join(', ')}: see its dead letters, and its log.`,
          ]),
    );
  }
  return messages;
}

function messageOf({ group, topic, partition, lag, blockage }: PartitionState): string {
  const where = `${group} is ${lag} records behind in ${topic}/${partition}`;
  if (blockage === null) return `${where}.`;
  return `${where}, blocked since ${timeOf(blockage.sinceMs)}: ${blockage.error}`;
}

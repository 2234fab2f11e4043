import type { KafkaConnection } from '@sluice/kafka/client';
import { findTopics, type FoundTopic } from '@sluice/kafka/topics-admin';
import {
  brokenSizeLinks,
  rawTopic,
  requestLimitBytes,
  topicOf,
  topicSettings,
  type TopicName,
} from '@sluice/schemas/topics';

export interface CheckedTopics {
  /**
   * A message for each thing that keeps a worker from starting: topics that are missing, and links of the
   * chain of sizes that are broken in the topics as they are.
   */
  readonly problems: readonly string[];
  /** A message for each topic that acknowledges records too early; none of them keeps a worker from starting. */
  readonly warnings: readonly string[];
  /** How long each topic keeps its records, in ms, by its full name; infinite where it keeps them permanently. */
  readonly retentionMs: ReadonlyMap<string, number>;
}

/** Looks at the topics of a stream as they are. */
export async function checkTopics(
  connection: KafkaConnection,
  stream: string,
  names: readonly TopicName[],
): Promise<CheckedTopics> {
  const fullNames = names.map((name) => topicOf(stream, name));
  const found = await findTopics(connection, fullNames);
  const missing = fullNames
    .filter((name) => !found.has(name))
    .map((name) => `Topic ${name} is missing: run "sluice topics apply --stream ${stream}" first.`);
  const actual = (name: TopicName): number =>
    found.get(topicOf(stream, name))?.maxMessageBytes ?? topicSettings(name).maxMessageBytes;
  const raw = names.filter((name) => name.startsWith('raw.') && name !== 'raw.heartbeat');
  const canonical = names.filter((name) => name !== 'dead-letter' && !name.startsWith('raw.'));
  const broken = brokenSizeLinks({
    requestBytes: requestLimitBytes,
    rawBytes: raw.length > 0 ? Math.min(...raw.map(actual)) : rawTopic.maxMessageBytes,
    canonicalBytes: Math.max(...canonical.map(actual)),
    deadLetterBytes: actual('dead-letter'),
  });
  const retentionMs = new Map([...found].map(([name, topic]) => [name, topic.retentionMs]));
  const warnings = [...found].flatMap(([name, topic]) => earlyAcknowledgement(name, topic) ?? []);
  return { problems: [...missing, ...broken], warnings, retentionMs };
}

/** What is wrong with a topic whose only copy in sync may acknowledge; null where the others must have the record. */
export function earlyAcknowledgement(
  name: string,
  { replicas, minInSyncReplicas }: Pick<FoundTopic, 'replicas' | 'minInSyncReplicas'>,
): string | null {
  if (replicas < 2 || minInSyncReplicas > 1) return null;
  return (
    `Topic ${name} has ${replicas} replicas and min.insync.replicas 1: acks=all may acknowledge a record that only ` +
    `one broker has. Run "sluice topics apply", or set min.insync.replicas to 2.`
  );
}

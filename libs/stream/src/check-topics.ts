import type { KafkaConnection } from '@sluice/kafka/client';
import { findTopics } from '@sluice/kafka/topics-admin';
import { brokenSizeLinks, requestLimitBytes, topicOf, topics, type TopicName } from '@sluice/schemas/topics';

/**
 * What keeps a worker from starting: topics that are missing, and links of the chain of sizes that are broken
 * in the topics as they are.
 * @returns a sentence for each problem; empty when all is well
 */
export async function topicProblems(
  connection: KafkaConnection,
  stream: string,
  names: readonly TopicName[],
): Promise<string[]> {
  const found = await findTopics(
    connection,
    names.map((name) => topicOf(stream, name)),
  );
  const missing = names.map((name) => topicOf(stream, name)).filter((name) => !found.has(name));
  const problems = missing.map(
    (name) => `Topic ${name} is missing: run "sluice topics apply --stream ${stream}" first.`,
  );
  const actual = (name: TopicName): number =>
    found.get(topicOf(stream, name))?.maxMessageBytes ?? topics[name].maxMessageBytes;
  const canonical = names.filter((name) => name !== 'dead-letter' && !name.startsWith('raw.'));
  return [
    ...problems,
    ...brokenSizeLinks({
      requestBytes: requestLimitBytes,
      rawBytes: Math.min(actual('raw.echat'), actual('raw.sobot')),
      canonicalBytes: Math.max(...canonical.map(actual)),
      deadLetterBytes: actual('dead-letter'),
    }),
  ];
}

import type { KafkaConnection } from '@sluice/kafka/client';
import { inspectTopics, type InspectedTopics } from '@sluice/kafka/topics-admin';
import { rawTopicOf, recordOverheadBytes, topicOf } from '@sluice/schemas/topics';
import type { Log } from '@sluice/service/log';
import type { Source } from '@sluice/sources/source';
import { warningsOf } from '@sluice/stream/check-topics';

/** For an answer soon or none: Kafka may be unavailable. */
const hurried = { retry: { retries: 0 }, requestTimeoutMs: 3_000, silentMs: 3_000, adminRetries: 0 };

/**
 * Compares the largest push with what the topics take, and logs what does not fit and what may lose records. It keeps
 * ingress from nothing: pushes that fit are sent only once. Never rejects.
 */
export async function checkTopicSizes(
  connection: KafkaConnection,
  sources: readonly Pick<Source, 'stream' | 'vendor'>[],
  requestBytes: number,
  log: Pick<Log, 'warn' | 'error'>,
): Promise<void> {
  const raw = new Set(sources.map(({ stream, vendor }) => topicOf(stream, rawTopicOf(vendor))));
  const deadLetters = new Set(sources.map(({ stream }) => topicOf(stream, 'dead-letter')));
  let inspected: InspectedTopics;
  try {
    inspected = await inspectTopics({ ...connection, patience: hurried }, [...raw, ...deadLetters]);
  } catch {
    log.warn(
      'Kafka did not say what its topics take: a push that does not fit its topic becomes a dead letter.',
    );
    return;
  }
  const [ofRaw, ofDeadLetters] = [smallestOf(raw, inspected), smallestOf(deadLetters, inspected)];
  const { problems, warnings } = compareSizes(requestBytes, ofRaw, ofDeadLetters);
  for (const message of [...warningsOf(inspected), ...warnings]) log.warn(message);
  for (const message of problems) log.error(message);
}

/** A topic and its `max.message.bytes`. */
interface TopicLimit {
  readonly topic: string;
  readonly bytes: number;
}

/**
 * Whether pushes fit the topics that they go to.
 * @param raw the raw topic that takes the least; null when that is not known, as of `deadLetters`
 */
export function compareSizes(
  requestBytes: number,
  raw: TopicLimit | null,
  deadLetters: TopicLimit | null,
): { problems: string[]; warnings: string[] } {
  const wanted = requestBytes + recordOverheadBytes;
  const lacks = (limit: TopicLimit | null): string[] =>
    limit === null || wanted <= limit.bytes
      ? []
      : [
          `A push of up to ${requestBytes} bytes does not fit ${limit.topic} (max.message.bytes ${limit.bytes}): raise ` +
            `max.message.bytes of the topic to ${wanted}, or lower SLUICE_REQUEST_LIMIT_BYTES to ` +
            `${Math.max(0, limit.bytes - recordOverheadBytes)}.`,
        ];
  return {
    problems: lacks(deadLetters).map((message) => `${message} Until then a larger push is not acknowledged.`),
    warnings: lacks(raw).map((message) => `${message} Until then a larger push becomes a dead letter.`),
  };
}

function smallestOf(names: ReadonlySet<string>, { topics }: InspectedTopics): TopicLimit | null {
  const limits = [...names].flatMap((topic): TopicLimit[] => {
    const bytes = topics.get(topic)?.maxMessageBytes ?? null;
    return bytes === null ? [] : [{ topic, bytes }];
  });
  return limits.sort((a, b) => a.bytes - b.bytes)[0] ?? null;
}

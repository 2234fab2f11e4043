import type { KafkaConnection } from '@sluice/kafka/client';
import { inspectTopics, type InspectedTopics } from '@sluice/kafka/topics-admin';
import { rawTopicOf, recordOverheadBytes, topicOf } from '@sluice/schemas/topics';
import type { Log } from '@sluice/service/log';
import type { Source } from '@sluice/sources/source';
import { warningsOf } from '@sluice/stream/check-topics';

/** How long the start waits for what Kafka says of the topics. */
const patienceMs = 3_000;

/** For an answer soon or none: ingress starts while Kafka is unavailable. */
const hurried = {
  retry: { retries: 0 },
  requestTimeoutMs: patienceMs,
  silentMs: patienceMs,
  adminRetries: 0,
};

/**
 * Compares the largest push with what the topics take, and logs what may lose records. Without an answer of Kafka it
 * says so and returns.
 * @throws when a push that is taken may fit neither its topic nor the dead letters
 */
export async function checkTopicSizes(
  connection: KafkaConnection,
  sources: readonly Pick<Source, 'stream' | 'vendor'>[],
  requestBytes: number,
  log: Pick<Log, 'warn'>,
): Promise<void> {
  const raw = new Set(sources.map(({ stream, vendor }) => topicOf(stream, rawTopicOf(vendor))));
  const deadLetters = new Set(sources.map(({ stream }) => topicOf(stream, 'dead-letter')));
  const inspected = await inspectSoon({ ...connection, patience: hurried }, [...raw, ...deadLetters]);
  if (inspected === null) {
    log.warn(
      'Kafka did not say what its topics take: a push that does not fit its topic becomes a dead letter.',
    );
    return;
  }
  const { problems, warnings } = compareSizes(requestBytes, smallestOf(raw, inspected), smallestOf(deadLetters, inspected)); // prettier-ignore
  for (const message of [...warningsOf(inspected), ...warnings]) log.warn(message);
  if (problems.length > 0) throw new Error(problems.join('\n'));
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
    problems: lacks(deadLetters),
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

/** Null when Kafka does not answer in time. */
async function inspectSoon(
  connection: KafkaConnection,
  names: readonly string[],
): Promise<InspectedTopics | null> {
  const { promise: tooLate, resolve } = Promise.withResolvers<null>();
  const timer = setTimeout(() => resolve(null), patienceMs);
  const inspecting = inspectTopics(connection, names).catch(() => null);
  try {
    return await Promise.race([inspecting, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}

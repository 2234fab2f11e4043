import type { KafkaConnection } from '@sluice/kafka/client';
import { risksOf, riskText } from '@sluice/kafka/topic-risks';
import { inspectTopics, type InspectedTopics } from '@sluice/kafka/topics-admin';
import { recordOverheadBytes, topicOf, type TopicName } from '@sluice/schemas/topics';

export interface CheckedTopics {
  /** A message for each thing that keeps a worker from starting: topics that are missing, or do not fit each other. */
  readonly problems: readonly string[];
  /** A message for each kind of risk; none of them keeps a worker from starting. */
  readonly warnings: readonly string[];
  /**
   * How long each topic keeps its records, in ms, by its full name; infinite where it keeps them permanently. A topic
   * whose settings Kafka does not show is left out.
   */
  readonly retentionMs: ReadonlyMap<string, number>;
  /** The largest batch that each topic takes, in bytes, by its name in the stream; without those that are not known. */
  readonly maxMessageBytes: ReadonlyMap<TopicName, number>;
}

/** Looks at the topics of a stream as they are. */
export async function checkTopics(
  connection: KafkaConnection,
  stream: string,
  names: readonly TopicName[],
): Promise<CheckedTopics> {
  const fullNames = names.map((name) => topicOf(stream, name));
  const inspected = await inspectTopics(connection, fullNames);
  const missing = fullNames
    .filter((name) => !inspected.topics.has(name))
    .map((name) => `Topic ${name} is missing: run "sluice topics apply --stream ${stream}" first.`);
  const { problems, warnings } = checkDeadLetters(inspected, topicOf(stream, 'dead-letter'));
  const retentionMs = [...inspected.topics].flatMap(([name, topic]): [string, number][] =>
    topic.retentionMs === null ? [] : [[name, topic.retentionMs]],
  );
  const maxMessageBytes = names.flatMap((name): [TopicName, number][] => {
    const bytes = inspected.topics.get(topicOf(stream, name))?.maxMessageBytes ?? null;
    return bytes === null ? [] : [[name, bytes]];
  });
  return {
    problems: [...missing, ...problems],
    warnings: [...warningsOf(inspected), ...warnings],
    retentionMs: new Map(retentionMs),
    maxMessageBytes: new Map(maxMessageBytes),
  };
}

/** What a service says of its topics when it starts: one line for each kind. */
export function warningsOf({ topics, brokers, unread }: InspectedTopics): string[] {
  const unknown =
    unread === null
      ? []
      : [
          `${unread.message} Sizes, retention and min.insync.replicas of the topics are not checked: compare them with ` +
            `"sluice topics apply --dry-run", run by a user with this operation.`,
        ];
  return [...unknown, ...risksOf(topics, brokers).map(riskText)];
}

/**
 * Whether the dead-letter topic takes the records of the others. It gets them with an envelope: where its limit is no
 * larger than theirs, the largest records block their partition.
 */
function checkDeadLetters(
  { topics }: InspectedTopics,
  deadLetters: string,
): { problems: string[]; warnings: string[] } {
  const limit = topics.get(deadLetters)?.maxMessageBytes ?? null;
  const others = [...topics].filter(([name]) => name !== deadLetters);
  const [name, largest] = others.reduce<readonly [string, number]>(
    (most, [other, { maxMessageBytes }]) =>
      maxMessageBytes !== null && maxMessageBytes > most[1] ? [other, maxMessageBytes] : most,
    ['', 0],
  );
  if (limit === null || largest + recordOverheadBytes <= limit) return { problems: [], warnings: [] };
  const message =
    `A record of ${largest} bytes, which ${name} takes, does not fit the dead-letter topic (max.message.bytes ${limit}) ` +
    `with its envelope: raise max.message.bytes of ${deadLetters} to ${largest + recordOverheadBytes}.`;
  return largest > limit ? { problems: [message], warnings: [] } : { problems: [], warnings: [message] };
}

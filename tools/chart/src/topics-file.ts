import { topics, type TopicName } from '@sluice/schemas/topics';

const groupOf = (name: TopicName): string =>
  name.startsWith('raw.') ? 'raw' : name === 'dead-letter' ? 'dead-letter' : 'canonical';

/** The list of topics as the chart reads it, to write KafkaTopics. */
export function topicsFile(): object {
  return {
    topics: (Object.keys(topics) as TopicName[]).map((name) => {
      const { partitions, maxMessageBytes } = topics[name];
      return { name, group: groupOf(name), partitions, maxMessageBytes };
    }),
  };
}

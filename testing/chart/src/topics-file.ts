import { type TopicName, topicSettings } from '@sluice/schemas/topics';
import { allTopics } from '@sluice/vendors/topics';

const groupOf = (name: TopicName): string =>
  name.startsWith('raw.') ? 'raw' : name === 'dead-letter' ? 'dead-letter' : 'canonical';

/** The list of topics as the chart reads it, to write KafkaTopics. */
export function topicsFile(): object {
  return {
    topics: allTopics.map((name) => {
      const { partitions, maxMessageBytes } = topicSettings(name);
      return { name, group: groupOf(name), partitions, maxMessageBytes };
    }),
  };
}

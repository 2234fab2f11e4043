import kafkajs, { type ConfigEntries } from 'kafkajs';
import type { TopicSetting } from '../admin-client.ts';

/**
 * All settings that a topic must have of its own so that the wanted ones hold and the others stay.
 * kafkajs (2.2.4) has no IncrementalAlterConfigs, and AlterConfigs resets each setting that it is not sent.
 * @param found the topic's settings as DescribeConfigs shows them
 * @throws an error about a setting of the topic whose value Kafka does not show: it would be lost
 */
export function settingsToSend(
  topic: string,
  found: readonly Pick<ConfigEntries, 'configName' | 'configValue' | 'configSource' | 'isSensitive'>[],
  wanted: readonly TopicSetting[],
): TopicSetting[] {
  const others = found.filter(
    ({ configName, configSource }) =>
      configSource === kafkajs.ConfigSource.TOPIC_CONFIG && wanted.every(({ name }) => name !== configName),
  );
  const hidden = others.find(({ isSensitive }) => isSensitive);
  if (hidden)
    throw new Error(
      `Topic ${topic} has the setting ${hidden.configName}, whose value Kafka does not show and this command would reset: ` +
        `set ${wanted.map(({ name, value }) => `${name}=${value}`).join(', ')} with Kafka's kafka-configs instead.`,
    );
  return [
    ...wanted,
    ...others.map(({ configName, configValue }) => ({ name: configName, value: configValue })),
  ];
}

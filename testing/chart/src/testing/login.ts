import type { KafkaConnection } from '@sluice/kafka/client';
import { findTopics } from '@sluice/kafka/topics-admin';
import { kafkaConnectionOf, kafkaShape } from '@sluice/service/kafka-settings';
import { readConfig } from '@sluice/service/read-config';

/** How a service connects with these settings. @param messages gets what its log would have */
export function connectWith(env: Record<string, string | undefined>, messages: string[]): KafkaConnection {
  const say = (message: string): void => void messages.push(message);
  return kafkaConnectionOf(readConfig(kafkaShape, env), 'test', {
    log: { warn: say, error: say },
    telemetry: { count: () => undefined },
  });
}

/** For what is to fail. */
export const impatient: Pick<KafkaConnection, 'patience'> = {
  patience: { retry: { retries: 0 }, requestTimeoutMs: 5_000, silentMs: 5_000, adminRetries: 0 },
};

/** A topic's name, when the broker shows it to who asks. */
export const seenBy = async (connection: KafkaConnection, topic: string): Promise<string[]> => [
  ...(await findTopics(connection, [topic])).keys(),
];

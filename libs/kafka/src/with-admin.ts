import { setTimeout as delay } from 'node:timers/promises';
import kafkajs, { type Admin } from 'kafkajs';
import { patienceOf, type KafkaConnection, type KafkaPatience } from './client.ts';
import { connectKafka } from './kafkajs/connect-kafka.ts';

const {
  KafkaJSAggregateError,
  KafkaJSConnectionError,
  KafkaJSNumberOfRetriesExceeded,
  KafkaJSProtocolError,
} = kafkajs;

/** Before the first retry; each one waits twice as long. */
const firstRetryAfterMs = 100;

/**
 * Runs work with an admin client of its own, again from its start after a transient failure: the work must be
 * idempotent. kafkajs (2.2.4) gives most of an admin's requests up with the first connection that breaks, with the
 * first broker that does not lead (yet, or no longer), and with the first one that has not heard of a topic.
 * @throws what the last run threw
 */
export async function withAdmin<T>(
  connection: KafkaConnection,
  work: (admin: Admin) => Promise<T>,
  patience: Partial<KafkaPatience> = {},
): Promise<T> {
  const { adminRetries } = patienceOf(connection, patience);
  for (let time = 0; ; time += 1) {
    const admin = connectKafka(connection, patience).admin();
    try {
      await admin.connect();
      return await work(admin);
    } catch (error) {
      if (time === adminRetries || !isTransient(error)) throw error;
      await delay(firstRetryAfterMs * 2 ** time);
    } finally {
      await admin.disconnect().catch(() => undefined);
    }
  }
}

const transientTypes = new Set([
  'NOT_LEADER_FOR_PARTITION',
  'LEADER_NOT_AVAILABLE',
  // Brokers learn of a new topic, and of a deleted one, some time after the controller answered.
  'UNKNOWN_TOPIC_OR_PARTITION',
  // The coordinator of a group moves, or its broker has just started.
  'GROUP_LOAD_IN_PROGRESS',
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'NOT_COORDINATOR_FOR_GROUP',
  // Another process created the topic since the topics were listed.
  'TOPIC_ALREADY_EXISTS',
]);

/** Whether the same work may succeed a moment later. */
function isTransient(error: unknown): boolean {
  if (error instanceof KafkaJSAggregateError) return error.errors.every(isTransient);
  if (error instanceof KafkaJSNumberOfRetriesExceeded) return isTransient(error.cause);
  if (error instanceof KafkaJSProtocolError) return transientTypes.has(error.type);
  // kafkajs reads metadata that did not come.
  return error instanceof KafkaJSConnectionError || error instanceof TypeError;
}

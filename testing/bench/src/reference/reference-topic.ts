import { applyTopics, deleteTopics } from '@sluice/kafka/topics-admin';
import type { BenchRun } from '../bench-run.ts';

/** As many as a raw topic has. */
export const referencePartitions = 6;

/** Creates the topic that the reference programs of a run write to. @returns its full name */
export async function createReferenceTopic({
  endpoints,
  stream,
  cleanups,
}: Pick<BenchRun, 'endpoints' | 'stream' | 'cleanups'>): Promise<string> {
  const connection = { brokers: endpoints.kafkaBrokers, clientId: 'sluice-bench' };
  const name = `${stream}.reference`;
  const sizes = { replicas: 1, retentionMs: 3_600_000, maxMessageBytes: 4 * 1024 * 1024 };
  cleanups.add(() => deleteTopics(connection, [name]));
  await applyTopics(connection, [{ name, partitions: referencePartitions, ...sizes }]);
  return name;
}

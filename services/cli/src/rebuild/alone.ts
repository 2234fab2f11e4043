import type { KafkaConnection } from '@sluice/kafka/client';
import { holdGroup, type HeldGroup } from '@sluice/kafka/hold-group';
import { isTopic } from '@sluice/kafka/topics-admin';
import { topicOf } from '@sluice/schemas/topics';

export type SinkName = 'sink-clickhouse' | 'sink-elasticsearch';

/**
 * Runs a rebuild of a store as the only one of the stream: another would take what it fills for a leftover. Whoever
 * holds the group is alive, or died less than half a minute ago.
 * @throws one sentence when another rebuild or a migration of the store runs
 */
export async function rebuildAlone(
  connection: KafkaConnection,
  stream: string,
  sink: SinkName,
  work: (isAlone: () => Promise<boolean>) => Promise<void>,
): Promise<void> {
  const held = await hold(connection, stream, sink);
  if (!held)
    throw new Error(
      `Another rebuild of this store runs for ${stream}: wait until it has ended, then run it again.`,
    );
  try {
    await work(() => held.isHeld());
  } finally {
    await held.release();
  }
}

/**
 * Migrates a store while no rebuild of it runs: the rebuild would refuse its swap, hours later.
 * @throws one sentence when one runs
 */
export async function withoutRebuild<T>(
  connection: KafkaConnection,
  stream: string,
  sink: SinkName,
  work: () => Promise<T>,
): Promise<T> {
  // Before the first release there is no topic yet, and nothing to rebuild.
  if (!(await isTopic(connection, lockTopicOf(stream)))) return work();
  const held = await hold(connection, stream, sink);
  if (!held)
    throw new Error(
      `A rebuild of this store (${sink}) runs for ${stream}: migrate when it has ended, or end it with Ctrl-C.`,
    );
  try {
    return await work();
  } finally {
    await held.release();
  }
}

function hold(connection: KafkaConnection, stream: string, sink: SinkName): Promise<HeldGroup | null> {
  return holdGroup(connection, `${stream}.rebuild.${sink}`, lockTopicOf(stream));
}

/** A member of a group needs a topic, though it reads none of it. */
const lockTopicOf = (stream: string): string => topicOf(stream, 'dead-letter');

import type { KafkaConnection } from '@sluice/kafka/client';
import { leaseGroup, type GroupLease } from '@sluice/kafka/group-lease';
import { isTopic } from '@sluice/kafka/topics-admin';
import { topicOf } from '@sluice/schemas/topics';
import type { SinkService } from '../sinks.ts';

/** What is held while a store is rebuilt. */
export interface RebuildLock {
  readonly connection: KafkaConnection;
  readonly stream: string;
  readonly sink: SinkService;
  /** How long after its death the holder counts as alive. Default: 30 s. */
  readonly sessionTimeoutMs?: number;
}

/**
 * Runs a rebuild of a store as the only one of the stream: another one would remove its tables as orphans. Anybody who
 * holds the group is alive, or died less than its session timeout ago.
 * @throws an error when another rebuild or a migration of the store runs
 */
export async function rebuildAlone(
  lock: RebuildLock,
  work: (isAlone: () => Promise<boolean>) => Promise<void>,
): Promise<void> {
  const held = await hold(lock);
  if (!held)
    throw new Error(
      `Another rebuild of this store runs for ${lock.stream}: wait until it has ended, then run it again.`,
    );
  try {
    await work(() => held.isHeld());
  } finally {
    await held.release();
  }
}

/**
 * Migrates a store while no rebuild of it runs: the rebuild would refuse its swap, hours later.
 * @throws an error when one runs
 */
export async function withoutRebuild<T>(
  connection: KafkaConnection,
  stream: string,
  sink: SinkService,
  work: () => Promise<T>,
): Promise<T> {
  // Before the first release there is no topic yet, and nothing to rebuild.
  if (!(await isTopic(connection, lockTopicOf(stream)))) return work();
  const held = await hold({ connection, stream, sink });
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

function hold({ connection, stream, sink, sessionTimeoutMs }: RebuildLock): Promise<GroupLease | null> {
  return leaseGroup(connection, `${stream}.rebuild.${sink}`, lockTopicOf(stream), sessionTimeoutMs);
}

/** A member of a group needs a topic, though it reads none of it. */
const lockTopicOf = (stream: string): string => topicOf(stream, 'dead-letter');

import { setTimeout as pause } from 'node:timers/promises';
import { withAdmin } from './admin.ts';
import type { KafkaConnection } from './client.ts';
import { deleteGroup } from './commit-alone.ts';
import { joinIdle } from './join-idle.ts';

export interface GroupLease {
  /** False when the lease was lost, which a long pause of this process can cause. */
  isHeld(): Promise<boolean>;
  /** Ends the lease. */
  release(): Promise<void>;
}

/**
 * Makes this process the only member of a consumer group: a lock that ends one session timeout
 * after its holder was killed. Nothing is consumed.
 * @param topic any that exists; members need one
 * @param sessionTimeoutMs how long after its death a process still counts as a member; brokers require 6,000 ms or more
 * @returns null when another process holds it for longer than a killed one would
 * @throws one message when the group cannot be joined; kafkajs finds no coordinator for a group that this user may not use
 */
export async function leaseGroup(
  connection: KafkaConnection,
  groupId: string,
  topic: string,
  sessionTimeoutMs = 30_000,
): Promise<GroupLease | null> {
  try {
    return await acquire(connection, groupId, topic, sessionTimeoutMs);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(
      `The consumer group ${groupId} cannot be joined (${why}): ` +
        'check that all brokers are up, and that this user may read, describe and delete the group.',
      { cause: error },
    );
  }
}

async function acquire(
  connection: KafkaConnection,
  groupId: string,
  topic: string,
  sessionTimeoutMs: number,
): Promise<GroupLease | null> {
  if (!(await untilEmpty(connection, groupId, sessionTimeoutMs + 5_000))) return null;
  const member = await joinIdle(connection, { groupId, topic, sessionTimeoutMs });
  const release = async (): Promise<void> => {
    await member.leave();
    // Of several processes that leave at once, one deletes it.
    await deleteGroup(connection, groupId).catch(() => undefined);
  };
  try {
    if ((await membersOf(connection, groupId)).length === 1)
      return { release, isHeld: () => isOnlyMember(connection, groupId, member.memberId()) };
  } catch (error) {
    await release();
    throw error;
  }
  // Another process joined at the same moment: both leave.
  await release();
  return null;
}

const membersOf = (connection: KafkaConnection, groupId: string): Promise<string[]> =>
  withAdmin(connection, (admin) => admin.members(groupId));

/** @returns false when the group still has a member after that time */
async function untilEmpty(connection: KafkaConnection, groupId: string, withinMs: number): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while ((await membersOf(connection, groupId)).length > 0) {
    if (performance.now() > deadline) return false;
    await pause(200);
  }
  return true;
}

async function isOnlyMember(connection: KafkaConnection, groupId: string, ownId: string): Promise<boolean> {
  // A member that the coordinator removed joins again within seconds.
  const until = performance.now() + 10_000;
  while (performance.now() < until) {
    const ids = await membersOf(connection, groupId);
    if (ids.length > 0) return ids.length === 1 && ids[0] === ownId;
    await pause(200);
  }
  return false;
}

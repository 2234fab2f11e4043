import { withAdmin } from './admin.ts';
import type { KafkaConnection } from './client.ts';
import type { OffsetToCommit } from './idle-member.ts';
import { joinIdle } from './join-idle.ts';

export type { OffsetToCommit } from './idle-member.ts';

/**
 * Commits offsets of one topic for a group that has no members but this process, for as long as that takes.
 * @param offsets one at least, all of the same topic
 * @param withinMs how long joining and committing may take
 * @throws when the group cannot be joined in time, or an offset is not committed afterwards
 */
export async function commitAlone(
  connection: KafkaConnection,
  groupId: string,
  offsets: readonly [OffsetToCommit, ...OffsetToCommit[]],
  withinMs = 30_000,
): Promise<void> {
  const { topic } = offsets[0];
  const member = await joinIdle(connection, { groupId, topic, sessionTimeoutMs: 30_000 }, withinMs);
  try {
    await member.commit(offsets);
  } finally {
    await member.leave();
  }
  // A client may return without an error when it has not committed.
  const found = await withAdmin(connection, (admin) => admin.committed(groupId, [topic]));
  for (const { partition, offset, metadata } of offsets) {
    const committed = found.get(topic)?.get(partition);
    if (committed?.offset !== BigInt(offset) || committed.metadata !== metadata)
      throw new Error(`The group ${groupId} did not accept offset ${offset} of ${topic}/${partition}.`);
  }
}

/** Deletes a group that has no members, if it is there. */
export async function deleteGroup(connection: KafkaConnection, groupId: string): Promise<void> {
  await withAdmin(connection, (admin) => admin.deleteGroups([groupId]));
}

import type { KafkaConnection } from './client.ts';
import type { IdleMember, IdleMemberOptions } from './idle-member.ts';
import { joinIdleKafkajs } from './kafkajs/idle-member.ts';
import { joinIdlePlatformatic } from './platformatic/idle-member.ts';

/**
 * Joins a group.
 * @param withinMs how long that may take. Default: as long as the client tries
 * @throws when the group cannot be joined, or not in time
 */
export async function joinIdle(
  connection: KafkaConnection,
  options: IdleMemberOptions,
  withinMs?: number,
): Promise<IdleMember> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer =
    withinMs === undefined
      ? undefined
      : setTimeout(
          () => reject(new Error(`The group ${options.groupId} could not be joined within ${withinMs} ms.`)),
          withinMs,
        );
  const join = connection.client === 'platformatic' ? joinIdlePlatformatic : joinIdleKafkajs;
  try {
    return await join(connection, options, late);
  } finally {
    clearTimeout(timer);
  }
}

import type { KafkaConnection } from '../client.ts';
import { rebalanceTimeoutMs } from '../consumer-options.ts';
import type { IdleMember, IdleMemberOptions } from '../idle-member.ts';
import { Membership, type Generation } from './membership.ts';

/** `joinIdle` on @platformatic/kafka. @param late rejects when it has taken too long */
export async function joinIdlePlatformatic(
  connection: KafkaConnection,
  { groupId, topic, sessionTimeoutMs }: IdleMemberOptions,
  late: Promise<never>,
): Promise<IdleMember> {
  let generation: Generation = { memberId: '', id: -1 };
  const { promise: joined, resolve, reject } = Promise.withResolvers<undefined>();
  const membership = await Membership.open(connection, {
    ...{ groupId, topics: [topic], sessionTimeoutMs, rebalanceTimeoutMs },
    onJoined: (_partitions, joinedAs) => {
      generation = joinedAs;
      resolve(undefined);
    },
    onRejoining: () => undefined,
    onHeartbeat: () => undefined,
    onFatalError: reject,
  });
  membership.join();
  try {
    await Promise.race([joined, late]);
  } catch (error) {
    await membership.leave();
    throw error;
  }
  return {
    memberId: () => generation.memberId,
    async commit(offsets) {
      for (const { offset, metadata, ...place } of offsets)
        await membership.commit(generation, place, Number(offset), metadata);
    },
    leave: () => membership.leave(),
  };
}

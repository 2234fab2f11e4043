import type { KafkaConnection } from '../client.ts';
import type { IdleMember, IdleMemberOptions } from '../idle-member.ts';
import { connectKafka } from './connect-kafka.ts';

/** `joinIdle` on kafkajs. @param late rejects when it has taken too long */
export async function joinIdleKafkajs(
  connection: KafkaConnection,
  { groupId, topic, sessionTimeoutMs }: IdleMemberOptions,
  late: Promise<never>,
): Promise<IdleMember> {
  const consumer = connectKafka(connection).consumer({
    groupId,
    sessionTimeout: sessionTimeoutMs,
    heartbeatInterval: sessionTimeoutMs / 10,
    // A consumer ends when its fetch has; nothing is waited for here.
    maxWaitTimeInMs: 100,
    allowAutoTopicCreation: false,
  });
  let memberId = '';
  const { promise: joined, resolve, reject } = Promise.withResolvers<undefined>();
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    memberId = payload.memberId;
    // Heartbeats continue; nothing is fetched.
    consumer.pause([{ topic }]);
    resolve(undefined);
  });
  consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
  const run = async (): Promise<void> => {
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: false });
    await consumer.run({ autoCommit: false, eachBatch: () => Promise.resolve() });
    await joined;
  };
  try {
    await Promise.race([run(), late]);
  } catch (error) {
    await consumer.disconnect();
    throw error;
  }
  return {
    memberId: () => memberId,
    commit: (offsets) => consumer.commitOffsets([...offsets]),
    leave: () => consumer.disconnect(),
  };
}

import { setTimeout as pause } from 'node:timers/promises';
import type { Admin, Consumer, Kafka } from 'kafkajs';
import type { KafkaConnection } from './client.ts';
import { connectKafka } from './kafkajs/connect-kafka.ts';

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
  const kafka = connectKafka(connection);
  const admin = kafka.admin();
  try {
    await admin.connect();
    return await acquire(kafka, admin, groupId, topic, sessionTimeoutMs);
  } catch (error) {
    // An open connection would keep the process alive.
    await admin.disconnect();
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(
      `The consumer group ${groupId} cannot be joined (${why}): ` +
        'check that all brokers are up, and that this user may read, describe and delete the group.',
      { cause: error },
    );
  }
}

async function acquire(
  kafka: Kafka,
  admin: Admin,
  groupId: string,
  topic: string,
  sessionTimeoutMs: number,
): Promise<GroupLease | null> {
  if (!(await untilEmpty(admin, groupId, sessionTimeoutMs + 5_000))) {
    await admin.disconnect();
    return null;
  }
  const consumer = kafka.consumer({
    groupId,
    sessionTimeout: sessionTimeoutMs,
    heartbeatInterval: sessionTimeoutMs / 10,
    maxWaitTimeInMs: 500,
    allowAutoTopicCreation: false,
  });
  let ownId = '';
  const release = async (): Promise<void> => {
    await consumer.disconnect();
    // Of several processes that leave at once, one deletes it.
    await admin.deleteGroups([groupId]).catch(() => undefined);
    await admin.disconnect();
  };
  try {
    await joinIdle(consumer, topic, (memberId) => (ownId = memberId));
    if ((await membersOf(admin, groupId)).length === 1)
      return { release, isHeld: () => isOnlyMember(admin, groupId, ownId) };
  } catch (error) {
    await release();
    throw error;
  }
  // Another process joined at the same moment: both leave.
  await release();
  return null;
}

/** Joins the group of a consumer, and stays in it. Nothing is fetched. */
async function joinIdle(
  consumer: Consumer,
  topic: string,
  onJoin: (memberId: string) => void,
): Promise<void> {
  const { promise: joined, resolve, reject } = Promise.withResolvers<undefined>();
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    onJoin(payload.memberId);
    // Heartbeats continue; nothing is fetched.
    consumer.pause([{ topic }]);
    resolve(undefined);
  });
  consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: false });
  await consumer.run({ autoCommit: false, eachBatch: () => Promise.resolve() });
  await joined;
}

async function membersOf(admin: Admin, groupId: string): Promise<string[]> {
  const { groups } = await admin.describeGroups([groupId]);
  return groups[0]?.members.map(({ memberId }) => memberId) ?? [];
}

/** @returns false when the group still has a member after that time */
async function untilEmpty(admin: Admin, groupId: string, withinMs: number): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while ((await membersOf(admin, groupId)).length > 0) {
    if (performance.now() > deadline) return false;
    await pause(200);
  }
  return true;
}

async function isOnlyMember(admin: Admin, groupId: string, ownId: string): Promise<boolean> {
  // A member that the coordinator removed joins again within seconds.
  const until = performance.now() + 10_000;
  while (performance.now() < until) {
    const ids = await membersOf(admin, groupId);
    if (ids.length > 0) return ids.length === 1 && ids[0] === ownId;
    await pause(200);
  }
  return false;
}

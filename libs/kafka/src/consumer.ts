import type { Consumer, Kafka } from 'kafkajs';
import type { KafkaConnection } from './client.ts';
import { connectKafka } from './kafkajs/connect-kafka.ts';
import type { BatchControl, PartitionBatch } from './consumed.ts';
import { GroupMember } from './kafkajs/group-member.ts';
import { createLagLook, type PartitionLag } from './partition-lags.ts';
import { createPartitionPauses } from './kafkajs/partition-pauses.ts';
import { watchSilence } from './watch-silence.ts';

export type { BatchControl, ConsumedRecord, PartitionBatch } from './consumed.ts';

export interface ConsumerOptions {
  readonly groupId: string;
  readonly topics: readonly string[];
  /** Where to start, instead of the committed offset or the oldest record. */
  readonly startAt?: readonly {
    readonly topic: string;
    readonly partition: number;
    readonly offset: string;
  }[];
  /** How many partitions are worked on at once. */
  readonly partitionsAtOnce: number;
  readonly maxBytesPerPartition: number;
  /** How long a fetch may wait for a first byte, in ms. */
  readonly maxWaitMs: number;
  readonly sessionTimeoutMs: number;
  /**
   * Works on a batch; nothing is committed but by `control.done`. Returning early leaves the rest for the
   * next fetch. Throwing makes the consumer join its group again: what `control` throws should get here.
   */
  readonly onBatch: (batch: PartitionBatch, control: BatchControl) => Promise<void>;
  /**
   * Fatal after this many ms without a successful fetch or heartbeat, while Kafka answers other clients.
   * Default: the longest join plus one session timeout.
   */
  readonly silentMs?: number;
  /** The group was joined: these partitions are this member's, by topic, until the next call. */
  readonly onAssigned?: (partitions: Readonly<Record<string, readonly number[]>>) => void;
  /** The consumer cannot continue: the process must end. */
  readonly onFatalError: (error: Error) => void;
}

export interface RunningConsumer {
  /**
   * How far this member is behind in each of its partitions, whether or not they are fetched.
   * @throws when Kafka does not answer within 10 s
   */
  lags(): Promise<PartitionLag[]>;
  /** Waits for the batches in flight, leaves the group, disconnects. */
  stop(): Promise<void>;
}

/** How long the group may keep a member waiting that joins, in ms. */
const rebalanceTimeoutMs = 60_000;

/**
 * Joins a group and hands out batches until stopped. New groups start at the oldest record, and so do
 * partitions added later and expired offsets: nothing is skipped silently.
 */
export async function runConsumer(
  connection: KafkaConnection,
  options: ConsumerOptions,
): Promise<RunningConsumer> {
  const kafka = connectKafka(connection);
  const admin = kafka.admin();
  const consumer = openConsumer(kafka, options);
  const watch = watchConsumer(consumer, connection, options);
  await admin.connect();
  await consumer.connect();
  await consumer.subscribe({ topics: [...options.topics], fromBeginning: true });
  const { groupId, onBatch } = options;
  const member = new GroupMember({ admin, groupId, onBatch, pauses: createPartitionPauses(consumer) });
  const lagLook = createLagLook(connection, options.groupId);
  consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
    if (payload.batchSize === 0) lagLook.passedOver(payload);
  });
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    member.joined();
    lagLook.assigned(payload.memberAssignment);
    options.onAssigned?.(payload.memberAssignment);
  });
  await consumer.run({
    autoCommit: false,
    eachBatchAutoResolve: false,
    partitionsConsumedConcurrently: options.partitionsAtOnce,
    eachBatch: (payload) => member.run(payload),
  });
  for (const start of options.startAt ?? []) consumer.seek(start);
  return {
    lags: () => lagLook.look(),
    async stop() {
      watch.stop();
      await member.stop();
      await consumer.disconnect();
      await admin.disconnect();
    },
  };
}

function openConsumer(kafka: Kafka, options: ConsumerOptions): Consumer {
  const consumer = kafka.consumer({
    groupId: options.groupId,
    sessionTimeout: options.sessionTimeoutMs,
    rebalanceTimeout: rebalanceTimeoutMs,
    heartbeatInterval: Math.floor(options.sessionTimeoutMs / 10),
    maxWaitTimeInMs: options.maxWaitMs,
    maxBytesPerPartition: options.maxBytesPerPartition,
    allowAutoTopicCreation: false,
    // How soon partitions that were added are seen.
    metadataMaxAge: 30_000,
    // After the last retry the consumer restarts and looks up its coordinator again.
    retry: { initialRetryTime: 100, maxRetryTime: 5_000, retries: 6 },
  });
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    if (!payload.restart) options.onFatalError(payload.error);
  });
  return consumer;
}

function watchConsumer(
  consumer: Consumer,
  connection: KafkaConnection,
  { sessionTimeoutMs, silentMs = rebalanceTimeoutMs + sessionTimeoutMs, onFatalError }: ConsumerOptions,
) {
  const watch = watchSilence(connection, silentMs, onFatalError);
  consumer.on(consumer.events.FETCH, watch.heard);
  consumer.on(consumer.events.HEARTBEAT, watch.heard);
  return watch;
}

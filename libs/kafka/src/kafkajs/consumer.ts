import type { Consumer, Kafka } from 'kafkajs';
import type { KafkaConnection } from '../client.ts';
import {
  rebalanceTimeoutMs,
  silentMsOf,
  type ConsumerOptions,
  type RunningConsumer,
} from '../consumer-options.ts';
import { createLagLook } from '../partition-lags.ts';
import { watchSilence } from '../watch-silence.ts';
import { connectKafka } from './connect-kafka.ts';
import { GroupMember } from './group-member.ts';
import { createPartitionPauses } from './partition-pauses.ts';

/** No fetch waits longer, in ms: heartbeats are sent between fetches, and a stop waits for the last one. */
const mostWaitMs = 1_000;

/** `runConsumer` on kafkajs. */
export async function runKafkajsConsumer(
  connection: KafkaConnection,
  options: ConsumerOptions,
): Promise<RunningConsumer> {
  const kafka = connectKafka(connection);
  const consumer = openConsumer(kafka, options);
  const watch = watchConsumer(consumer, connection, options);
  await consumer.connect();
  await consumer.subscribe({ topics: [...options.topics], fromBeginning: true });
  const { groupId, onBatch } = options;
  const member = new GroupMember({ connection, groupId, onBatch, pauses: createPartitionPauses(consumer) });
  const lagLook = createLagLook(connection, options.groupId);
  consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
    if (payload.batchSize === 0) lagLook.passedOver(payload);
  });
  let toSeek = options.startAt ?? [];
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    // Here and not after `run`: that ends too when it could not join, and joins again later.
    for (const start of toSeek) consumer.seek(start);
    toSeek = [];
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
  return {
    lags: () => lagLook.look(),
    async stop() {
      watch.stop();
      await member.stop();
      await consumer.disconnect();
    },
  };
}

function openConsumer(kafka: Kafka, options: ConsumerOptions): Consumer {
  const consumer = kafka.consumer({
    groupId: options.groupId,
    sessionTimeout: options.sessionTimeoutMs,
    rebalanceTimeout: rebalanceTimeoutMs,
    heartbeatInterval: Math.floor(options.sessionTimeoutMs / 10),
    maxWaitTimeInMs: Math.min(options.maxWaitMs, mostWaitMs),
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

function watchConsumer(consumer: Consumer, connection: KafkaConnection, options: ConsumerOptions) {
  const watch = watchSilence(connection, silentMsOf(options), options.onFatalError);
  consumer.on(consumer.events.FETCH, watch.heard);
  consumer.on(consumer.events.HEARTBEAT, watch.heard);
  return watch;
}

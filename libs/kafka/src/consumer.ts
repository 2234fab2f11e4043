import type { KafkaConnection } from './client.ts';
import type { ConsumerOptions, RunningConsumer } from './consumer-options.ts';
import { runKafkajsConsumer } from './kafkajs/consumer.ts';
import { runPlatformaticConsumer } from './platformatic/consumer.ts';

export type { BatchControl, ConsumedRecord, PartitionBatch } from './consumed.ts';
export type { ConsumerOptions, RunningConsumer } from './consumer-options.ts';

/**
 * Joins a group and hands out batches until stopped. New groups start at the oldest record, and so do
 * partitions added later and expired offsets: nothing is skipped silently.
 */
export function runConsumer(connection: KafkaConnection, options: ConsumerOptions): Promise<RunningConsumer> {
  return connection.client === 'platformatic'
    ? runPlatformaticConsumer(connection, options)
    : runKafkajsConsumer(connection, options);
}

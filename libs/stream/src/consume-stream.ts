import { runConsumer, type ConsumedRecord } from '@sluice/kafka/consumer';
import { repeat } from '@sluice/service/repeat';
import { PartitionWorker } from './partition-worker.ts';
import type { StreamOptions } from './stream-options.ts';

/** A consume loop that runs. */
export interface RunningStream {
  /** Finishes the chunks in flight, commits them, leaves the group. */
  stop(): Promise<void>;
  /**
   * Lets `stop` resolve although chunks are in flight.
   * @returns for each of them a message that says what is processed again
   */
  abort(): string[];
}

/** How long a fetch waits for a first record, in ms. Each fetch costs an idle process a little CPU. */
const idleWaitMs = 5_000;
/** How often is looked where the logs end, in ms. */
const lookEveryMs = 10_000;

/**
 * The one consume loop: chunk → handle → commit. `PartitionWorker` has its steps; here it is wired to Kafka.
 * The offset is committed last, and only behind records that have ended; a chunk that cannot be finished, or takes long,
 * blocks its partition alone: the work on it continues aside, while the others are fetched and worked on.
 * What blocks it is in the commit metadata (`Blockage`), and an operator may have it skipped.
 */
export async function consumeStream(options: StreamOptions): Promise<RunningStream> {
  const worker = new PartitionWorker(options);
  const consumer = await runConsumer(options.connection, {
    groupId: options.groupId,
    topics: options.topics,
    partitionsAtOnce: options.partitionsAtOnce,
    maxBytesPerPartition: options.chunk.maxBytes,
    maxWaitMs: idleWaitMs,
    sessionTimeoutMs: options.sessionTimeoutMs,
    onBatch: (batch, control) => worker.work(batch, control),
    onAssigned(partitions) {
      worker.assign(partitions);
      options.on.assigned(partitions);
    },
    onFatalError: (error) => options.on.fatalError(error),
  });
  const looks = repeat(lookEveryMs, async () => {
    const atMs = Date.now();
    // Kafka is unavailable, and the consumer sees to that: what was known continues.
    const lags = await consumer.lags().catch(() => []);
    for (const { topic, partition, records } of lags) options.on.looked(topic, partition, records, atMs);
  });
  const aborted = Promise.withResolvers<undefined>();
  return {
    async stop() {
      // A look may wait for Kafka; the stop does not wait for the look.
      void looks.stop();
      await Promise.race([consumer.stop(), aborted.promise]);
    },
    abort() {
      aborted.resolve(undefined);
      return worker.inFlight().map(doneAgain);
    },
  };
}

function doneAgain(chunk: readonly ConsumedRecord[]): string {
  const { topic = '', partition = 0, offset = '' } = chunk[0] ?? {};
  return `${topic}/${partition}: ${chunk.length} records from offset ${offset} on are not committed. Another process processes them again, with the same ids.`;
}

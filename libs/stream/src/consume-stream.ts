import {
  runConsumer,
  type BatchControl,
  type ConsumedRecord,
  type PartitionBatch,
  type RunningConsumer,
} from '@sluice/kafka/consumer';
import type { KafkaConnection } from '@sluice/kafka/client';
import { backoffMs } from './backoff.ts';
import { chunksOf, type ChunkBounds } from './chunks-of.ts';

export interface StreamOptions {
  readonly connection: KafkaConnection;
  readonly groupId: string;
  /** Full names. */
  readonly topics: readonly string[];
  readonly partitionsAtOnce: number;
  readonly chunk: ChunkBounds;
  /** How long a member may be silent before its partitions go to others, in ms. */
  readonly sessionTimeoutMs: number;
  /**
   * Works on some records of one partition, in order, and resolves when each has ended in an outcome that is
   * durable. What it throws is about a server or unknown: the same records are handed in again, later, and
   * the partition is held until then. Errors about one record are outcomes, not exceptions.
   */
  readonly handle: (records: readonly ConsumedRecord[]) => Promise<void>;
  readonly on: StreamEvents;
}

export interface StreamEvents {
  /** A chunk could not be finished; it is tried again after `waitMs`. */
  held(error: unknown, about: { topic: string; partition: number; attempt: number; waitMs: number }): void;
  /** How far behind the end of the log a partition is, in records. */
  lag(topic: string, partition: number, records: number): void;
  /** The consumer is dead: the process must end. */
  dead(error: Error): void;
}

/**
 * The one consume loop: chunk → handle → commit. The offset is committed last, and only behind records that
 * have ended; a chunk that cannot be finished holds its partition, with heartbeats, for as long as it takes.
 */
export function consumeStream(options: StreamOptions): Promise<RunningConsumer> {
  return runConsumer(options.connection, {
    groupId: options.groupId,
    topics: options.topics,
    partitionsAtOnce: options.partitionsAtOnce,
    maxBytesPerPartition: options.chunk.maxBytes,
    maxWaitMs: 250,
    sessionTimeoutMs: options.sessionTimeoutMs,
    onBatch: (batch, control) => workThrough(batch, control, options),
    onDead: (error) => options.on.dead(error),
  });
}

async function workThrough(
  batch: PartitionBatch,
  control: BatchControl,
  options: StreamOptions,
): Promise<void> {
  options.on.lag(batch.topic, batch.partition, batch.lag + batch.records.length);
  for (const chunk of chunksOf(batch.records, options.chunk)) {
    const last = chunk.at(-1);
    if (!last || !(await finish(chunk, batch, control, options))) return;
    // What throws from here on is Kafka's own: the client rejoins the group, and the rest is fetched again.
    await control.done(last);
    await control.heartbeat();
  }
  options.on.lag(batch.topic, batch.partition, batch.lag);
}

/** @returns false when the process stops or the partition was taken away before the chunk was finished */
async function finish(
  chunk: readonly ConsumedRecord[],
  { topic, partition }: PartitionBatch,
  control: BatchControl,
  { handle, on, sessionTimeoutMs }: StreamOptions,
): Promise<boolean> {
  const heartbeatMs = Math.floor(sessionTimeoutMs / 10);
  for (let attempt = 1; control.running(); attempt += 1) {
    try {
      await withHeartbeats(control, heartbeatMs, () => handle(chunk));
      return true;
    } catch (error) {
      const waitMs = backoffMs(attempt, Math.random());
      on.held(error, { topic, partition, attempt, waitMs });
      await pause(waitMs, heartbeatMs, control);
    }
  }
  return false;
}

async function withHeartbeats(
  control: BatchControl,
  everyMs: number,
  work: () => Promise<void>,
): Promise<void> {
  const timer = setInterval(() => {
    // A failed heartbeat shows again at the commit, where the client can act on it.
    control.heartbeat().catch(() => undefined);
  }, everyMs);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
}

async function pause(waitMs: number, heartbeatMs: number, control: BatchControl): Promise<void> {
  const stepMs = Math.min(200, heartbeatMs);
  let sinceHeartbeatMs = 0;
  for (let leftMs = waitMs; leftMs > 0 && control.running(); leftMs -= stepMs) {
    await new Promise((resolve) => setTimeout(resolve, Math.min(stepMs, leftMs)));
    sinceHeartbeatMs += stepMs;
    if (sinceHeartbeatMs < heartbeatMs) continue;
    sinceHeartbeatMs = 0;
    await control.heartbeat();
  }
}

import kafkajs, { type Admin, type EachBatchPayload, type IHeaders } from 'kafkajs';
import { connectKafka, type KafkaConnection } from './client.ts';
import { createLagLook, type PartitionLag } from './partition-lags.ts';
import { createPartitionPauses } from './partition-pauses.ts';
import { unreadableReason } from './unreadable-batches.ts';

const { KafkaJSError } = kafkajs;

/** A record as it was read. */
export interface ConsumedRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Record<string, Buffer>;
  readonly timestampMs: number;
  /**
   * Set on a placeholder for a batch that is too large to read: why it was skipped. The offset of a placeholder is the
   * last one of the batch; key and value are null, and it has no headers.
   */
  readonly unreadable?: string;
}

/** What one fetch brought for one partition, in order. */
export interface PartitionBatch {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly ConsumedRecord[];
  /** Records between this batch's end and the end of the log. */
  readonly lag: number;
}

export interface BatchControl {
  /** Keeps the membership of the group; rejects when the partition was taken away. */
  heartbeat(): Promise<void>;
  /** Commits everything up to and with this record. */
  done(record: ConsumedRecord): Promise<void>;
  /**
   * Commits this record's offset with metadata. It finishes no record. The next `done` removes the metadata.
   */
  commitMetadata(record: ConsumedRecord, metadata: string): Promise<void>;
  /**
   * The committed offset of this partition with its metadata; null if nothing is committed.
   * @param groupId Default: the consumer's own group
   */
  committedMetadata(groupId?: string): Promise<{ offset: string; metadata: string } | null>;
  /** True while this batch is still ours and nobody asked to stop. */
  running(): boolean;
  /**
   * Goes on with this partition outside of the batch, which should return then: the partition gets no other batch
   * until `work` ends, and the neighbours go on. What is not `done` by then comes again. What `work` throws makes the
   * consumer join its group again. The client forgets the records: `work` has those in memory that it keeps itself.
   * `work` must end soon when `running` is false; a stop waits for it.
   */
  aside(work: () => Promise<void>): void;
}

export interface ConsumerOptions {
  readonly groupId: string;
  readonly topics: readonly string[];
  /** Where to start, in place of the committed offset or the oldest record. */
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
  const silentMs = options.silentMs ?? rebalanceTimeoutMs + options.sessionTimeoutMs;
  const watch = watchSilence(silentMs, async () => {
    // While Kafka is away for everybody, nobody is helped by an end.
    if (!(await answers(connection))) return;
    const silence = `has answered neither a fetch nor a heartbeat for ${silentMs} ms`;
    options.onFatalError(new Error(`Kafka ${silence}, and answers others: the consumer is stuck.`));
  });
  consumer.on(consumer.events.FETCH, watch.heard);
  consumer.on(consumer.events.HEARTBEAT, watch.heard);
  await admin.connect();
  await consumer.connect();
  await consumer.subscribe({ topics: [...options.topics], fromBeginning: true });
  let stopping = false;
  /** How often the group was joined. */
  let joins = 0;
  /**
   * What the first batch of this join threw: no other one goes on, since kafkajs waits for them all before it joins
   * again. A batch of a former join holds up nothing: kafkajs drops its error.
   */
  let broken: JoinAgain | undefined;
  const pauses = createPartitionPauses(consumer);
  const lagLook = createLagLook(connection, options.groupId);
  consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
    if (payload.batchSize === 0) lagLook.passedOver(payload);
  });
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    joins += 1;
    broken = undefined;
    pauses.forget();
    lagLook.assigned(payload.memberAssignment);
    options.onAssigned?.(payload.memberAssignment);
  });
  const runBatch = async (payload: EachBatchPayload): Promise<void> => {
    const join = joins;
    const running = () =>
      payload.isRunning() && !payload.isStale() && !stopping && joins === join && broken === undefined;
    // When another batch failed first, kafkajs may have gone on without a join: it is asked for again until it comes.
    if (broken && !stopping) throw broken;
    // Else it would come again, and again, until what is aside has ended.
    if (stopping) await pauses.ended();
    if (!running()) return;
    const joinAgain = (error: unknown): JoinAgain => {
      const again = new JoinAgain(error);
      if (joins === join) broken ??= again;
      return again;
    };
    // Its error is thrown by the next batch, which comes at once: the partition is fetched again.
    const aside = (work: () => Promise<void>): void => {
      pauses.during(payload.batch, () => work().catch(joinAgain));
      forgetRecords(payload.batch);
    };
    const isOurs = () => joins === join;
    try {
      const control = { ...controlOf(admin, options.groupId, payload, isOurs), running, aside };
      await options.onBatch(readBatch(payload), control);
    } catch (error) {
      throw joinAgain(error);
    }
  };
  await consumer.run({
    autoCommit: false,
    eachBatchAutoResolve: false,
    partitionsConsumedConcurrently: options.partitionsAtOnce,
    eachBatch: runBatch,
  });
  for (const start of options.startAt ?? []) consumer.seek(start);
  return {
    lags: () => lagLook.look(),
    async stop() {
      stopping = true;
      watch.stop();
      // What is aside can commit only as long as this is a member.
      await pauses.ended();
      await consumer.disconnect();
      await admin.disconnect();
    },
  };
}

/** Does something that may take longer than a session, with heartbeats meanwhile. */
export async function withHeartbeats(
  control: Pick<BatchControl, 'heartbeat'>,
  everyMs: number,
  work: () => Promise<void>,
): Promise<void> {
  const timer = setInterval(() => {
    // A failed one shows again at the commit, where the client can act on it.
    control.heartbeat().catch(() => undefined);
  }, everyMs);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
}

/** Whether a broker answers a client that is new. */
async function answers(connection: KafkaConnection): Promise<boolean> {
  const patience = { retry: { retries: 0 }, requestTimeoutMs: 5_000, silentMs: 5_000 };
  const admin = connectKafka(connection, patience).admin();
  try {
    await admin.connect();
    await admin.listTopics();
    return true;
  } catch {
    return false;
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}

/** Counts its own ticks and no clock: the time that the process is stopped does not count. */
function watchSilence(
  silentMs: number,
  tell: () => Promise<void>,
): { readonly heard: () => void; readonly stop: () => void } {
  const ticks = 10;
  let silentTicks = 0;
  const timer = setInterval(() => {
    silentTicks += 1;
    if (silentTicks % ticks === 0) void tell();
  }, silentMs / ticks).unref();
  return { heard: () => void (silentTicks = 0), stop: () => clearInterval(timer) };
}

function readBatch({ batch }: EachBatchPayload): PartitionBatch {
  const { topic, partition } = batch;
  return {
    topic,
    partition,
    records: batch.messages.map((message) => {
      const unreadable = unreadableReason(message);
      return {
        topic,
        partition,
        offset: message.offset,
        key: message.key,
        value: message.value,
        headers: readHeaders(message.headers),
        timestampMs: Number(message.timestamp),
        ...(unreadable === undefined ? {} : { unreadable }),
      };
    }),
    lag: Number(batch.offsetLag()),
  };
}

/** Of a repeated header the last one counts; values are bytes. */
function readHeaders(headers: IHeaders | undefined): Record<string, Buffer> {
  const read: Record<string, Buffer> = {};
  for (const [name, sent] of Object.entries(headers ?? {})) {
    const value = Array.isArray(sent) ? sent.at(-1) : sent;
    if (value !== undefined) read[name] = Buffer.isBuffer(value) ? value : Buffer.from(value);
  }
  return read;
}

/**
 * The one error by which kafkajs joins its group again. It asks who coordinates the group only when it joins:
 * any other error of a commit or a heartbeat (the coordinator moved, its broker died, this member was taken for
 * dead) it would take for the batch's, and meet again for ever, or end by it.
 */
class JoinAgain extends KafkaJSError {
  readonly type = 'REBALANCE_IN_PROGRESS';
  constructor(cause: unknown) {
    super(`Joining the group again: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}

/**
 * Empties the records of a batch. kafkajs has them as long as anybody may commit something of it, and each of them is
 * a part of the buffer of its fetch.
 */
function forgetRecords(batch: EachBatchPayload['batch']): void {
  // `lastOffset` reads them too.
  const lastOffset = batch.lastOffset();
  batch.lastOffset = () => lastOffset;
  // With those that it hands to nobody.
  const { rawMessages = batch.messages } = batch as { rawMessages?: typeof batch.messages };
  for (const message of rawMessages) Object.assign(message, { key: null, value: null, headers: {} });
}

/** @param isOurs that the group was not joined since the batch came: another member may have the partition */
function controlOf(
  admin: Admin,
  groupId: string,
  payload: EachBatchPayload,
  isOurs: () => boolean,
): Omit<BatchControl, 'running' | 'aside'> {
  const { topic, partition } = payload.batch;
  const [lastRecord, lastOffset] = [payload.batch.messages.at(-1)?.offset, payload.batch.lastOffset()];
  // Do not use `consumer.commitOffsets`: it retries for a minute against a former coordinator, and after a stop it
  // returns without committing.
  const commit = async (offset: string, metadata = ''): Promise<void> => {
    if (!isOurs()) throw new Error(`${topic}/${partition} was taken over before ${offset} was committed.`);
    const committed = { partition, offset, metadata };
    await payload.commitOffsetsIfNecessary({ topics: [{ topic, partitions: [committed] }] });
  };
  return {
    commitMetadata: ({ offset }, metadata) => commit(offset, metadata),
    async committedMetadata(ofGroup = groupId) {
      const [found] = await admin.fetchOffsets({ groupId: ofGroup, topics: [topic] });
      const committed = found?.partitions.find((one) => one.partition === partition);
      if (!committed || committed.offset === '-1') return null;
      return { offset: committed.offset, metadata: committed.metadata ?? '' };
    },
    heartbeat: () => payload.heartbeat(),
    async done({ offset }) {
      // Behind the last record of a fetch there may be markers of transactions, which are no records.
      const last = offset === lastRecord ? lastOffset : offset;
      await commit(String(BigInt(last) + 1n));
      if (isOurs()) payload.resolveOffset(offset);
    },
  };
}

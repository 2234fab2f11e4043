import type { Producer } from 'kafkajs';
import type { OutgoingRecord, PublisherLimits, PublishOutcome } from './publisher.ts';

/** The queue of one partition: at most one send in flight. */
export interface Lane {
  send(record: OutgoingRecord, bytes: number): Promise<PublishOutcome>;
  /** Resolves when every record has its outcome: at the latest when the deadline of the last one passes. */
  drained(): Promise<void>;
}

interface Entry {
  readonly record: OutgoingRecord;
  readonly bytes: number;
  readonly expiresAt: number;
  settle: (outcome: PublishOutcome) => void;
  settled: boolean;
}

type BatchLimits = Pick<PublisherLimits, 'maxBatchRecords' | 'maxBatchBytes' | 'deadlineMs'>;

const retryPauseMs = 100;

export function createLane(
  producer: Pick<Producer, 'send'>,
  topic: string,
  partition: number,
  limits: BatchLimits,
): Lane {
  const queue: Entry[] = [];
  let sweeper: NodeJS.Timeout | undefined;
  let pumping = false;
  /** Halved while the broker says that a batch is too large, so that one large record fails alone. */
  let batchRecords = limits.maxBatchRecords;

  const settle = (entry: Entry, outcome: PublishOutcome): void => {
    if (entry.settled) return;
    entry.settled = true;
    entry.settle(outcome);
  };

  const takeBatch = (): Entry[] => {
    let bytes = 0;
    let count = 0;
    for (const entry of queue) {
      if (count >= batchRecords || (count > 0 && bytes + entry.bytes > limits.maxBatchBytes)) break;
      bytes += entry.bytes;
      count += 1;
    }
    return queue.splice(0, count);
  };

  const sendBatch = async (batch: Entry[]): Promise<'sent' | 'failed' | 'too-large'> => {
    try {
      const answers = await producer.send({
        topic,
        acks: -1,
        timeout: limits.deadlineMs,
        messages: batch.map(({ record }) => ({
          partition,
          key: record.key,
          value: record.value,
          headers: record.headers,
        })),
      });
      const answer = answers.find((one) => one.partition === partition && one.errorCode === 0);
      if (answer?.baseOffset === undefined) return 'failed';
      const base = BigInt(answer.baseOffset);
      batch.forEach((entry, index) =>
        settle(entry, { outcome: 'published', partition, offset: String(base + BigInt(index)) }),
      );
      return 'sent';
    } catch (error) {
      return saysTooLarge(error) ? 'too-large' : 'failed';
    }
  };

  const pump = async (): Promise<void> => {
    while (queue.length > 0) {
      const batch = takeBatch().filter((entry) => !entry.settled);
      if (batch.length === 0) continue;
      const result = await sendBatch(batch);
      if (result === 'sent') {
        batchRecords = Math.min(limits.maxBatchRecords, batchRecords * 2);
      } else if (result === 'too-large' && batch.length === 1) {
        for (const entry of batch) settle(entry, { outcome: 'too-large' });
      } else {
        queue.unshift(...batch.filter((entry) => !entry.settled));
        if (result === 'too-large') batchRecords = Math.max(1, batch.length >> 1);
        else if (queue.length > 0) await new Promise((resolve) => setTimeout(resolve, retryPauseMs));
      }
    }
    // In the same turn as the last look at the queue: whoever hears an outcome and sends the next record at
    // once must find a pump that runs, or one that can be started.
    pumping = false;
    clearInterval(sweeper);
  };

  const start = (): void => {
    if (pumping) return;
    pumping = true;
    sweeper = setInterval(expire, Math.min(100, limits.deadlineMs));
    // One turn of the event loop, so that what arrives together leaves together.
    setImmediate(() => void pump());
  };

  const inFlight = new Set<Entry>();
  const expire = (): void => {
    const now = performance.now();
    for (const entry of inFlight) {
      if (entry.expiresAt > now) break;
      settle(entry, { outcome: 'expired' });
    }
  };

  return {
    send(record, bytes) {
      return new Promise((resolve) => {
        const entry: Entry = {
          record,
          bytes,
          expiresAt: performance.now() + limits.deadlineMs,
          settled: false,
          settle: (outcome) => {
            inFlight.delete(entry);
            resolve(outcome);
          },
        };
        // In order of arrival, and so of expiry: the sweep stops at the first that has time left.
        inFlight.add(entry);
        queue.push(entry);
        start();
      });
    },
    async drained() {
      while (inFlight.size > 0) await new Promise((resolve) => setTimeout(resolve, 10));
    },
  };
}

/** MESSAGE_TOO_LARGE (10) or RECORD_LIST_TOO_LARGE (18), wherever kafkajs wrapped it. */
function saysTooLarge(error: unknown): boolean {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    const { type } = cause as { type?: string };
    if (type === 'MESSAGE_TOO_LARGE' || type === 'RECORD_LIST_TOO_LARGE') return true;
  }
  return false;
}

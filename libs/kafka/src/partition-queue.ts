import type { Producer } from 'kafkajs';
import type { OutgoingRecord, PublisherLimits, PublishOutcome } from './outgoing-record.ts';

interface Entry {
  readonly record: OutgoingRecord;
  readonly bytes: number;
  readonly expiresAt: number;
  readonly settle: (outcome: PublishOutcome) => void;
}

type BatchLimits = Pick<PublisherLimits, 'maxBatchRecords' | 'maxBatchBytes' | 'deadlineMs'>;

const retryPauseMs = 100;

/** The queue of one partition: at most one send in flight. */
export class PartitionQueue {
  readonly #producer: Pick<Producer, 'send'>;
  readonly #topic: string;
  readonly #partition: number;
  readonly #limits: BatchLimits;
  readonly #queue: Entry[] = [];
  /** In order of arrival, and so of expiry. */
  readonly #unsettled = new Set<Entry>();
  #sweeper: NodeJS.Timeout | undefined;
  #isSending = false;
  /** Halved while the broker says that a batch is too large, so that one large record fails alone. */
  #batchRecords: number;

  constructor(producer: Pick<Producer, 'send'>, topic: string, partition: number, limits: BatchLimits) {
    this.#producer = producer;
    this.#topic = topic;
    this.#partition = partition;
    this.#limits = limits;
    this.#batchRecords = limits.maxBatchRecords;
  }

  /** Never rejects. Every record has its outcome when its deadline passes, at the latest. */
  send(record: OutgoingRecord, bytes: number): Promise<PublishOutcome> {
    return new Promise((settle) => {
      const entry = { record, bytes, expiresAt: performance.now() + this.#limits.deadlineMs, settle };
      this.#unsettled.add(entry);
      this.#queue.push(entry);
      this.#start();
    });
  }

  /** Resolves when every record has its outcome: at the latest when the deadline of the last one passes. */
  async drained(): Promise<void> {
    while (this.#unsettled.size > 0) await new Promise((resolve) => setTimeout(resolve, 10));
  }

  #start(): void {
    if (this.#isSending) return;
    this.#isSending = true;
    this.#sweeper = setInterval(() => this.#expire(), Math.min(100, this.#limits.deadlineMs));
    // One turn of the event loop, so that what arrives together leaves together.
    setImmediate(() => void this.#sendAll());
  }

  async #sendAll(): Promise<void> {
    while (this.#queue.length > 0) {
      const batch = this.#takeBatch().filter((entry) => this.#unsettled.has(entry));
      if (batch.length === 0) continue;
      const result = await this.#sendBatch(batch);
      if (result === 'sent') {
        this.#batchRecords = Math.min(this.#limits.maxBatchRecords, this.#batchRecords * 2);
      } else if (result === 'too-large' && batch.length === 1) {
        for (const entry of batch) this.#settle(entry, { outcome: 'too-large' });
      } else {
        this.#queue.unshift(...batch.filter((entry) => this.#unsettled.has(entry)));
        if (result === 'too-large') this.#batchRecords = Math.max(1, batch.length >> 1);
        else if (this.#queue.length > 0) await new Promise((resolve) => setTimeout(resolve, retryPauseMs));
      }
    }
    // In the same turn as the last look at the queue: a caller that receives an outcome and sends the next record
    // immediately must find either a running loop or one that can be started.
    this.#isSending = false;
    clearInterval(this.#sweeper);
  }

  #takeBatch(): Entry[] {
    let bytes = 0;
    let count = 0;
    for (const entry of this.#queue) {
      if (count >= this.#batchRecords) break;
      if (count > 0 && bytes + entry.bytes > this.#limits.maxBatchBytes) break;
      bytes += entry.bytes;
      count += 1;
    }
    return this.#queue.splice(0, count);
  }

  async #sendBatch(batch: readonly Entry[]): Promise<'sent' | 'failed' | 'too-large'> {
    const partition = this.#partition;
    try {
      const answers = await this.#producer.send({
        topic: this.#topic,
        acks: -1,
        timeout: this.#limits.deadlineMs,
        messages: batch.map(({ record: { key, value, headers } }) => ({ partition, key, value, headers })),
      });
      const answer = answers.find((one) => one.partition === partition && one.errorCode === 0);
      if (answer?.baseOffset === undefined) return 'failed';
      const base = BigInt(answer.baseOffset);
      batch.forEach((entry, index) =>
        this.#settle(entry, { outcome: 'published', partition, offset: String(base + BigInt(index)) }),
      );
      return 'sent';
    } catch (error) {
      return saysTooLarge(error) ? 'too-large' : 'failed';
    }
  }

  #expire(): void {
    const now = performance.now();
    for (const entry of this.#unsettled) {
      if (entry.expiresAt > now) break;
      this.#settle(entry, { outcome: 'timed-out' });
    }
  }

  #settle(entry: Entry, outcome: PublishOutcome): void {
    if (this.#unsettled.delete(entry)) entry.settle(outcome);
  }
}

/** MESSAGE_TOO_LARGE (10) or RECORD_LIST_TOO_LARGE (18), at any depth to which kafkajs wrapped it. */
function saysTooLarge(error: unknown): boolean {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    const { type } = cause as { type?: string };
    if (type === 'MESSAGE_TOO_LARGE' || type === 'RECORD_LIST_TOO_LARGE') return true;
  }
  return false;
}

import type { BatchAnswer } from './produce-client.ts';
import type { OutgoingRecord, PublisherLimits, PublishOutcome } from './outgoing-record.ts';

interface Entry {
  readonly record: OutgoingRecord;
  readonly bytes: number;
  /** As `performance.now()`. */
  readonly expiresAt: number;
  readonly settle: (outcome: PublishOutcome) => void;
  isSettled: boolean;
}

export type BatchLimits = Pick<PublisherLimits, 'maxBatchRecords' | 'maxBatchBytes' | 'deadlineMs'>;

/** How long a partition rests after a batch of it failed, in ms. */
const restMs = 100;

/** What a batch takes in a request. */
export interface TakenBatch {
  readonly records: readonly OutgoingRecord[];
  readonly bytes: number;
}

export interface QueueEvents {
  /** A batch can be taken. */
  ready(queue: PartitionQueue): void;
  /** A record of so many bytes has its outcome. */
  settled(bytes: number): void;
}

/**
 * The queue of one partition. At most one batch of it is out, so that its order is kept; what arrives meanwhile is the
 * next one. It sends nothing itself.
 */
export class PartitionQueue {
  readonly topic: string;
  readonly partition: number;
  readonly #limits: BatchLimits;
  readonly #on: QueueEvents;
  #state: 'idle' | 'ready' | 'out' | 'resting' = 'idle';
  /** In order of arrival, and so of expiry; what is out is older than what waits. */
  #waiting: Entry[] = [];
  #out: Entry[] = [];
  /** Halved while the broker says that a batch is too large, so that one large record fails alone. */
  #batchRecords: number;
  #goesAlone = false;

  constructor(topic: string, partition: number, limits: BatchLimits, on: QueueEvents) {
    this.topic = topic;
    this.partition = partition;
    this.#limits = limits;
    this.#on = on;
    this.#batchRecords = limits.maxBatchRecords;
  }

  /** Whether its next batch shares no request: a request of several failed, and any of them may be the cause. */
  get goesAlone(): boolean {
    return this.#goesAlone;
  }

  /** @param settle called once, when the record's deadline passes at the latest */
  add(record: OutgoingRecord, bytes: number, settle: (outcome: PublishOutcome) => void): void {
    const expiresAt = performance.now() + this.#limits.deadlineMs;
    this.#waiting.push({ record, bytes, expiresAt, settle, isSettled: false });
    if (this.#state === 'idle') this.#becomeReady();
  }

  /** The next batch, which is out until `end` is called; null when everything has expired. */
  take(): TakenBatch | null {
    const { maxBatchBytes } = this.#limits;
    let bytes = 0;
    let count = 0;
    for (const entry of this.#waiting) {
      if (count >= this.#batchRecords || (count > 0 && bytes + entry.bytes > maxBatchBytes)) break;
      bytes += entry.bytes;
      count += 1;
    }
    this.#state = count > 0 ? 'out' : 'idle';
    if (count === 0) return null;
    this.#out = this.#waiting.splice(0, count);
    return { records: this.#out.map(({ record }) => record), bytes };
  }

  /** How the batch that is out ended. What was not written is at the head of the queue again. */
  end(answer: BatchAnswer): void {
    const batch = this.#out;
    this.#out = [];
    this.#goesAlone = answer.result === 'unattributed';
    if (answer.result === 'written') {
      this.#batchRecords = Math.min(this.#limits.maxBatchRecords, this.#batchRecords * 2);
      batch.forEach((entry, index) =>
        this.#settle(entry, publishedAt(this.partition, answer.baseOffset, index)),
      );
    } else if (answer.result === 'too-large' && batch.length === 1) {
      for (const entry of batch) this.#settle(entry, { outcome: 'too-large' });
    } else {
      this.#waiting = [...batch.filter(({ isSettled }) => !isSettled), ...this.#waiting];
      if (answer.result === 'too-large') this.#batchRecords = Math.max(1, batch.length >> 1);
      else if (answer.result === 'failed') {
        this.#rest();
        return;
      }
    }
    this.#becomeReady();
  }

  /** Settles what its deadline has passed of. */
  expire(now: number): void {
    for (const entry of this.#out) {
      if (entry.expiresAt > now) return;
      this.#settle(entry, { outcome: 'timed-out' });
    }
    let expired = 0;
    for (const entry of this.#waiting) {
      if (entry.expiresAt > now) break;
      this.#settle(entry, { outcome: 'timed-out' });
      expired += 1;
    }
    this.#waiting.splice(0, expired);
  }

  /** Looks again who leads the partition. */
  #becomeReady(): void {
    if (this.#waiting.length === 0) {
      this.#state = 'idle';
      return;
    }
    this.#state = 'ready';
    this.#on.ready(this);
  }

  #rest(): void {
    this.#state = 'resting';
    setTimeout(() => this.#becomeReady(), restMs);
  }

  #settle(entry: Entry, outcome: PublishOutcome): void {
    if (entry.isSettled) return;
    entry.isSettled = true;
    this.#on.settled(entry.bytes);
    entry.settle(outcome);
  }
}

function publishedAt(partition: number, baseOffset: bigint, index: number): PublishOutcome {
  return { outcome: 'published', partition, offset: String(baseOffset + BigInt(index)) };
}

import { PartitionQueue, type BatchLimits, type QueueEvents, type TakenBatch } from './partition-queue.ts';
import type { OutgoingRecord, PublishOutcome } from './outgoing-record.ts';
import type { BatchAnswer, PartitionBatch, ProduceClient } from './produce-client.ts';

/** Requests that may be out to one broker: it works on one while the next is on its way. */
const requestsPerBroker = 2;
/** A request takes no further batch when it has this many bytes. */
const fullRequestBytes = 4 * 1024 * 1024;
/** How often deadlines are looked at, in ms, while a record waits. */
const sweepEveryMs = 100;

export interface BatchSenderParts {
  readonly client: Pick<ProduceClient, 'produce'>;
  /** The node id of the broker that leads a partition; undefined while its topic is gone. */
  readonly leaderOf: (topic: string, partition: number) => number | undefined;
  /** Batches failed: what is known of the brokers may be out of date. @param refusals what brokers said, by topic */
  readonly onFailure: (refusals: ReadonlyMap<string, string>) => void;
  readonly limits: BatchLimits;
}

/**
 * Sends records in requests that carry the ready batches of all partitions that one broker leads.
 *
 * There is no linger: while a broker's requests are out, what arrives is gathered, so that batches grow with the load and
 * a lone record never waits. A partition has one batch out, and each batch's answer is checked by itself.
 */
export class BatchSender {
  readonly #parts: BatchSenderParts;
  readonly #queues = new Map<string, PartitionQueue>();
  readonly #brokers = new Map<number, BrokerRequests>();
  /** Ready, but nobody leads them. */
  readonly #leaderless = new Set<PartitionQueue>();
  readonly #queueEvents: QueueEvents = {
    ready: (queue) => this.#offer(queue),
    settled: (bytes) => this.#settled(bytes),
  };
  readonly #unsettled = { records: 0, bytes: 0 };
  #sweeper: NodeJS.Timeout | undefined;
  #drained: PromiseWithResolvers<undefined> | undefined;

  constructor(parts: BatchSenderParts) {
    this.#parts = parts;
  }

  /** What has no outcome yet. */
  get unsettled(): Readonly<{ records: number; bytes: number }> {
    return this.#unsettled;
  }

  /** @param settle called once, when the record's deadline passes at the latest */
  send(
    record: OutgoingRecord,
    bytes: number,
    partition: number,
    settle: (outcome: PublishOutcome) => void,
  ): void {
    this.#unsettled.records += 1;
    this.#unsettled.bytes += bytes;
    this.#sweeper ??= setInterval(
      () => this.#expire(),
      Math.min(sweepEveryMs, this.#parts.limits.deadlineMs),
    );
    this.#queueOf(record.topic, partition).add(record, bytes, settle);
  }

  /** Resolves when every record has its outcome. */
  async drained(): Promise<void> {
    if (this.#unsettled.records > 0) await (this.#drained ??= Promise.withResolvers<undefined>()).promise;
  }

  /** Partitions that nobody led may have a leader now. */
  leadersFound(): void {
    const waiting = [...this.#leaderless];
    this.#leaderless.clear();
    for (const queue of waiting) this.#offer(queue);
  }

  #settled(bytes: number): void {
    this.#unsettled.records -= 1;
    this.#unsettled.bytes -= bytes;
    if (this.#unsettled.records === 0) this.#rest();
  }

  #rest(): void {
    clearInterval(this.#sweeper);
    this.#sweeper = undefined;
    this.#drained?.resolve(undefined);
    this.#drained = undefined;
  }

  #queueOf(topic: string, partition: number): PartitionQueue {
    const name = `${topic}/${partition}`;
    let queue = this.#queues.get(name);
    if (!queue) {
      queue = new PartitionQueue(topic, partition, this.#parts.limits, this.#queueEvents);
      this.#queues.set(name, queue);
    }
    return queue;
  }

  #offer(queue: PartitionQueue): void {
    const leader = this.#parts.leaderOf(queue.topic, queue.partition);
    if (leader === undefined) {
      this.#leaderless.add(queue);
      return;
    }
    let broker = this.#brokers.get(leader);
    if (!broker) {
      broker = new BrokerRequests(this.#parts);
      this.#brokers.set(leader, broker);
    }
    broker.offer(queue);
  }

  #expire(): void {
    const now = performance.now();
    for (const queue of this.#queues.values()) queue.expire(now);
  }
}

/** What brokers said, by topic. */
function refusalsOf(
  batches: readonly PartitionBatch[],
  answers: readonly BatchAnswer[],
): ReadonlyMap<string, string> {
  return new Map(
    batches.flatMap(({ topic }, index) => {
      const answer = answers[index];
      return answer && 'refusal' in answer && answer.refusal ? [[topic, answer.refusal] as const] : [];
    }),
  );
}

/** A batch on its way, and the queue that it was taken from. */
interface Sent {
  readonly queue: PartitionQueue;
  readonly batch: TakenBatch;
}

/** The requests to one broker. */
class BrokerRequests {
  readonly #parts: BatchSenderParts;
  /** Oldest first. */
  readonly #ready: PartitionQueue[] = [];
  #out = 0;
  #isScheduled = false;

  constructor(parts: BatchSenderParts) {
    this.#parts = parts;
  }

  offer(queue: PartitionQueue): void {
    this.#ready.push(queue);
    if (this.#isScheduled || this.#out >= requestsPerBroker) return;
    this.#isScheduled = true;
    // One turn of the event loop, so that what arrives together leaves together.
    setImmediate(() => {
      this.#isScheduled = false;
      this.#sendReady();
    });
  }

  #sendReady(): void {
    while (this.#out < requestsPerBroker && this.#ready.length > 0) {
      const request = this.#takeRequest();
      if (request.length > 0) void this.#send(request);
    }
  }

  #takeRequest(): readonly Sent[] {
    const request: Sent[] = [];
    let bytes = 0;
    while (bytes < fullRequestBytes) {
      const [queue] = this.#ready;
      if (!queue || (queue.goesAlone && request.length > 0)) break;
      this.#ready.shift();
      const batch = queue.take();
      if (!batch) continue;
      request.push({ queue, batch });
      bytes += batch.bytes;
      if (queue.goesAlone) break;
    }
    return request;
  }

  async #send(request: readonly Sent[]): Promise<void> {
    const { client, onFailure } = this.#parts;
    this.#out += 1;
    const batches = request.map(({ queue: { topic, partition }, batch: { records } }): PartitionBatch => ({
      topic,
      partition,
      records,
    }));
    const answers = await client.produce(batches);
    this.#out -= 1;
    const failed = answers.filter(({ result }) => result === 'failed' || result === 'unattributed');
    if (failed.length > 0) onFailure(refusalsOf(batches, answers));
    request.forEach(({ queue }, index) => queue.end(answers[index] ?? { result: 'failed' }));
    this.#sendReady();
  }
}

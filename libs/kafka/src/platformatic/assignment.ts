import { setTimeout as delay } from 'node:timers/promises';
import type { KafkaConnection } from '../client.ts';
import type { BatchControl } from '../consumed.ts';
import { committedMetadata } from '../committed-metadata.ts';
import type { ConsumerOptions } from '../consumer-options.ts';
import type { LagLook } from '../partition-lags.ts';
import { RequestFailed } from './errors.ts';
import type { FetchClient, FetchedPartition } from './fetch.ts';
import type { DescribedTopic, Generation, Leader, Membership } from './membership.ts';
import type { PartitionWork } from './partition-work.ts';
import { offsetBehind, readBatches, type Portion, type StoredBatches } from './record-batches.ts';

export interface AssignmentOptions {
  readonly connection: KafkaConnection;
  readonly consumer: ConsumerOptions;
  readonly membership: Pick<Membership, 'commit' | 'committed' | 'join' | 'oldestOffset' | 'topics'>;
  readonly fetches: Pick<FetchClient, 'breakOff' | 'fetch'>;
  readonly work: PartitionWork;
  readonly lags: Pick<LagLook, 'passedOver'>;
  /** By topic. */
  readonly partitions: Readonly<Record<string, readonly number[]>>;
  readonly generation: Generation;
  /** That this is the consumer's first one. */
  readonly isFirst: boolean;
  /** A fetch was answered. */
  readonly onAnswer: () => void;
}

/** A partition that is read. */
interface Part {
  readonly topic: string;
  readonly partition: number;
  /** Of the first record that is not finished. */
  next: number;
  /** Where the next fetch begins: behind what is worked on. */
  fetchFrom: number;
  leader: Leader | undefined;
  /** Of its topic; undefined before a broker has told it. */
  topicId: string | undefined;
  /** It is not fetched: work on it continues aside, or since a former join. */
  isPaused: boolean;
}

const ofNewPart = { leader: undefined, topicId: undefined, isPaused: false };

/** What was fetched of a partition, from an offset. */
interface Fetched {
  readonly part: Part;
  readonly offset: number;
  readonly answer: FetchedPartition;
}

const offsetOutOfRange = 1;

/** Between two attempts, in ms. */
const retryAfterMs = 500;

/**
 * The partitions of one join of a group, which are fetched and handed out until the group is joined again. Of each
 * broker there is one fetch at a time: while its batches are worked on, the next one waits for records that follow
 * them.
 */
export class Assignment {
  readonly #options: AssignmentOptions;
  #parts: Part[] = [];
  /** The brokers that are being read from. */
  readonly #readers = new Set<number>();
  /** Nothing more is handed out. */
  #hasEnded = false;
  /** Another member may have the partitions. */
  #isReplaced = false;
  /** Of each topic. */
  readonly #partitionCounts = new Map<string, number>();
  #looking: Promise<void> | undefined;
  /** Resolves when something may be fetched that could not be fetched before. */
  #change = Promise.withResolvers<undefined>();

  constructor(options: AssignmentOptions) {
    this.#options = options;
  }

  /** Finds where to begin, and begins. Never rejects. */
  async begin(): Promise<void> {
    while (!this.#hasEnded) {
      try {
        this.#parts = await this.#findParts();
        break;
      } catch (error) {
        this.#warn('it is not known where to begin', error);
        await delay(retryAfterMs);
      }
    }
    for (const part of this.#parts) void this.#afterFormerWork(part);
    await this.look();
  }

  /** Hands out nothing more. What is worked on can still commit. */
  end(): void {
    this.#hasEnded = true;
    this.#changed();
  }

  /** The group was joined again: nothing is committed from now on. */
  replace(): void {
    this.end();
    this.#isReplaced = true;
  }

  /** Asks who leads the partitions, and joins again when some were added. Never rejects. */
  look(): Promise<void> {
    return (this.#looking ??= this.#look().finally(() => (this.#looking = undefined)));
  }

  async #look(): Promise<void> {
    const { membership } = this.#options;
    if (this.#hasEnded) return;
    const topics = await membership.topics();
    for (const part of this.#parts) {
      const topic = topics.get(part.topic);
      // Where Kafka did not answer, the broker that led before is asked.
      if (!topic) continue;
      part.leader = topic.leaders[part.partition];
      if (!(await this.#isKnown(part, topic))) part.leader = undefined;
    }
    this.#startReading();
    const there = Array.from(topics, ([topic, { leaders }]) => [topic, leaders.length] as const).filter(
      ([, partitions]) => partitions > 0,
    );
    const hasMore = there.some(
      ([topic, partitions]) => partitions > (this.#partitionCounts.get(topic) ?? partitions),
    );
    for (const [topic, partitions] of there) this.#partitionCounts.set(topic, partitions);
    if (hasMore) membership.join();
    // Nobody fetches it, and notices by that when it has a leader again.
    if (this.#parts.some(({ leader }) => leader === undefined)) this.#lookSoon();
  }

  /**
   * A topic that was deleted and made again is read from its start: its offsets are those of other records. A fetch would
   * not notice when the new topic is as long as the old one was.
   * @returns false while the start is not known
   */
  async #isKnown(part: Part, { id }: DescribedTopic): Promise<boolean> {
    if (id === undefined) return true;
    if (part.topicId !== undefined && part.topicId !== id) {
      const oldest = await this.#options.membership.oldestOffset(part).catch(() => undefined);
      if (oldest === undefined) return false;
      const said = new Error('its topic was deleted and made again');
      this.#warn(`${part.topic}/${part.partition} is read from its start`, said);
      part.next = oldest;
      this.#fetchAnew(part);
    }
    part.topicId = id;
    return true;
  }

  #lookSoon(): void {
    void delay(retryAfterMs, undefined, { ref: false }).then(() => this.look());
  }

  async #findParts(): Promise<Part[]> {
    const { partitions, membership, consumer, isFirst } = this.#options;
    const committed = await membership.committed(partitions);
    const places = Object.entries(partitions).flatMap(([topic, of]) =>
      of.map((partition) => ({ topic, partition })),
    );
    return Promise.all(
      places.map(async ({ topic, partition }) => {
        const start = consumer.startAt?.find((one) => one.topic === topic && one.partition === partition);
        const wanted = start && Number(start.offset);
        const done = committed.get(`${topic}/${partition}`);
        // When the group is joined again, it continues behind what it finished.
        const next =
          (isFirst ? (wanted ?? done) : (done ?? wanted)) ??
          (await membership.oldestOffset({ topic, partition }));
        return { topic, partition, next, fetchFrom: next, ...ofNewPart };
      }),
    );
  }

  /** Of each broker that leads a partition. */
  #startReading(): void {
    this.#changed();
    for (const { leader } of this.#parts) {
      if (leader === undefined || this.#readers.has(leader.nodeId) || this.#hasEnded) continue;
      this.#readers.add(leader.nodeId);
      void this.#readFrom(leader.nodeId).finally(() => {
        this.#readers.delete(leader.nodeId);
        this.#startReading();
      });
    }
  }

  async #readFrom(nodeId: number): Promise<void> {
    let fetching = this.#fetch(nodeId);
    for (;;) {
      const fetched = await fetching;
      if (fetched === null || this.#hasEnded) return;
      const working = fetched.map((one) => this.#take(one));
      fetching = this.#fetch(nodeId);
      await Promise.all(working);
    }
  }

  /** @returns null when the broker leads none of the partitions */
  async #fetch(nodeId: number): Promise<Fetched[] | null> {
    for (;;) {
      const ofBroker = this.#parts.filter(({ leader }) => leader?.nodeId === nodeId);
      const wanted = ofBroker.filter(({ isPaused }) => !isPaused);
      const broker = ofBroker[0]?.leader?.broker;
      if (broker === undefined || this.#hasEnded) return null;
      if (wanted.length > 0) return this.#fetchParts(broker, wanted);
      await this.#change.promise;
    }
  }

  /** Never rejects. */
  async #fetchParts(broker: Leader['broker'], parts: readonly Part[]): Promise<Fetched[]> {
    const { fetches, onAnswer } = this.#options;
    const positions = parts.map((part) => ({ part, offset: part.fetchFrom }));
    try {
      const answers = await fetches.fetch(
        broker,
        positions.map(({ part: { topic, partition }, offset }) => ({ topic, partition, offset })),
      );
      onAnswer();
      return positions.flatMap((position) => {
        const { topic, partition } = position.part;
        const answer = answers.find((one) => one.topic === topic && one.partition === partition);
        return answer ? [{ ...position, answer }] : [];
      });
    } catch (error) {
      if (this.#hasEnded) return [];
      this.#warn('a fetch failed', error);
      await delay(retryAfterMs);
      await this.look();
      return [];
    }
  }

  /** Works on what was fetched, unless it was fetched in vain: before what precedes it was left unfinished. */
  async #take({ part, offset, answer }: Fetched): Promise<void> {
    if (this.#hasEnded || part.isPaused) return;
    if (answer.errorCode !== 0) return this.#recover(part, answer);
    const stored = { ...answer, offset };
    const behind = offsetBehind(stored);
    if (behind === offset) return;
    // The partition has moved to this broker while what another one gave is worked on.
    if (this.#options.work.endOf(part)) return void this.#afterFormerWork(part);
    part.fetchFrom = behind;
    await this.#options.work.run(part, async () => {
      if (part.next === offset) await this.#handOutAll(part, stored);
      if (part.next !== behind) this.#fetchAnew(part);
    });
  }

  /** One portion after the other, until one is left unfinished. */
  async #handOutAll(
    part: Part,
    stored: StoredBatches & Pick<FetchedPartition, 'highWatermark'>,
  ): Promise<void> {
    for (const portion of readBatches(stored)) {
      if (this.#hasEnded) return;
      await this.#handOut(part, portion, stored.highWatermark - portion.behind);
      if (part.next !== portion.behind) return;
    }
  }

  async #handOut(part: Part, { records, behind }: Portion, lag: number): Promise<void> {
    const { consumer, lags } = this.#options;
    const { topic, partition } = part;
    if (records.length === 0) {
      // Markers of transactions, and what was taken back.
      part.next = behind;
      lags.passedOver({ topic, partition, lastOffset: String(behind - 1) });
      return;
    }
    try {
      const batch = { topic, partition, records, lag: Math.max(0, lag) };
      await consumer.onBatch(batch, this.#controlOf(part, records.at(-1)?.offset, behind));
    } catch (error) {
      this.#joinAgain(error);
    }
  }

  #controlOf(part: Part, lastRecord: string | undefined, behind: number): BatchControl {
    const { topic, partition } = part;
    const { connection, consumer, membership, generation, work } = this.#options;
    const { topicId } = part;
    const commit = async (offset: number, metadata = ''): Promise<void> => {
      if (topicId !== undefined && part.topicId !== topicId)
        throw new Error(`${topic} was deleted and made again meanwhile.`);
      if (this.#isReplaced)
        throw new Error(`${topic}/${partition} was taken over before ${offset} was committed.`);
      await membership.commit(generation, part, offset, metadata);
    };
    return {
      running: () => !this.#hasEnded,
      // The library sends them by itself.
      heartbeat: () =>
        this.#hasEnded ? Promise.reject(new Error('The group is being joined again.')) : Promise.resolve(),
      commitMetadata: ({ offset }, metadata) => commit(Number(offset), metadata),
      committedMetadata: (groupId = consumer.groupId) => committedMetadata(connection, groupId, part),
      done: async ({ offset }) => {
        // A fetch may end with markers of transactions, which are no records.
        const next = offset === lastRecord ? behind : Number(offset) + 1;
        await commit(next);
        part.next = next;
      },
      aside: (during) => {
        part.isPaused = true;
        work.aside(() => this.#whileAside(part, during));
      },
    };
  }

  async #whileAside(part: Part, during: () => Promise<void>): Promise<void> {
    try {
      await during();
    } catch (error) {
      this.#joinAgain(error);
    }
    this.#resume(part);
  }

  /**
   * What is worked on since before the group was joined again, or before another broker led the partition, ends first.
   * Fetched meanwhile, the partition would fill the memory a little more with each join.
   */
  async #afterFormerWork(part: Part): Promise<void> {
    const former = this.#options.work.endOf(part);
    if (former === undefined) return;
    part.isPaused = true;
    await former;
    this.#resume(part);
  }

  #resume(part: Part): void {
    part.isPaused = false;
    this.#fetchAnew(part);
    this.#changed();
  }

  /** What its broker is asked leaves out the next record, and may wait long. */
  #fetchAnew(part: Part): void {
    part.fetchFrom = part.next;
    if (part.leader && !this.#hasEnded) this.#options.fetches.breakOff(part.leader.broker);
  }

  /** Of the batches that fail, the first one makes the consumer join again. */
  #joinAgain(error: unknown): void {
    if (this.#hasEnded) return;
    this.#warn('joining the group again', error);
    this.end();
    // What fails again and again should not be joined for in a loop that never rests.
    void delay(retryAfterMs).then(() => this.#options.membership.join());
  }

  async #recover(part: Part, { errorCode }: FetchedPartition): Promise<void> {
    const { topic, partition } = part;
    this.#warn(`${topic}/${partition} was not fetched`, new Error(`error ${errorCode} of the protocol`));
    await delay(retryAfterMs);
    if (errorCode !== offsetOutOfRange) return this.look();
    const oldest = await this.#options.membership.oldestOffset(part).catch(() => undefined);
    if (oldest === undefined) return;
    part.next = oldest;
    part.fetchFrom = oldest;
  }

  #changed(): void {
    this.#change.resolve(undefined);
    this.#change = Promise.withResolvers();
  }

  #warn(what: string, error: unknown): void {
    this.#options.connection.onLog?.('warn', `${what}: ${new RequestFailed(error).message}`);
  }
}

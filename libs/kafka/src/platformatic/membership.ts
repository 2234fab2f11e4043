import { setTimeout as delay } from 'node:timers/promises';
import type { Broker, Consumer } from '@platformatic/kafka';
import { patienceOf, type KafkaConnection } from '../client.ts';
import { endBrokenConnections, platformaticOptions } from './client-options.ts';
import { isUnknownTopic, RequestFailed } from './errors.ts';

export interface MembershipOptions {
  readonly groupId: string;
  readonly topics: readonly string[];
  readonly sessionTimeoutMs: number;
  /** How long the group may keep a member waiting that joins, in ms. */
  readonly rebalanceTimeoutMs: number;
  /** The group was joined, for the first time or again: these partitions are this member's, by topic. */
  readonly onJoined: (
    partitions: Readonly<Record<string, readonly number[]>>,
    generation: Generation,
  ) => void;
  /** The group is being joined again: what is in work should end, and can still commit until `onJoined`. */
  readonly onRejoining: () => void;
  /** A heartbeat was answered. */
  readonly onHeartbeat: () => void;
  /** The group cannot be joined, now or later. */
  readonly onFatalError: (error: Error) => void;
}

/** One join of one member: a broker refuses commits of any but the last one. */
export interface Generation {
  readonly memberId: string;
  readonly id: number;
}

/** A place in a topic. */
export interface Place {
  readonly topic: string;
  readonly partition: number;
}

/** Who leads a partition. */
export interface Leader {
  readonly nodeId: number;
  readonly broker: Broker;
}

/** A topic as brokers describe it. */
export interface DescribedTopic {
  /** Another one when the topic was deleted and made again. Undefined for a topic that is not there. */
  readonly id: string | undefined;
  /** By partition; undefined where nobody leads. */
  readonly leaders: readonly (Leader | undefined)[];
}

/** Waits twice as long after each failure to join, in ms. */
const [firstRetryAfterMs, lastRetryAfterMs] = [100, 5_000];

/** Waits for a step of leaving, whether it succeeds or fails: for 5 s at most. */
function withinLeave(step: (onEnd: () => void) => void): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  step(() => resolve(undefined));
  return Promise.race([promise, delay(5_000, undefined, { ref: false })]);
}

/** Errors of the protocol that the same request meets again: an operator has to do something. */
const finalErrors = new Set([
  ...['GROUP_AUTHORIZATION_FAILED', 'TOPIC_AUTHORIZATION_FAILED', 'CLUSTER_AUTHORIZATION_FAILED'],
  ...['INVALID_GROUP_ID', 'INVALID_SESSION_TIMEOUT', 'UNSUPPORTED_VERSION', 'GROUP_MAX_SIZE_REACHED'],
]);

/**
 * A member of a group: it joins, and joins again whenever that is needed, sends heartbeats, and commits. It reads no
 * records. The library's consumer does the protocol.
 */
export class Membership {
  readonly #library: typeof import('@platformatic/kafka');
  readonly #consumer: Consumer;
  readonly #connection: KafkaConnection;
  readonly #options: MembershipOptions;
  readonly #closing = new AbortController();
  #joining: Promise<void> | undefined;

  private constructor(
    library: typeof import('@platformatic/kafka'),
    connection: KafkaConnection,
    options: MembershipOptions,
  ) {
    this.#library = library;
    this.#connection = connection;
    this.#options = options;
    const { groupId, topics, sessionTimeoutMs, rebalanceTimeoutMs } = options;
    this.#consumer = new library.Consumer({
      ...platformaticOptions(connection, patienceOf(connection).requestTimeoutMs),
      ...{ groupId, sessionTimeout: sessionTimeoutMs, rebalanceTimeout: rebalanceTimeoutMs },
      heartbeatInterval: Math.floor(sessionTimeoutMs / 10),
      // As kafkajs names its own, so that members with either library can be in one group.
      protocols: [{ name: 'RoundRobinAssigner', version: 0 }],
      ...{ retries: 0, retryDelay: 100 },
    });
    endBrokenConnections(this.#consumer);
    this.#consumer.topics.trackAll(...topics);
    this.#listen();
  }

  /** Finds the brokers. @throws when none of them answers */
  static async open(connection: KafkaConnection, options: MembershipOptions): Promise<Membership> {
    const membership = new Membership(await import('@platformatic/kafka'), connection, options);
    try {
      await membership.#untilKafkaAnswers();
    } catch (error) {
      await membership.leave();
      throw error;
    }
    return membership;
  }

  /** Joins the group, again when this is a member already, for as long as that takes. */
  join(): void {
    this.#joining ??= this.#joinUntilDone().finally(() => (this.#joining = undefined));
  }

  /** @throws when the group was joined again since, or the coordinator does not answer */
  async commit(
    generation: Generation,
    { topic, partition }: Place,
    offset: number,
    metadata: string,
  ): Promise<void> {
    const committed = {
      committedOffset: BigInt(offset),
      committedLeaderEpoch: -1,
      committedMetadata: metadata,
    };
    await this.#library.offsetCommitV8.api.async(
      await this.#coordinator(),
      this.#options.groupId,
      generation.id,
      generation.memberId,
      null,
      [{ name: topic, partitions: [{ partitionIndex: partition, ...committed }] }],
    );
  }

  /** The group's committed offsets, by topic and partition; where it has none, the partition is left out. */
  async committed(partitions: Readonly<Record<string, readonly number[]>>): Promise<Map<string, number>> {
    const topics = Object.entries(partitions).map(([topic, of]) => ({ topic, partitions: [...of] }));
    const found = new Map<string, number>();
    for (const [topic, offsets] of await this.#consumer.listCommittedOffsets({ topics }))
      for (const [partition, offset] of offsets.entries())
        if (offset >= 0n) found.set(`${topic}/${partition}`, Number(offset));
    return found;
  }

  /** The offset of the oldest record of a partition. */
  async oldestOffset({ topic, partition }: Place): Promise<number> {
    const partitions = { [topic]: [partition] };
    const offsets = await this.#consumer.listOffsets({ topics: [topic], partitions, timestamp: -2n });
    const oldest = offsets.get(topic)?.[partition];
    if (oldest === undefined) throw new Error(`Kafka did not say where ${topic}/${partition} begins.`);
    return Number(oldest);
  }

  /** Asks for the topics, by name. One about which nobody answered is left out. */
  async topics(): Promise<Map<string, DescribedTopic>> {
    const found = new Map<string, DescribedTopic>();
    // Asked for together, one missing topic would fail the whole answer.
    await Promise.allSettled(
      this.#options.topics.map(async (name) => {
        const { brokers, topics } = await this.#consumer
          .metadata({ topics: [name], forceUpdate: true, retries: 2 })
          .catch((error: unknown) => {
            if (!isUnknownTopic(error)) throw error;
            return { brokers: new Map<number, Broker>(), topics: new Map<string, undefined>() };
          });
        const { id, partitions = [] } = topics.get(name) ?? {};
        const leaders = partitions.map(({ leader: nodeId }) => {
          const broker = brokers.get(nodeId);
          return broker && { nodeId, broker };
        });
        found.set(name, { id, leaders });
      }),
    );
    return found;
  }

  /** Leaves the group. A coordinator that does not answer is not waited for. */
  async leave(): Promise<void> {
    this.#closing.abort();
    // A join that ends after `close` would send heartbeats for ever: `leaveGroup` calls it off.
    await withinLeave((onLeft) => this.#consumer.leaveGroup(true, onLeft));
    await withinLeave((onClosed) => this.#consumer.close(true, onClosed));
  }

  #listen(): void {
    const { onJoined, onRejoining, onHeartbeat } = this.#options;
    this.#consumer.on('consumer:group:join', ({ memberId, generationId = 0, assignments = [] }) => {
      const partitions = Object.fromEntries(assignments.map(({ topic, partitions: of }) => [topic, of]));
      onJoined(partitions, { memberId, id: generationId });
    });
    this.#consumer.on('consumer:group:rebalance', onRejoining);
    this.#consumer.on('consumer:heartbeat:end', onHeartbeat);
    // The library tried to join again by itself, once.
    this.#consumer.on('error', () => this.join());
  }

  async #joinUntilDone(): Promise<void> {
    const { signal } = this.#closing;
    for (let wait = firstRetryAfterMs; !signal.aborted; wait = Math.min(wait * 2, lastRetryAfterMs)) {
      try {
        await this.#consumer.joinGroup({});
        return;
      } catch (error) {
        if (this.#closing.signal.aborted) return;
        if (this.#isFinal(error)) {
          this.#options.onFatalError(new RequestFailed(error));
          return;
        }
        this.#connection.onLog?.(
          'warn',
          `the group cannot be joined yet: ${new RequestFailed(error).message}`,
        );
      }
      await delay(wait, undefined, { signal }).catch(() => undefined);
    }
  }

  #isFinal(error: unknown): boolean {
    const { findErrorBy } = this.#library;
    if (findErrorBy(error as Error, 'code', 'PLT_KFK_AUTHENTICATION')) return true;
    const refused = findErrorBy(error as Error, 'code', 'PLT_KFK_PROTOCOL') as { apiId?: string } | null;
    return refused !== null && finalErrors.has(refused.apiId ?? '');
  }

  async #untilKafkaAnswers(): Promise<void> {
    const { retries, initialRetryTime = firstRetryAfterMs } = patienceOf(this.#connection).retry;
    for (let time = 0; ; time += 1) {
      try {
        await this.#consumer.metadata({ topics: [], retries: 0 });
        return;
      } catch (error) {
        if (time >= retries || this.#isFinal(error)) throw new RequestFailed(error);
      }
      await delay(Math.min(initialRetryTime * 2 ** time, lastRetryAfterMs));
    }
  }

  async #coordinator() {
    const id = await this.#consumer.findGroupCoordinator();
    const { brokers } = await this.#consumer.metadata({ topics: [] });
    const broker = brokers.get(id);
    if (!broker) throw new Error(`The coordinator of ${this.#options.groupId}, broker ${id}, is not known.`);
    return this.#consumer.connections.get(broker);
  }
}

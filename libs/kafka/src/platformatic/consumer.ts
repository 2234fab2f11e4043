import { setTimeout as delay } from 'node:timers/promises';
import { patienceOf, type KafkaConnection } from '../client.ts';
import {
  rebalanceTimeoutMs,
  silentMsOf,
  type ConsumerOptions,
  type RunningConsumer,
} from '../consumer-options.ts';
import { createLagLook, type LagLook } from '../partition-lags.ts';
import { watchSilence } from '../watch-silence.ts';
import { Assignment } from './assignment.ts';
import { FetchClient } from './fetch.ts';
import { Membership, type Generation } from './membership.ts';
import { PartitionWork } from './partition-work.ts';

/** How often it is looked for partitions that were added, and for leaders that moved, in ms. */
const lookEveryMs = 30_000;

/** `runConsumer` on @platformatic/kafka. */
export async function runPlatformaticConsumer(
  connection: KafkaConnection,
  options: ConsumerOptions,
): Promise<RunningConsumer> {
  const consumer = new PlatformaticConsumer(connection, options);
  await consumer.start();
  return consumer;
}

/** A member of a group, and what it reads between one join and the next. */
class PlatformaticConsumer implements RunningConsumer {
  readonly #connection: KafkaConnection;
  readonly #options: ConsumerOptions;
  readonly #lags: LagLook;
  readonly #work: PartitionWork;
  readonly #stopping = new AbortController();
  #membership: Membership | undefined;
  #fetches: FetchClient | undefined;
  #assignment: Assignment | undefined;
  #watch: ReturnType<typeof watchSilence> | undefined;
  #joins = 0;

  constructor(connection: KafkaConnection, options: ConsumerOptions) {
    this.#connection = connection;
    this.#options = options;
    this.#lags = createLagLook(connection, options.groupId);
    this.#work = new PartitionWork(options.partitionsAtOnce);
  }

  async start(): Promise<void> {
    const watch = watchSilence(this.#connection, silentMsOf(this.#options), this.#options.onFatalError);
    this.#watch = watch;
    try {
      const { requestTimeoutMs } = patienceOf(this.#connection);
      const silentMs = requestTimeoutMs + this.#options.maxWaitMs;
      this.#fetches = await FetchClient.open(this.#connection, this.#options, silentMs);
      this.#membership = await Membership.open(this.#connection, {
        ...this.#options,
        rebalanceTimeoutMs,
        onJoined: (partitions, generation) => this.#joined(partitions, generation),
        onRejoining: () => this.#assignment?.end(),
        onHeartbeat: watch.heard,
      });
    } catch (error) {
      watch.stop();
      throw error;
    }
    this.#membership.join();
    void this.#lookForChanges();
  }

  lags() {
    return this.#lags.look();
  }

  async stop(): Promise<void> {
    this.#watch?.stop();
    this.#stopping.abort();
    this.#assignment?.end();
    await this.#work.ended();
    await Promise.all([this.#membership?.leave(), this.#fetches?.close()]);
  }

  #joined(partitions: Readonly<Record<string, readonly number[]>>, generation: Generation): void {
    this.#assignment?.replace();
    void this.#fetches?.close();
    if (this.#stopping.signal.aborted || !this.#membership || !this.#fetches || !this.#watch) return;
    this.#joins += 1;
    this.#lags.assigned(partitions);
    this.#options.onAssigned?.(partitions);
    this.#assignment = new Assignment({
      ...{ connection: this.#connection, consumer: this.#options, membership: this.#membership },
      ...{ fetches: this.#fetches, work: this.#work, lags: this.#lags, onAnswer: this.#watch.heard },
      ...{ partitions, generation, isFirst: this.#joins === 1 },
    });
    void this.#assignment.begin();
  }

  async #lookForChanges(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await delay(lookEveryMs, undefined, { signal, ref: false }).catch(() => undefined);
      await this.#assignment?.look();
    }
  }
}

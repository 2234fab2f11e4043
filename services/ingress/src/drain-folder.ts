import { existsSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { RegistryConnection } from '@sluice/canonical-event/registry';
import type { KafkaConnection } from '@sluice/kafka/client';
import { createPublisher, type OutgoingRecord, type Publisher } from '@sluice/kafka/publisher';
import { createCircuitBreaker } from './circuit-breaker.ts';
import { createDurableWriter } from './durable-writer.ts';
import { createIngressDeadLetters } from './ingress-dead-letters.ts';
import type { DrainOutcome } from './spool/spooled.ts';
import { openSpool, type Spool } from './spool/spool.ts';

export interface DrainFolderOptions {
  /** The spool's folder, of an ingress that does no longer run. */
  readonly folder: string;
  readonly kafka: KafkaConnection;
  readonly registry: RegistryConnection;
  /** How long all of it may take, in ms. */
  readonly withinMs: number;
  /** Told why it does not continue, once until it does. */
  readonly say: (message: string) => void;
}

/**
 * Publishes what the spool of an ingress holds that will not come back, as that ingress would: the same records to
 * the same topics, so that what was published already has the same ids. Nothing leaves the disk before Kafka has it.
 * @returns how many records were published, and how many damaged parts stay in quarantine
 * @throws an error when the folder is in use or cannot be used, or not all of it could be published in time
 */
export async function drainFolder(
  options: DrainFolderOptions,
): Promise<{ published: number; quarantined: number }> {
  const { folder, kafka, registry, withinMs, say } = options;
  const deadline = performance.now() + withinMs;
  if (!existsSync(folder)) throw new Error(`There is no folder ${folder}: name the spool of an ingress.`);
  const opened = await openSpool({ folder });
  if (opened.outcome === 'refused') throw new Error(opened.reason);
  const { spool } = opened;
  const publishers = publishersByTopic(kafka);
  const deadLetters = createIngressDeadLetters(registry);
  let [published, isEmpty] = [0, false];
  const writer = createDurableWriter({
    publisher: publishers,
    breaker: createCircuitBreaker(Number.POSITIVE_INFINITY),
    spool: watched(spool, ({ outcome, delivered }) => {
      published += delivered;
      isEmpty = outcome === 'drained';
    }),
    prepare: (record) => deadLetters.prepare(record),
    insteadOf: (record) => deadLetters.insteadOf(record),
    on: { spooled: () => undefined, tooLarge: () => undefined, problem: say },
  });
  try {
    for (;;) {
      await writer.drain();
      const { records, quarantined, lastFailure } = spool.state();
      if (isEmpty) return { published, quarantined };
      if (performance.now() > deadline)
        throw new Error(
          `About ${records} records are still in ${folder} after ${withinMs / 1000} s: ${lastFailure ?? 'Kafka does not accept them, or the schema registry is unavailable'}. Run it again; ${published} were published.`,
        );
      await pause(200);
    }
  } finally {
    await publishers.close();
    await spool.close();
  }
}

/** The spool, with the end of each drain told. It is drained in any case: how many records are left is an estimate. */
function watched(spool: Spool, ended: (outcome: DrainOutcome) => void): Spool {
  return {
    ...spool,
    state: () => ({ ...spool.state(), records: Math.max(1, spool.state().records) }),
    async drain(deliver) {
      const outcome = await spool.drain(deliver);
      ended(outcome);
      return outcome;
    },
  };
}

/** A publisher must be told its topics before; which ones a spool needs is known by its records alone. */
function publishersByTopic(kafka: KafkaConnection): Publisher {
  const byTopic = new Map<string, Publisher>();
  const of = ({ topic }: OutgoingRecord): Publisher => {
    const found = byTopic.get(topic) ?? createPublisher(kafka, [topic]);
    byTopic.set(topic, found);
    return found;
  };
  const all = (): Publisher[] => [...byTopic.values()];
  const sum = (amounts: number[]): number => amounts.reduce((total, amount) => total + amount, 0);
  return {
    publish: (record) => of(record).publish(record),
    send: (record, settle) => of(record).send(record, settle),
    ready: () => all().every((one) => one.ready()),
    takes: (topic) => byTopic.get(topic)?.takes(topic) ?? false,
    probe: async (topic) => (await byTopic.get(topic)?.probe(topic)) ?? false,
    inFlight: () => ({
      records: sum(all().map((one) => one.inFlight().records)),
      bytes: sum(all().map((one) => one.inFlight().bytes)),
    }),
    async close() {
      await Promise.all(all().map((one) => one.close()));
    },
  };
}

import { setTimeout as delay } from 'node:timers/promises';
import { sinks } from '@sluice/cli/sinks';
import { storeTesting } from '@sluice/cli/testing/store-testing';
import { endOffsets } from '@sluice/kafka/topics-admin';
import { canonicalTopics, topicOf } from '@sluice/schemas/topics';
import type { SendLedger } from '@sluice/simulator/send-ledger';
import { collect, untilDrained } from '@sluice/start/collect';
import { balance, type Acknowledged, type Found } from '@sluice/start/ledger';
import { storeAddresses } from '@sluice/start/store-addresses';
import type { Finding } from '../fault-case.ts';
import type { System } from './system.ts';

/** What the sender knows: the ledger that the system under test has no part in. */
export interface Sent {
  readonly acknowledged: readonly Acknowledged[];
  readonly types: SendLedger['types'];
}

/** How long acknowledged pushes may still be on their way, once the fault is over: a spool drains. */
const arriveWithinMs = 60_000;

export interface JudgeOptions {
  readonly recoveryMs?: number | null;
  readonly problems?: readonly string[];
  /**
   * Which raw records must have become events: all that are found, or those of acknowledged pushes alone, where a
   * case destroyed what became of others. Default everything.
   */
  readonly scope?: 'everything' | 'acknowledged';
}

/**
 * Waits until the workers have finished, reads everything back, and compares it with what was acknowledged: by
 * payload hash in the raw topics, by event id in every store.
 */
export async function judge(
  system: System,
  sent: Sent,
  { recoveryMs = null, problems = [], scope = 'everything' }: JudgeOptions = {},
): Promise<Finding> {
  const { endpoints, stream } = system;
  const deadline = performance.now() + arriveWithinMs;
  let found: Found;
  let unkept: number;
  do {
    await drained(system);
    found = await readBack(system);
    unkept = countUnkept(sent.acknowledged, found);
    if (unkept > 0) await delay(1_000);
  } while (unkept > 0 && performance.now() < deadline);

  const { imbalances } = balance(
    new Map(sent.types.map(({ vendor, dataType, sent: count }) => [`${vendor}/${dataType}`, count])),
    sent.acknowledged,
    scope === 'everything' ? found : { ...found, raw: ofAcknowledged(sent.acknowledged, found.raw) },
  );
  const refused = (stage: string): Set<string> =>
    new Set(found.deadLetters.filter((letter) => letter.stage === stage).map(({ id }) => id));
  const addresses = storeAddresses(endpoints, stream);
  const stores = await Promise.all(
    sinks.map(async ({ id, title, stage }) => ({
      name: title,
      copies: await storeTesting[id].copies(addresses[id]),
      refused: refused(stage),
    })),
  );
  const missing = stores.map(({ name, copies, refused: letters }) => {
    const ids = [...found.events.keys()].filter((id) => !copies.has(id) && !letters.has(id));
    return { name, ids };
  });
  return {
    acknowledged: sent.acknowledged.length,
    lost: unkept + missing.reduce((sum, { ids }) => sum + ids.length, 0),
    duplicatesBefore: await countCopiesInTopics(system, found),
    duplicatesAfter: stores.reduce((sum, { copies }) => sum + beyondOne(copies), 0),
    recoverySeconds: recoveryMs === null ? null : Math.round(recoveryMs / 100) / 10,
    problems: [
      ...problems,
      // The stores are compared by event id below, which says more than counts by type.
      ...imbalances.filter(
        (sentence) => !sinks.some(({ noun, title }) => sentence.endsWith(` ${noun}s in ${title}.`)),
      ),
      ...missing
        .filter(({ ids }) => ids.length > 0)
        .map(({ name, ids }) => `${ids.length} events are not in ${name} (${ids.slice(0, 3).join(', ')}).`),
    ],
  };
}

function ofAcknowledged(acknowledged: readonly Acknowledged[], raw: Found['raw']): Found['raw'] {
  const keys = new Set(acknowledged.map(({ sourceId, payloadHash }) => `${sourceId}/${payloadHash}`));
  return new Map([...raw].filter(([key]) => keys.has(key)));
}

/** Reads topics and stores; again when that fails, since what reads is no part of what is judged. */
function readBack({ endpoints, stream, since }: System): Promise<Found> {
  return collect(endpoints, stream, since).catch(() => collect(endpoints, stream, since));
}

/**
 * Longer than a worker takes to end itself when the Kafka client is stuck (a session behind the longest join: 90 s), to
 * start again and to join.
 */
const recoversWithinMs = 180_000;

/** Waits until no worker has anything left. @throws with the end of every log when nothing moves for `stallMs` */
export async function drained({ endpoints, stream, all }: System, stallMs = recoversWithinMs): Promise<void> {
  try {
    await untilDrained(endpoints, stream, stallMs);
  } catch (error) {
    const logs = all.map((service) => `--- ${service.name}\n${service.log()}`).join('\n');
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${logs}`, { cause: error });
  }
}

function countUnkept(acknowledged: readonly Acknowledged[], found: Found): number {
  const deadLetters = new Set(
    found.deadLetters
      .filter(({ stage }) => stage === 'INGRESS')
      .map(({ sourceId, id }) => `${sourceId}/${id}`),
  );
  return acknowledged.filter(({ sourceId, payloadHash }) => {
    const key = `${sourceId}/${payloadHash}`;
    return !found.raw.has(key) && !deadLetters.has(key);
  }).length;
}

/** Records beyond one for each push in the raw topics, and for each event in the canonical ones. */
async function countCopiesInTopics({ endpoints, stream }: System, found: Found): Promise<number> {
  const connection = { brokers: endpoints.kafkaBrokers, clientId: 'sluice-faults' };
  let records = 0n;
  for (const name of canonicalTopics)
    for (const end of (await endOffsets(connection, topicOf(stream, name))).values()) records += end;
  const raw = [...found.raw.values()].reduce((sum, { positions }) => sum + positions.size - 1, 0);
  return raw + Number(records) - found.events.size;
}

function beyondOne(copies: ReadonlyMap<string, number>): number {
  return [...copies.values()].reduce((sum, count) => sum + count - 1, 0);
}

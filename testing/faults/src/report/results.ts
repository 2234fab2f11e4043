import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultKafkaClient, kafkaClients, type KafkaClient } from '@sluice/kafka/client';

/** The last run of a case that counts. */
export interface Result {
  readonly command: string;
  /** ISO 8601, UTC. */
  readonly date: string;
  readonly seed: string;
  readonly short: boolean;
  /** `not-run`: the machine did not allow it. */
  readonly outcome: 'pass' | 'fail' | 'not-run';
  /** Why it failed or was not run; empty when it passed. */
  readonly reason: string;
  /** Null where the case ended before it could measure. */
  readonly acknowledged: number | null;
  readonly lost: number | null;
  readonly duplicatesBefore: number | null;
  readonly duplicatesAfter: number | null;
  readonly recoverySeconds: number | null;
  readonly restarts: number;
  readonly peakMemoryMb: number;
}

/** By `resultKey`. */
export type Results = Readonly<Record<string, Result>>;

/** A case's name, and the client library unless that is the default. */
export const resultKey = (name: string, client: KafkaClient): string =>
  client === defaultKafkaClient ? name : `${name} --client ${client}`;

const file = join(import.meta.dirname, '../../results.json');

export function readResults(): Results {
  return JSON.parse(readFileSync(file, 'utf8')) as Results;
}

/** @param order names of cases as the page lists them; results of cases that are no more are dropped */
export function writeResults(results: Results, order: readonly string[]): void {
  const kept = order.flatMap((name) =>
    kafkaClients.flatMap((client) => {
      const key = resultKey(name, client);
      return results[key] ? [[key, results[key]] as const] : [];
    }),
  );
  writeFileSync(file, `${JSON.stringify(Object.fromEntries(kept), null, 2)}\n`);
}

/** A short run says less than a full one, and one that was not run says least: neither takes a better one's place. */
export function withResult(results: Results, key: string, result: Result): Results {
  const before = results[key];
  const ran = before !== undefined && before.outcome !== 'not-run';
  if (ran && (result.outcome === 'not-run' || (result.short && !before.short))) return results;
  return { ...results, [key]: result };
}

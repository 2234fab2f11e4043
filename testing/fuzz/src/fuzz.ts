import { bodyOf, createCorpus } from './bodies.ts';
import type { FuzzOptions } from './options.ts';
import { createRunner, type BodyResult } from './run-body.ts';
import { openAccounts } from './sources.ts';

/** What a run found. */
export interface FuzzReport {
  readonly bodies: number;
  readonly seconds: number;
  readonly events: number;
  /** How many bodies ended in each way at ingress, and how many dead letters of each reason there were. */
  readonly outcomes: ReadonlyMap<string, number>;
  readonly reasons: ReadonlyMap<string, number>;
  readonly slowest: { readonly number: number; readonly ms: number };
  readonly largest: { readonly number: number; readonly amplification: number };
  readonly peakMemoryMb: number;
  /** By number of the body; no more than the first few. */
  readonly failures: readonly { readonly number: number; readonly problems: readonly string[] }[];
}

const shownFailures = 10;

/** Runs the bodies of a seed, one after the other, until all are done, time is up, or too many failed. */
export async function fuzz(
  { seed, from, bodies, seconds }: FuzzOptions,
  say: (line: string) => void,
): Promise<FuzzReport> {
  const accounts = await openAccounts();
  const corpus = createCorpus(accounts);
  const runBody = await createRunner(accounts);
  const outcomes = new Map<string, number>();
  const reasons = new Map<string, number>();
  const failures: { number: number; problems: readonly string[] }[] = [];
  let events = 0;
  let slowest = { number: from, ms: 0 };
  let largest = { number: from, amplification: 0 };
  const startedAt = performance.now();
  const tookSeconds = (): number => (performance.now() - startedAt) / 1000;
  let saidAt = 0;
  let number = from;
  for (; number < from + bodies && tookSeconds() < seconds; number += 1) {
    const result: BodyResult = await runBody(bodyOf(corpus, seed, number));
    add(outcomes, result.outcome);
    for (const reason of result.deadLetters) add(reasons, reason);
    events += result.events;
    if (result.ms > slowest.ms) slowest = { number, ms: result.ms };
    if (result.amplification > largest.amplification)
      largest = { number, amplification: result.amplification };
    if (result.problems.length > 0) failures.push({ number, problems: result.problems });
    if (failures.length >= shownFailures) break;
    if (tookSeconds() - saidAt > 30) {
      saidAt = tookSeconds();
      say(`${number - from + 1} bodies after ${Math.round(saidAt)} s`);
    }
  }
  return {
    bodies: number - from,
    seconds: tookSeconds(),
    events,
    outcomes,
    reasons,
    slowest,
    largest,
    peakMemoryMb: Math.round(process.resourceUsage().maxRSS / 1024),
    failures,
  };
}

function add(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

/**
 * `npm run alerts`: brings the real services into each state in which data stops or is about to be lost, side by side, and
 * waits until the chart's alerts fire in a real Prometheus. `npm run alerts -- <state>...` runs these alone; their figures
 * replace the former ones of docs/operations/alerts.md.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { acquireServers } from '@sluice/dev-servers/acquire-servers';
import type { Endpoints } from '@sluice/dev-servers/endpoints';
import { findPrometheus } from '@sluice/monitoring/find-prometheus';
import { readFirings, writeFirings } from '@sluice/monitoring/firings';
import { contextOf } from '../run-case.ts';
import type { AlertState } from './state.ts';
import { alertStates } from './states.ts';
import { mostMs, watchState, type StateSeen } from './watch.ts';

// Each process that is started listens for the end of this one.
process.setMaxListeners(0);

const say = (line: string): void => void process.stdout.write(`${line}\n`);
/** A state that expects nothing is watched for as long as the slowest alert may take. */
const quietMs = mostMs;

process.exitCode = await main(process.argv.slice(2));
// What a state that failed left open must not keep the process.
process.exit();

/** @returns the exit code: 1 when an alert did not fire in time, or one fired where all is well */
async function main(names: readonly string[]): Promise<number> {
  const states = alertStates();
  const chosen = names.length === 0 ? states : states.filter(({ name }) => names.includes(name));
  const unknown = names.filter((name) => !states.some((state) => state.name === name));
  if (unknown.length > 0) {
    say(
      `There is no state ${unknown.join(', ')}: it must be of ${states.map(({ name }) => name).join(', ')}.`,
    );
    return 2;
  }
  const found = findPrometheus(process.env);
  if (found.outcome === 'absent') {
    say(found.reason);
    return 1;
  }
  say('Bringing up Kafka, schema registry, ClickHouse and Elasticsearch…');
  const lease = await acquireServers();
  const folder = mkdtempSync(join(tmpdir(), 'sluice-alerts-'));
  try {
    const ended = await inTurn(chosen, (state) =>
      watchAndEnd(state, found.prometheus, join(folder, state.name), lease.endpoints),
    );
    return tell(ended);
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await lease.release();
  }
}

type Ended = Readonly<{ state: AlertState } & ({ outcome: StateSeen } | { problem: string })>;

/** Starts one behind the other, so that the machine is not busy with starting alone, and waits for all of them. */
async function inTurn(
  states: readonly AlertState[],
  watch: (state: AlertState) => { readonly started: Promise<undefined>; readonly ended: Promise<Ended> },
): Promise<Ended[]> {
  const running: Promise<Ended>[] = [];
  for (const state of states) {
    const { started, ended } = watch(state);
    running.push(ended);
    await started;
  }
  return Promise.all(running);
}

function watchAndEnd(
  state: AlertState,
  prometheus: string,
  folder: string,
  endpoints: Endpoints,
): { started: Promise<undefined>; ended: Promise<Ended> } {
  const { promise: started, resolve } = Promise.withResolvers<undefined>();
  const cleanups: (() => Promise<void>)[] = [];
  const tellOf = (line: string): void => say(`  ${state.name}: ${line}`);
  const context = contextOf({ endpoints, seed: state.name, scale: 'full', say: tellOf }, [], cleanups);
  const watched = {
    ...context,
    startSystem: async (options: Parameters<typeof context.startSystem>[0]) => {
      const system = await context.startSystem(options);
      resolve(undefined);
      return system;
    },
  };
  const watching = async (): Promise<Ended> => {
    try {
      return { state, outcome: await watchState(state, prometheus, folder, quietMs, watched) };
    } catch (error) {
      tellOf(`failed: ${String(error)}`);
      return { state, problem: String(error) };
    } finally {
      resolve(undefined);
      for (const cleanup of cleanups.toReversed())
        await cleanup().catch((error: unknown) => tellOf(`while cleaning up: ${String(error)}`));
    }
  };
  return { started, ended: watching() };
}

function tell(ended: readonly Ended[]): number {
  let failures = 0;
  const firings = { ...readFirings().firings };
  say('\nway, alert, seconds until it fired');
  for (const one of ended) {
    if ('problem' in one) {
      failures += 1;
      say(`${one.state.name} could not be brought about: ${one.problem}`);
      continue;
    }
    const { seen, fired } = one.outcome;
    for (const { way, alert, seconds } of seen) {
      const isInTime = seconds !== null && seconds * 1000 <= mostMs;
      if (!isInTime) failures += 1;
      say(`${way.padEnd(22)} ${alert.padEnd(30)} ${seconds === null ? 'never' : `${seconds} s`}`);
      if (seconds !== null)
        firings[way] = { alert, seconds, ...(one.state.shortened && { shortened: true as const }) };
    }
    say(`${one.state.name}: all that fired: ${fired.length === 0 ? 'none' : fired.join(', ')}`);
    if (seen.length === 0 && fired.length > 0) failures += 1;
  }
  writeFirings({ date: new Date().toISOString().slice(0, 10), firings });
  return failures === 0 ? 0 : 1;
}

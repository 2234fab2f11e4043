import { writeFileSync } from 'node:fs';
import { acquireServers, type ServersLease } from '@sluice/dev-servers/acquire-servers';
import { cases, casesNamed } from './catalogue.ts';
import type { FaultCase } from './fault-case.ts';
import { commandOf, parseOptions, usage, type FaultOptions } from './options.ts';
import { pageFile } from './report/page-file.ts';
import { renderPage } from './report/render-page.ts';
import {
  readResults,
  resultKey,
  withResult,
  writeResults,
  type Result,
  type Results,
} from './report/results.ts';
import { runCase, type CaseOutcome } from './run-case.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

process.exitCode = await main();
// What a case that failed left open must not keep the process.
process.exit();

/** @returns the exit code: 1 when a case failed */
async function main(): Promise<number> {
  let options: FaultOptions | 'help';
  let chosen: readonly FaultCase[];
  try {
    options = parseOptions(process.argv.slice(2));
    const named = options === 'help' || options.names.length === 0 ? cases : casesNamed(options.names);
    chosen = options !== 'help' && options.resume ? unpassed(named, options, readResults()) : named;
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    return 2;
  }
  if (options === 'help') {
    say(usage);
    return 0;
  }
  if (options.list) {
    for (const one of cases) say(`${one.name.padEnd(30)} ${one.fault}`);
    return 0;
  }
  return runAll(chosen, options);
}

async function runAll(chosen: readonly FaultCase[], options: FaultOptions): Promise<number> {
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      say(`${signal}: stopped; the case that ran is not recorded.`);
      // Services and brokers end with this process.
      process.exit(130);
    });
  // The one setting that services and the command line take from here.
  process.env.SLUICE_KAFKA_CLIENT = options.client;
  say('Bringing up Kafka, schema registry, ClickHouse and Elasticsearch…');
  let lease: ServersLease;
  try {
    lease = await acquireServers();
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    return 1;
  }
  const counts: Record<CaseOutcome['outcome'], number> = { pass: 0, fail: 0, 'not-run': 0 };
  try {
    for (const one of chosen) {
      say(`\n${one.name}: ${one.fault}\n  expected: ${one.expectation}`);
      const startedAt = performance.now();
      const outcome = await runCase(one, {
        endpoints: lease.endpoints,
        seed: options.seed,
        scale: options.short ? 'short' : 'full',
        say: (line) => say(`  ${line}`),
      });
      counts[outcome.outcome] += 1;
      record(one.name, outcome, options);
      say(`${textOf(outcome)} (${Math.round((performance.now() - startedAt) / 1000)} s)`);
    }
  } finally {
    await lease.release();
  }
  const notRun = counts['not-run'] === 0 ? '' : `, ${counts['not-run']} could not be run here`;
  say(`\n${counts.pass} of ${chosen.length} cases passed${notRun}; see docs/reference/faults.md.`);
  return counts.fail === 0 ? 0 : 1;
}

function unpassed(
  named: readonly FaultCase[],
  { short, client }: FaultOptions,
  results: Results,
): readonly FaultCase[] {
  return named.filter(({ name }) => {
    const result = results[resultKey(name, client)];
    return result?.outcome !== 'pass' || (result.short && !short);
  });
}

/** After each case, so that a run that is broken off has not run for nothing. */
function record(name: string, { finding, ...outcome }: CaseOutcome, options: FaultOptions): void {
  const result: Result = {
    command: commandOf(name, options),
    date: new Date().toISOString(),
    seed: options.seed,
    short: options.short,
    outcome: outcome.outcome,
    reason: outcome.reason.slice(0, 2_000),
    acknowledged: finding?.acknowledged ?? null,
    lost: finding?.lost ?? null,
    duplicatesBefore: finding?.duplicatesBefore ?? null,
    duplicatesAfter: finding?.duplicatesAfter ?? null,
    recoverySeconds: finding?.recoverySeconds ?? null,
    restarts: outcome.restarts,
    peakMemoryMb: outcome.peakMemoryMb,
  };
  const results = withResult(readResults(), resultKey(name, options.client), result);
  writeResults(
    results,
    cases.map((one) => one.name),
  );
  writeFileSync(pageFile, renderPage(cases, results));
}

function textOf({ finding, outcome, reason, restarts, peakMemoryMb }: CaseOutcome): string {
  const figures = finding
    ? `  ${finding.acknowledged} acknowledged, ${finding.lost} lost, duplicates ${finding.duplicatesBefore} before and ${finding.duplicatesAfter} after deduplication, recovered in ${finding.recoverySeconds ?? '–'} s, ${restarts} restarts, at most ${peakMemoryMb} MB\n`
    : '';
  return `${figures}  ${outcome}${reason === '' ? '' : `: ${reason}`}`;
}

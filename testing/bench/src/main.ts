import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { acquireServers } from '@sluice/dev-servers/acquire-servers';
import type { BenchReport, BenchRun } from './bench-run.ts';
import { createCleanups, type Cleanups } from './cleanups.ts';
import { benchFairness } from './fairness.ts';
import { benchIngress } from './ingress.ts';
import { benchLatency } from './latency.ts';
import { benchModel } from './model.ts';
import { benchNormalizer } from './normalizer.ts';
import { parseOptions, usage, type BenchName, type BenchOptions } from './options.ts';
import { benchPipeline } from './pipeline.ts';
import { removeStream } from '@sluice/start/testing/remove-stream';
import { benchScale } from './scale.ts';
import { benchViews } from './views.ts';

const benches: Record<Exclude<BenchName, 'model' | 'normalizer'>, (run: BenchRun) => Promise<BenchReport>> = {
  ingress: benchIngress,
  fairness: benchFairness,
  latency: benchLatency,
  pipeline: benchPipeline,
  scale: benchScale,
  views: benchViews,
};

/** Figures go to the standard output, and nothing else does. */
const print = (text: string): void => void process.stdout.write(`${text}\n`);
const progress = (line: string): void => void process.stderr.write(`${line}\n`);

process.exitCode = await main();

/** @returns the exit code */
async function main(): Promise<number> {
  let options: BenchOptions | 'help';
  try {
    options = parseOptions(process.argv.slice(2));
  } catch (error) {
    progress(lineOf(error));
    return 2;
  }
  if (options === 'help') {
    print(usage);
    return 0;
  }
  const { promise: interrupted, reject: interrupt } = Promise.withResolvers<never>();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => interrupt(new Error(`${signal}: stopped before the end.`)));

  const cleanups = createCleanups((error) => progress(lineOf(error)));
  try {
    const report = await Promise.race([run(options, cleanups, interrupted), interrupted]);
    print(options.json ? JSON.stringify(report.figures, null, 2) : report.text);
    return report.sound ? 0 : 1;
  } catch (error) {
    progress(lineOf(error));
    return 1;
  } finally {
    progress('stopping, and deleting what the run made…');
    await cleanups.run();
  }
}

async function run(
  options: BenchOptions,
  cleanups: Cleanups,
  interrupted: Promise<never>,
): Promise<BenchReport> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
  cleanups.add(() => rm(folder, { recursive: true, force: true }));
  const local = { folder, options, cleanups, interrupted, progress };
  if (options.bench === 'normalizer') return benchNormalizer(local);
  if (options.bench === 'model') return benchModel(local);
  progress('bringing up the servers…');
  const lease = await acquireServers();
  cleanups.add(() => lease.release());
  const { endpoints } = lease;
  const stream = `bench_${randomBytes(6).toString('hex')}`;
  cleanups.add(() => removeStream(endpoints, stream));
  return benches[options.bench]({ ...local, endpoints, stream });
}

/** With its causes: `fetch failed` alone tells nobody anything. */
function lineOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const within =
    error instanceof AggregateError ? error.errors : error.cause === undefined ? [] : [error.cause];
  return [error.message, ...within.map(lineOf)].join('\n');
}

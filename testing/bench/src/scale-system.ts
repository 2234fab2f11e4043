import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startAllServices, type AllServices } from './all-services.ts';
import type { BenchRun } from './bench-run.ts';
import { startHelper } from './helper-process.ts';
import type { LoadAnswer, LoadQuestion } from './load/load-process.ts';
import { readMetrics } from './metrics.ts';
import { usageOf, type Usage, type UsageSample } from './usage.ts';

export interface SystemReport {
  /** By service, and all together. Nothing is sent. */
  readonly idle: readonly Usage[];
  /** The same under load. */
  readonly loaded: readonly Usage[];
  /** What was acknowledged under load. */
  readonly pushes: number;
  readonly errors: number;
}

export const loadPerSecond = 500;
const connections = 64;
const calmMs = 10_000;

/** What all services together use: idle, with heartbeats only, and under a steady load. */
export async function measureSystem(run: BenchRun, sourcesFile: string): Promise<SystemReport> {
  const { options, progress, cleanups, interrupted } = run;
  const all = await startAllServices(run, sourcesFile);
  const sender = await startHelper<LoadQuestion, LoadAnswer>(
    join(import.meta.dirname, 'load/load-process.ts'),
    null,
  );
  cleanups.add(() => sender.stop());
  progress(`idle for ${options.seconds} s…`);
  const stopped = Promise.race([all.died, interrupted]);
  await Promise.race([delay(calmMs), stopped]);
  // Asked twice only: answering costs CPU.
  const idle = [await sampleAll(all)];
  await Promise.race([delay(options.seconds * 1000), stopped]);
  idle.push(await sampleAll(all));
  progress(`${loadPerSecond} pushes/s for ${options.seconds} s…`);
  const sent = sender.ask({
    ...{ port: all.ingressPort, connections, ratePerSecond: loadPerSecond, seconds: options.seconds },
    ...{ sourcesFile, sourceId: 'bench', seed: run.stream },
  });
  const { samples, acknowledged, errors } = await Promise.race([sampledWhile(all, sent), stopped]);
  await Promise.race([all.settled(), stopped]);
  samples.push(await sampleAll(all));
  await all.stop();
  return { idle: usageOf(idle), loaded: usageOf(samples), pushes: acknowledged, errors };
}

/** Samples each second until the load ends. */
async function sampledWhile(
  all: AllServices,
  sent: Promise<LoadAnswer>,
): Promise<{ samples: UsageSample[] } & Pick<LoadAnswer, 'acknowledged' | 'errors'>> {
  const samples = [await sampleAll(all)];
  let result: LoadAnswer | undefined;
  while (result === undefined) {
    result = await Promise.race([sent, delay(1000).then(() => undefined)]);
    samples.push(await sampleAll(all));
  }
  return { samples, acknowledged: result.acknowledged, errors: result.errors };
}

async function sampleAll({ services }: AllServices): Promise<UsageSample> {
  const processes = await Promise.all(
    services.map(async ({ name, opsPort }) => {
      const metrics = await readMetrics(opsPort);
      return { name, cpuSeconds: metrics.cpuSeconds, rssBytes: metrics.sum('process_resident_memory_bytes') };
    }),
  );
  return { atMs: performance.now(), processes };
}

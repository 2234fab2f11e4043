import { developmentSources } from '@sluice/start/development-sources';
import { setTimeout as delay } from 'node:timers/promises';
import type { CaseContext, FaultCase, Finding } from '../fault-case.ts';
import { drained, judge } from '../system/judge.ts';
import { startLoad } from '../system/load.ts';
import { onlySources } from '../system/source-files.ts';

const connections = 300;
const asFastAsItGoes = 1_000_000;

/** One source sends without a pause, and another one as usual, each push once. */
async function flood(context: CaseContext): Promise<Finding> {
  const system = await context.startSystem();
  const start = (sourceId: string, options: { rate: number; connections?: number; retryForMs?: number }) => {
    const sourcesFile = onlySources(system.sourcesFile, [sourceId]);
    return startLoad({ ...system, sourcesFile }, { seed: context.seed, ...options });
  };
  const quiet = await start(developmentSources.open, { rate: 50, retryForMs: 0 });
  await quiet.untilAcknowledged(100);
  const loud = await start(developmentSources.plain, { rate: asFastAsItGoes, connections, retryForMs: 0 });
  await delay(context.pick(30, 5) * 1_000);
  const flooded = await loud.finish();
  await quiet.untilAcknowledged(50);
  const kept = await quiet.finish();
  const startedAt = performance.now();
  await drained(system);
  const recoveryMs = performance.now() - startedAt;
  const { latencyMs, failures, totals } = kept;
  context.say(
    `the flood: ${flooded.totals.sent} pushes in ${Math.round(flooded.durationMs / 1000)} s, ${flooded.totals.acknowledged} acknowledged; the quiet source: ${totals.sent} pushes, p50 ${Math.round(latencyMs.p50)} ms, p99 ${Math.round(latencyMs.p99)} ms`,
  );
  const ended = system.all
    .filter((service) => service.restarts() > 0)
    .map(({ name }) => `${name} ended of it.`);
  const refused = failures.map(
    ({ outcome, status, detail }) => `${outcome} (${status ?? 'no answer'} ${detail})`,
  );
  return judge(
    system,
    {
      types: [...flooded.types, ...kept.types],
      acknowledged: [...flooded.acknowledged, ...kept.acknowledged],
    },
    {
      recoveryMs,
      problems: [
        ...ended,
        ...(refused.length > 0
          ? [`${refused.length} of ${totals.sent} quiet pushes were not taken: ${refused[0] ?? ''}.`]
          : []),
      ],
    },
  );
}

export const floodCases: readonly FaultCase[] = [
  {
    name: 'flood-of-one-source',
    group: 'abuse',
    fault: `one source sends as fast as it can over ${connections} connections for 30 s, another one 50 pushes a second`,
    expectation:
      'The quiet one is never refused and loses nothing; what the flood got acknowledged is kept; nothing ends.',
    run: flood,
  },
];

import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultSpoolLimits, openSpool } from '@sluice/ingress/spool/spool';
import { topicOf } from '@sluice/schemas/topics';
import type { Acknowledged } from '@sluice/start/ledger';
import type { CaseContext, FaultCase, Finding } from '../fault-case.ts';
import { judge } from '../system/judge.ts';
import { startLoad } from '../system/load.ts';
import { watchMemory } from '../system/memory.ts';
import type { System } from '../system/system.ts';
import { waitFor } from '../system/wait-for.ts';
import { hashOf } from './probe.ts';
import { takePlainPushes } from './plain-pushes.ts';
import { rawHeadersOf } from './raw-headers-of.ts';

const recordBytes = 256 * 1024;
const readyWithinMs = 5_000;
const memoryAtMostMb = 512;

/** A gigabyte is in the spool when ingress starts, as after a long outage and a crash. */
async function startWithMuchSpooled(context: CaseContext): Promise<Finding> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-faults-spool-'));
  context.onEnd(() => rm(folder, { recursive: true, force: true }));
  const system = await context.startSystem({ env: { ingress: { SLUICE_SPOOL_FOLDER: folder } } });
  const ingress = system.service('ingress');
  await ingress.kill();
  const megabytes = context.pick(1_024, 64);
  const spooled = await fillSpool(context, system, folder, (megabytes * 1024 * 1024) / recordBytes);
  context.say(`${spooled.length} records, ${megabytes} MiB spooled`);

  const startedAt = performance.now();
  await ingress.start();
  const readyMs = performance.now() - startedAt;
  const memory = watchMemory(() => [ingress]);
  const load = await startLoad(system, { seed: context.seed, rate: 20 });
  let left = Number.POSITIVE_INFINITY;
  const drained = async (): Promise<boolean> => (left = await ingress.metric('sluice_spool_records')) === 0;
  await waitFor('the spool is drained', drained, context.pick(900, 300) * 1_000).catch((error: unknown) => {
    throw new Error(`${String(error)} ${left} records were left.`, { cause: error });
  });
  const recoveryMs = performance.now() - startedAt;
  const { mb: peakMb } = memory.stop().largest;
  context.say(`ready after ${Math.round(readyMs)} ms; ingress held at most ${peakMb} MB while it drained`);
  const { types, acknowledged } = await load.finish();
  const problems = [
    ...(readyMs > readyWithinMs ? [`It was ready after ${Math.round(readyMs)} ms.`] : []),
    ...(peakMb > memoryAtMostMb ? [`Ingress held ${peakMb} MB.`] : []),
  ];
  return judge(system, { types, acknowledged: [...acknowledged, ...spooled] }, { recoveryMs, problems });
}

/** Documents that the normalizer reads quickly: both formats allow spaces behind them. */
async function fillSpool(
  context: CaseContext,
  { sourcesFile, stream }: System,
  folder: string,
  count: number,
): Promise<Acknowledged[]> {
  const opened = await openSpool({ folder, limits: { ...defaultSpoolLimits, maxBytes: 8 * 1024 ** 3 } });
  if (opened.outcome === 'refused') throw new Error(opened.reason);
  const { spool } = opened;
  const kept: Acknowledged[] = [];
  const pushes = await takePlainPushes(sourcesFile, `${context.seed} spooled`, count);
  // As many at once as wait for a commit without reaching the bound.
  for (let at = 0; at < pushes.length; at += 64) {
    const outcomes = await Promise.all(
      pushes.slice(at, at + 64).map(async (push) => {
        const value = Buffer.alloc(recordBytes, ' ');
        value.write(push.text);
        const payloadHash = hashOf(value);
        const { sourceId, vendor, dataType } = push;
        kept.push({ sourceId, vendor, dataType, payloadHash });
        const headers = rawHeadersOf(push, payloadHash);
        const topic = topicOf(stream, `raw.${vendor}`);
        return spool.append({ topic, key: Buffer.from(push.id), value, headers });
      }),
    );
    const failed = outcomes.find(({ outcome }) => outcome !== 'spooled');
    if (failed) throw new Error(`A record could not be spooled: ${failed.outcome}.`);
  }
  await spool.close();
  return kept;
}

export const spoolRestartCases: readonly FaultCase[] = [
  {
    name: 'spool-restart-1gb',
    group: 'ingress',
    fault: 'ingress starts with 1 GiB in its spool (64 MiB with --short), and new pushes come at once',
    expectation: `Ready within ${readyWithinMs / 1000} s, drained while new pushes are taken, ingress below ${memoryAtMostMb} MB, each event visible once.`,
    run: startWithMuchSpooled,
  },
];

import { writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { serviceNames } from '@sluice/start/services';
import type { CaseContext, FaultCase, Finding } from '../fault-case.ts';
import { judge } from '../system/judge.ts';
import { startLoad } from '../system/load.ts';

const hourMs = 3_600_000;

/** The wall clock of every service jumps; monotonic clocks continue, as they do on a real machine. */
async function jumps(context: CaseContext): Promise<Finding> {
  const file = join(tmpdir(), `sluice-faults-clock-${process.pid}`);
  writeFileSync(file, '0');
  context.onEnd(() => rm(file, { force: true }));
  const preload = import.meta.resolve('../system/shifted-clock.ts');
  const env = { NODE_OPTIONS: `--import ${preload}`, FAULTS_CLOCK_FILE: file };
  const system = await context.startSystem({
    // To a service whose clock is an hour behind, every signature is of the future: by default it is kept apart.
    sources: (text) => text.replaceAll('signed: true\n', 'signed: true\n    staleTimestamps: accept\n'),
    env: Object.fromEntries(serviceNames.map((name) => [name, env])),
  });
  const load = await startLoad(system, { seed: context.seed, rate: 60 });
  await load.untilAcknowledged(100);
  for (let round = 0; round < context.pick(5, 1); round += 1) {
    for (const shiftMs of [hourMs, -hourMs, 0]) {
      writeFileSync(file, String(shiftMs));
      // The services look at the file ten times a second.
      await delay(2_000);
      await load.untilAcknowledged(50);
    }
  }
  return judge(system, await load.finish());
}

export const clockCases: readonly FaultCase[] = [
  {
    name: 'clock-jumps',
    group: 'ingress',
    fault: 'the wall clock of every service jumps an hour forth, two back, and one forth again, under load',
    expectation:
      'Where sources accept stale timestamps pushes are taken as before, and each event is visible once.',
    run: jumps,
  },
];

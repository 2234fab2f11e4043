import { setTimeout as delay } from 'node:timers/promises';
import type { CaseContext, FaultCase, Finding } from '../fault-case.ts';
import { judge } from '../system/judge.ts';
import { startLoad } from '../system/load.ts';

/** Ingress dies and is started again; between two deaths it has taken some pushes. */
async function killAgainAndAgain(context: CaseContext): Promise<Finding> {
  const system = await context.startSystem();
  const ingress = system.service('ingress');
  const load = await startLoad(system, { seed: context.seed, rate: 100 });
  const kills = context.pick(200, 6);
  let slowest = 0;
  for (let kill = 1; kill <= kills; kill += 1) {
    await load.untilAcknowledged(1);
    await delay(context.random.integer(0, 400));
    await ingress.kill();
    const startedAt = performance.now();
    await ingress.start();
    await load.untilAcknowledged(1);
    slowest = Math.max(slowest, performance.now() - startedAt);
    if (kill % 20 === 0) context.say(`${kill} of ${kills} kills, ${load.counts().acknowledged} acknowledged`);
  }
  return judge(system, await load.finish(), { recoveryMs: slowest });
}

/** Every push is sent once: what a stop does to a client must show. */
async function stopAgainAndAgain(context: CaseContext): Promise<Finding> {
  const system = await context.startSystem();
  const ingress = system.service('ingress');
  const load = await startLoad(system, { seed: context.seed, rate: 100, retryForMs: 0 });
  const problems: string[] = [];
  let slowest = 0;
  for (let stop = 1; stop <= context.pick(20, 3); stop += 1) {
    await load.untilAcknowledged(50);
    await delay(context.random.integer(0, 300));
    const how = await ingress.stop();
    if (how !== 0) problems.push(`Stop ${stop} ended with ${how}, not with 0.`);
    const startedAt = performance.now();
    await ingress.start();
    await load.untilAcknowledged(1);
    slowest = Math.max(slowest, performance.now() - startedAt);
  }
  const sent = await load.finish();
  // A port that nobody listens on is what a balancer sees and avoids; a connection that breaks is a lost answer.
  const broken = sent.failures.filter(
    ({ status, detail }) => status === undefined && !detail.includes('ECONNREFUSED'),
  );
  const kinds = [...new Set(broken.map(({ detail }) => detail))].join(', ');
  if (broken.length > 0) problems.push(`${broken.length} requests were cut off (${kinds}).`);
  return judge(system, sent, { recoveryMs: slowest, problems });
}

export const ingressCases: readonly FaultCase[] = [
  {
    name: 'ingress-sigkill',
    group: 'ingress',
    fault: 'SIGKILL of ingress at 200 seeded random points under load',
    expectation: 'What was acknowledged is in the raw topics; the vendor sends the rest again.',
    run: killAgainAndAgain,
  },
  {
    name: 'ingress-sigterm',
    group: 'ingress',
    fault: 'SIGTERM of ingress under load, 20 times, every push sent once',
    expectation: 'It ends with 0, loses nothing and cuts off no request that it took.',
    run: stopAgainAndAgain,
  },
];

import { setTimeout as delay } from 'node:timers/promises';
import type { ServiceName } from '@sluice/start/services';
import type { CaseContext, FaultCase, Finding } from '../fault-case.ts';
import { drained, judge } from '../system/judge.ts';
import { startLoad } from '../system/load.ts';

type Worker = Exclude<ServiceName, 'ingress'>;

/** Either of two instances dies at seeded moments, while the other continues. */
async function killWithTwo(context: CaseContext, name: Worker): Promise<Finding> {
  const system = await context.startSystem({ instances: { [name]: 2 } });
  const load = await startLoad(system, { seed: context.seed, rate: 60 });
  await load.untilAcknowledged(20);
  const kills = context.pick(200, 4);
  for (let kill = 1; kill <= kills; kill += 1) {
    const victim = system.service(name, context.random.integer(0, 1));
    await delay(context.random.integer(0, 1_500));
    await victim.kill();
    await victim.start();
    if (kill % 20 === 0) context.say(`${kill} of ${kills} kills, ${load.counts().acknowledged} acknowledged`);
  }
  const startedAt = performance.now();
  const sent = await load.finish();
  await drained(system);
  return judge(system, sent, { recoveryMs: performance.now() - startedAt });
}

/** One of two is frozen past its session; the other takes over; the first wakes up with old records in flight. */
async function freezePastSession(context: CaseContext): Promise<Finding> {
  const workers: readonly Worker[] = ['normalizer', 'sink-clickhouse', 'sink-elasticsearch'];
  const system = await context.startSystem({
    instances: { normalizer: 2, 'sink-clickhouse': 2, 'sink-elasticsearch': 2 },
  });
  const load = await startLoad(system, { seed: context.seed, rate: 60 });
  await load.untilAcknowledged(100);
  for (let round = 0; round < context.pick(5, 1); round += 1) {
    for (const name of workers) system.service(name).freeze();
    // The session is 6 s.
    await delay(context.random.integer(9_000, 12_000));
    for (const name of workers) system.service(name).thaw();
    await load.untilAcknowledged(100);
  }
  const startedAt = performance.now();
  const sent = await load.finish();
  await drained(system);
  return judge(system, sent, { recoveryMs: performance.now() - startedAt });
}

/** A third member comes and goes every 5 s. */
async function rebalance(context: CaseContext): Promise<Finding> {
  const system = await context.startSystem({ instances: { normalizer: 2, 'sink-clickhouse': 2 } });
  const load = await startLoad(system, { seed: context.seed, rate: 60 });
  const end = performance.now() + context.pick(120, 15) * 1_000;
  const restless = [system.service('normalizer', 1), system.service('sink-clickhouse', 1)];
  while (performance.now() < end) {
    await Promise.all(restless.map((service) => service.stop()));
    await delay(2_500);
    await Promise.all(restless.map((service) => service.start()));
    await delay(2_500);
  }
  const startedAt = performance.now();
  const sent = await load.finish();
  await drained(system);
  return judge(system, sent, { recoveryMs: performance.now() - startedAt });
}

async function registryAway(context: CaseContext): Promise<Finding> {
  const { proxy, url } = await context.openTcpProxy(context.endpoints.registryUrl);
  const system = await context.startSystem({ through: { registryUrl: url } });
  proxy.setMode('refuse');
  // Nobody has read or written a record: whatever a service needs of the registry it needs now.
  const load = await startLoad(system, { seed: context.seed, rate: 60 });
  await load.untilAcknowledged(100);
  await delay(context.pick(30, 6) * 1_000);
  proxy.setMode('pass');
  const startedAt = performance.now();
  const sent = await load.finish();
  await drained(system);
  return judge(system, sent, { recoveryMs: performance.now() - startedAt });
}

/** The workers start while nobody answers at the registry, as after a power cut; ingress has taken pushes. */
async function registryAwayAtStart(context: CaseContext): Promise<Finding> {
  const { proxy, url } = await context.openTcpProxy(context.endpoints.registryUrl);
  const system = await context.startSystem({ through: { registryUrl: url } });
  const workers = system.all.filter(({ name }) => name !== 'ingress');
  await Promise.all(workers.map((service) => service.kill()));
  proxy.setMode('refuse');
  const load = await startLoad(system, { seed: context.seed, rate: 60 });
  for (const service of workers) service.launch();
  await load.untilAcknowledged(context.pick(500, 100));
  const sent = await load.finish();
  proxy.setMode('pass');
  const startedAt = performance.now();
  await drained(system);
  return judge(system, sent, { recoveryMs: performance.now() - startedAt });
}

const killed = (name: Worker): FaultCase => ({
  name: `${name}-sigkill`,
  group: 'workers',
  fault: `SIGKILL of ${name} at 200 seeded points, two instances running`,
  expectation: 'The other instance, or the next start, does the work again; each event is visible once.',
  run: (context) => killWithTwo(context, name),
});

export const workerCases: readonly FaultCase[] = [
  killed('normalizer'),
  killed('sink-clickhouse'),
  killed('sink-elasticsearch'),
  {
    name: 'worker-sigstop',
    group: 'workers',
    fault: 'SIGSTOP of one of two instances of every worker past the session time-out, takeover, SIGCONT',
    expectation: 'What the frozen one still writes changes nothing; each event is visible once.',
    run: freezePastSession,
  },
  {
    name: 'rebalance-every-5s',
    group: 'workers',
    fault: 'a member joins or leaves the groups every 5 s for 2 min',
    expectation: 'Work continues and each event is visible once.',
    run: rebalance,
  },
  {
    name: 'registry-away-in-flight',
    group: 'workers',
    fault: 'the schema registry refuses connections for 30 s while records are in flight',
    expectation: 'Partitions are blocked, nothing is a dead letter for it, and work continues by itself.',
    run: registryAway,
  },
  {
    name: 'registry-away-at-start',
    group: 'workers',
    fault: 'the workers start while the schema registry refuses connections',
    expectation: 'They wait, or end and are started again; nothing is a dead letter for it.',
    run: registryAwayAtStart,
  },
];

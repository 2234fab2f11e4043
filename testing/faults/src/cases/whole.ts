import { setTimeout as delay } from 'node:timers/promises';
import type { CaseContext, FaultCase, Finding } from '../fault-case.ts';
import { apiKeys } from '../proxy/frames.ts';
import { drained, judge } from '../system/judge.ts';
import { startLoad } from '../system/load.ts';
import type { System } from '../system/system.ts';

/** Something bad, and its end. */
interface RandomFault {
  readonly name: string;
  readonly do: () => void | Promise<void>;
}

/** Faults over all processes and connections of one system, drawn from the seed; then everything is healed. */
async function randomFaults(context: CaseContext): Promise<Finding> {
  const { endpoints, random } = context;
  const kafka = await context.openKafkaProxies(endpoints.kafkaBrokers);
  const registry = await context.openTcpProxy(endpoints.registryUrl);
  const clickhouse = await context.openTcpProxy(endpoints.clickhouseUrl);
  const elasticsearch = await context.openTcpProxy(endpoints.elasticsearchUrl);
  const system = await context.startSystem({
    through: {
      kafkaBrokers: kafka.addresses,
      registryUrl: registry.url,
      clickhouseUrl: clickhouse.url,
      elasticsearchUrl: elasticsearch.url,
    },
    instances: { normalizer: 2 },
  });
  const stores = [registry, clickhouse, elasticsearch];
  const faults: readonly RandomFault[] = [
    ...processFaults(system, context),
    { name: 'Kafka resets', do: () => kafka.each((proxy) => proxy.reset()) },
    {
      name: 'answers of Kafka cut',
      do: () => kafka.each((proxy) => proxy.setRule(apiKeys.produce, 'cut', random.integer(1, 5))),
    },
    {
      name: 'Kafka away',
      do: async () => {
        kafka.each((proxy) => proxy.setMode(random.chance(0.5) ? 'refuse' : 'black-hole'));
        await delay(random.integer(500, 8_000));
        kafka.each((proxy) => proxy.setMode('pass'));
      },
    },
    {
      name: 'a store or the registry away',
      do: async () => {
        const { proxy } = random.pick(stores);
        proxy.setMode(random.chance(0.5) ? 'refuse' : 'black-hole');
        await delay(random.integer(500, 8_000));
        proxy.setMode('pass');
      },
    },
  ];

  const load = await startLoad(system, { seed: context.seed, rate: 60 });
  await load.untilAcknowledged(50);
  const end = performance.now() + context.pick(1_200, 120) * 1_000;
  for (let count = 1; performance.now() < end; count += 1) {
    const fault = random.pick(faults);
    await fault.do();
    await delay(random.integer(0, 2_000));
    if (count % 10 === 0) context.say(`${count} faults, ${load.counts().acknowledged} acknowledged`);
  }
  const startedAt = performance.now();
  await heal(system);
  await load.untilAcknowledged(100);
  const sent = await load.finish();
  await drained(system);
  return judge(system, sent, { recoveryMs: performance.now() - startedAt });
}

function processFaults(system: System, { random }: CaseContext): RandomFault[] {
  const any = (): System['all'][number] => random.pick(system.all);
  return [
    {
      name: 'a service killed and started',
      do: async () => {
        const service = any();
        await service.kill();
        // It may not become ready while a server is unavailable: a supervisor would not wait for that either.
        service.launch();
      },
    },
    {
      name: 'a service stopped and started',
      do: async () => {
        const service = any();
        await service.stop();
        service.launch();
      },
    },
    {
      name: 'a service frozen for a while',
      do: async () => {
        const service = any();
        service.freeze();
        await delay(random.integer(500, 9_000));
        service.thaw();
      },
    },
  ];
}

/** Waits until every service is ready. @throws with the logs of those that are not */
async function heal(system: System): Promise<void> {
  const deadline = performance.now() + 180_000;
  for (;;) {
    const ready = await Promise.all(system.all.map((service) => service.ready()));
    const late = system.all.filter((_, index) => ready[index] !== true);
    if (late.length === 0) return;
    if (performance.now() > deadline) {
      const logs = late.map(
        (service) => `--- ${service.name}, pid ${service.pid() ?? 'none'}\n${service.log()}`,
      );
      throw new Error(`Not ready within 180 s of the last fault:\n${logs.join('\n')}`);
    }
    await delay(500);
  }
}

export const wholeCases: readonly FaultCase[] = [
  {
    name: 'random-faults',
    group: 'whole',
    fault:
      '20 min of seeded random faults (2 min with --short) over all processes and connections, then healing',
    expectation:
      'The ledger balances: nothing acknowledged is lost, one visible copy of each in both stores.',
    run: randomFaults,
  },
];

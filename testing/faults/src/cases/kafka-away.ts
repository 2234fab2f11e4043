import { setTimeout as delay } from 'node:timers/promises';
import type { CaseContext, FaultCase, Finding } from '../fault-case.ts';
import { apiKeys } from '../proxy/frames.ts';
import type { AnswerFault, KafkaProxies } from '../proxy/kafka-proxy.ts';
import type { KafkaNode } from '../system/kafka-node.ts';
import { judge } from '../system/judge.ts';
import { startLoad } from '../system/load.ts';

/** Something is done to the only broker under load, and undone after a while. */
async function withBrokerGone(
  context: CaseContext,
  seconds: number,
  fault: { connections: number; begin: (node: KafkaNode) => unknown; end: (node: KafkaNode) => unknown },
): Promise<Finding> {
  const kafka = await context.startKafka();
  const endpoints = { ...context.endpoints, kafkaBrokers: [...kafka.brokers] };
  const system = await context.startSystem({ endpoints });
  const load = await startLoad(system, { seed: context.seed, rate: 100, connections: fault.connections });
  await load.untilAcknowledged(100);
  await fault.begin(kafka.broker(0));
  const before = load.counts().acknowledged;
  await delay(seconds * 1_000);
  context.say(`${load.counts().acknowledged - before} acknowledged while the broker was gone`);
  await fault.end(kafka.broker(0));
  const recoveryMs = await load.untilAcknowledged(100);
  return judge(system, await load.finish(), { recoveryMs });
}

/** Something is done to the connections between the services and Kafka under load, and undone after a while. */
async function withBadNetwork(
  context: CaseContext,
  fault: (proxies: KafkaProxies) => Promise<string[]>,
): Promise<Finding> {
  const proxies = await context.openKafkaProxies(context.endpoints.kafkaBrokers);
  const system = await context.startSystem({ through: { kafkaBrokers: proxies.addresses } });
  const load = await startLoad(system, { seed: context.seed, rate: 100 });
  await load.untilAcknowledged(100);
  const problems = await fault(proxies);
  const recoveryMs = await load.untilAcknowledged(100);
  return judge(system, await load.finish(), { recoveryMs, problems });
}

async function loseAnswers(context: CaseContext, fault: AnswerFault): Promise<Finding> {
  const proxies = await context.openKafkaProxies(context.endpoints.kafkaBrokers);
  const system = await context.startSystem({ through: { kafkaBrokers: proxies.addresses } });
  const load = await startLoad(system, { seed: context.seed, rate: 50 });
  const befallen = (): number =>
    proxies.brokers.reduce((sum, proxy) => sum + proxy.befallen(apiKeys.produce), 0);
  for (let round = 0; round < context.pick(20, 4); round += 1) {
    await load.untilAcknowledged(25);
    proxies.each((proxy) => proxy.setRule(apiKeys.produce, fault, 3));
  }
  const recoveryMs = await load.untilAcknowledged(100);
  const problems = befallen() === 0 ? ['No answer was lost: the case proves nothing.'] : [];
  context.say(`${befallen()} answers lost`);
  return judge(system, await load.finish(), { recoveryMs, problems });
}

export const kafkaAwayCases: readonly FaultCase[] = [
  {
    name: 'all-brokers-killed',
    group: 'ingress',
    fault: 'the only broker killed (SIGKILL) for 60 s under load, then started again',
    expectation:
      'Nothing acknowledged before, meanwhile or after is lost; pushes are taken again by themselves.',
    run: (context) =>
      withBrokerGone(context, context.pick(60, 8), {
        connections: 32,
        begin: (node) => node.kill(),
        end: (node) => node.start(),
      }),
  },
  {
    name: 'broker-sigstop',
    group: 'ingress',
    fault: 'the broker stopped (SIGSTOP) for 45 s with 50 sends in flight, then SIGCONT',
    expectation: 'Every request has its answer within its deadline, and nothing acknowledged is lost.',
    run: (context) =>
      withBrokerGone(context, context.pick(45, 12), {
        connections: 50,
        begin: (node) => node.freeze(),
        end: (node) => node.thaw(),
      }),
  },
  {
    name: 'broker-slow',
    group: 'ingress',
    fault: 'the way to Kafka slowed to 1 Mbit/s for 5 min under load',
    expectation:
      'Memory stays bounded, pushes beyond the rate are refused or kept, and nothing acknowledged is lost.',
    run: (context) =>
      withBadNetwork(context, async (proxies) => {
        proxies.each((proxy) => proxy.setRate(125_000));
        await delay(context.pick(300, 10) * 1_000);
        proxies.each((proxy) => proxy.setRate(null));
        return [];
      }),
  },
  {
    name: 'produce-answers-swallowed',
    group: 'kafka',
    fault: "Kafka's answers to PRODUCE never arrive, the write was done and the connection stays; 20 times",
    expectation: 'The record is written again and deduplicated behind; nothing acknowledged is lost.',
    run: (context) => loseAnswers(context, 'swallow'),
  },
  {
    name: 'produce-answers-cut',
    group: 'kafka',
    fault: "the connection reset instead of Kafka's answer to PRODUCE, the write was done; 20 times",
    expectation: 'The record is written again and deduplicated behind; nothing acknowledged is lost.',
    run: (context) => loseAnswers(context, 'cut'),
  },
  {
    name: 'broker-black-holed',
    group: 'kafka',
    fault: 'every packet between the services and Kafka dropped for 2 min, connections left open',
    expectation: 'Nothing acknowledged is lost, and everything continues by itself.',
    run: (context) =>
      withBadNetwork(context, async (proxies) => {
        proxies.each((proxy) => proxy.setMode('black-hole'));
        await delay(context.pick(120, 12) * 1_000);
        proxies.each((proxy) => proxy.setMode('pass'));
        return [];
      }),
  },
  {
    name: 'connection-resets',
    group: 'kafka',
    fault: 'every connection to Kafka reset at random moments, ten times a second, for 1 min',
    expectation: 'Nothing acknowledged is lost, and everything continues by itself.',
    run: (context) =>
      withBadNetwork(context, async (proxies) => {
        const end = performance.now() + context.pick(60, 6) * 1_000;
        while (performance.now() < end) {
          proxies.each((proxy) => proxy.reset());
          await delay(context.random.integer(20, 180));
        }
        return [];
      }),
  },
];

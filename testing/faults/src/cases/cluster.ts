import { developmentVendors } from '@sluice/start/development-sources';
import { setTimeout as delay } from 'node:timers/promises';
import { connectKafka } from '@sluice/kafka/kafkajs';
import { applyTopics } from '@sluice/kafka/topics-admin';
import { topicOf, topicSettings, rawTopicOf } from '@sluice/schemas/topics';
import { allTopics } from '@sluice/vendors/topics';
import type { CaseContext, FaultCase, Finding } from '../fault-case.ts';
import type { KafkaNode } from '../system/kafka-node.ts';
import { judge } from '../system/judge.ts';
import { startLoad, type Load } from '../system/load.ts';
import type { PrivateKafka } from '../system/private-kafka.ts';
import type { System } from '../system/system.ts';

interface Cluster {
  readonly kafka: PrivateKafka;
  readonly system: System;
  readonly load: Load;
}

/** Three brokers, three copies of each partition, two of which must have a record before it is acknowledged. */
async function startCluster(context: CaseContext): Promise<Cluster> {
  const kafka = await context.startKafka({ brokers: 3 });
  const endpoints = { ...context.endpoints, kafkaBrokers: [...kafka.brokers] };
  const system = await context.startSystem({
    endpoints,
    // The set-up leaves the copies of topics as it finds them, and sets what must be in sync for one broker.
    beforeSetUp: (stream) => copyTopics(kafka.brokers, stream),
    beforeStart: (stream) => copyTopics(kafka.brokers, stream),
  });
  const load = await startLoad(system, { seed: context.seed, rate: 60 });
  await load.untilAcknowledged(100);
  return { kafka, system, load };
}

/** Creates a stream's topics with three copies, of which two must be in sync. */
async function copyTopics(brokers: readonly string[], stream: string): Promise<void> {
  const wanted = allTopics.map((name) => ({
    ...topicSettings(name),
    name: topicOf(stream, name),
    replicas: 3,
  }));
  await applyTopics({ brokers, clientId: 'sluice-faults' }, wanted);
}

/** The broker that leads a raw partition, as its index. */
async function leaderOf({ kafka, system }: Cluster, partition: number): Promise<number> {
  const admin = connectKafka({ brokers: kafka.brokers, clientId: 'sluice-faults' }).admin();
  await admin.connect();
  try {
    const topic = topicOf(system.stream, rawTopicOf(developmentVendors.first));
    const found = await admin.fetchTopicMetadata({ topics: [topic] });
    const leader = found.topics[0]?.partitions.find(({ partitionId }) => partitionId === partition)?.leader;
    return Math.max(0, (leader ?? 1) - 1);
  } finally {
    await admin.disconnect();
  }
}

async function killLeaders(context: CaseContext): Promise<Finding> {
  const cluster = await startCluster(context);
  const { kafka, load } = cluster;
  let slowest = 0;
  for (let round = 0; round < context.pick(20, 2); round += 1) {
    const leader = kafka.broker(await leaderOf(cluster, context.random.integer(0, 5)));
    await leader.kill();
    slowest = Math.max(slowest, await load.untilAcknowledged(50));
    await leader.start();
    await load.untilAcknowledged(50);
    await delay(context.random.integer(0, 2_000));
  }
  return judge(cluster.system, await load.finish(), { recoveryMs: slowest });
}

async function restartInTurn(
  context: CaseContext,
  end: (node: KafkaNode) => Promise<void>,
): Promise<Finding> {
  const { kafka, system, load } = await startCluster(context);
  let slowest = 0;
  for (let round = 0; round < context.pick(3, 1); round += 1) {
    for (const index of [0, 1, 2]) {
      await end(kafka.broker(index));
      await kafka.broker(index).start();
      slowest = Math.max(slowest, await load.untilAcknowledged(50));
    }
  }
  return judge(system, await load.finish(), { recoveryMs: slowest });
}

async function twoOfThreeKilled(context: CaseContext): Promise<Finding> {
  const { kafka, system, load } = await startCluster(context);
  await Promise.all([kafka.broker(0).kill(), kafka.broker(1).kill()]);
  const before = load.counts().acknowledged;
  await delay(context.pick(60, 10) * 1_000);
  context.say(`${load.counts().acknowledged - before} acknowledged with one broker of three`);
  await Promise.all([kafka.broker(0).start(), kafka.broker(1).start()]);
  const recoveryMs = await load.untilAcknowledged(100);
  return judge(system, await load.finish(), { recoveryMs });
}

export const clusterCases: readonly FaultCase[] = [
  {
    name: 'min-isr-not-met',
    group: 'ingress',
    fault: 'two of three brokers killed for 60 s (a controller of their own, min.insync.replicas 2)',
    expectation: 'What one copy alone has is not acknowledged as Kafka’s; nothing acknowledged is lost.',
    run: twoOfThreeKilled,
  },
  {
    name: 'leader-killed',
    group: 'kafka',
    fault: 'a partition leader of three brokers killed 20 times under sends to many partitions',
    expectation: 'No send counts as done that was not: nothing acknowledged is lost.',
    run: killLeaders,
  },
  {
    name: 'rolling-restart-clean',
    group: 'kafka',
    fault: 'three brokers restarted in turn (SIGTERM) under load, 3 rounds',
    expectation: 'Nothing acknowledged is lost, and each event is visible once.',
    run: (context) => restartInTurn(context, (node) => node.stop()),
  },
  {
    name: 'rolling-restart-sigkill',
    group: 'kafka',
    fault: 'three brokers killed (SIGKILL) and started again in turn under load, 3 rounds',
    expectation: 'Nothing acknowledged is lost, and each event is visible once.',
    run: (context) => restartInTurn(context, (node) => node.kill()),
  },
];

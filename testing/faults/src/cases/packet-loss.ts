import { setTimeout as delay } from 'node:timers/promises';
import type { CaseContext, FaultCase, Finding } from '../fault-case.ts';
import { openLossyLink } from '../proxy/lossy-link.ts';
import { drained, judge } from '../system/judge.ts';
import { startLoad } from '../system/load.ts';

const percent = 30;

/** The kernel loses packets between all services and Kafka, under load; then it does not. */
async function losePackets(context: CaseContext): Promise<Finding> {
  const [broker = ''] = context.endpoints.kafkaBrokers;
  const link = await openLossyLink(broker);
  context.onEnd(() => link.close());
  const kafka = await context.openKafkaProxies([broker], link.dial);
  const system = await context.startSystem({ through: { kafkaBrokers: kafka.addresses } });
  const load = await startLoad(system, { seed: context.seed, rate: 50 });
  await load.untilAcknowledged(100);
  link.setLoss(percent);
  const before = load.counts().acknowledged;
  await delay(context.pick(120, 15) * 1_000);
  context.say(`${load.counts().acknowledged - before} acknowledged while packets were lost`);
  link.setLoss(0);
  const startedAt = performance.now();
  await load.untilAcknowledged(100);
  const sent = await load.finish();
  await drained(system);
  return judge(system, sent, { recoveryMs: performance.now() - startedAt });
}

export const packetLossCases: readonly FaultCase[] = [
  {
    name: 'packet-loss',
    group: 'kafka',
    fault: `${percent} % of the packets between the services and Kafka lost by the kernel (nft, in a network namespace of their own), both ways, for 2 min`,
    expectation:
      'Pushes are acknowledged by the spool where Kafka is too slow; nothing is lost, and everything continues by itself.',
    run: losePackets,
  },
];

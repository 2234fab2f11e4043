import { developmentSources } from '@sluice/start/development-sources';
import { setTimeout as delay } from 'node:timers/promises';
import type { CaseContext, FaultCase, Finding } from '../fault-case.ts';
import { judge, type Sent } from '../system/judge.ts';
import { startLoad } from '../system/load.ts';
import { postRaw } from '../system/post-raw.ts';
import { createSealer } from '../system/seal.ts';
import { mountSmallDisk, type SmallDisk } from '../system/small-disk.ts';
import type { System } from '../system/system.ts';
import { asSealed } from './probe.ts';

interface DiskFault {
  /** Done while Kafka takes everything and nothing is spooled. */
  readonly begin: (disk: SmallDisk) => void;
  readonly end: (disk: SmallDisk) => void;
}

/**
 * Kafka is unavailable and the disk takes nothing either; then the disk does again, then Kafka. Ingress is never
 * restarted.
 */
async function withBadDisk(context: CaseContext, fault: DiskFault): Promise<Finding> {
  const disk = mountSmallDisk(1, 64);
  context.onEnd(() => disk.close());
  const kafka = await context.openKafkaProxies(context.endpoints.kafkaBrokers);
  const system = await context.startSystem({
    through: { kafkaBrokers: kafka.addresses },
    env: { ingress: { SLUICE_SPOOL_FOLDER: disk.folder } },
  });
  const ingress = system.service('ingress');
  const pid = ingress.pid();
  const load = await startLoad(system, { seed: context.seed, rate: 100 });
  await load.untilAcknowledged(100);

  fault.begin(disk);
  kafka.each((proxy) => proxy.setMode('refuse'));
  const probed = await untilRefused(system, context.seed);
  context.say(`${load.counts().acknowledged} acknowledged until both were gone`);
  await delay(context.pick(20, 3) * 1_000);
  const problems = (await ingress.ready()) ? ['Ingress says that it is ready, and takes nothing.'] : [];

  fault.end(disk);
  const mendedMs = await load.untilAcknowledged(50);
  context.say(`${Math.round(mendedMs / 1000)} s until the repaired disk had taken 50 more, without Kafka`);
  kafka.each((proxy) => proxy.setMode('pass'));
  const recoveryMs = await load.untilAcknowledged(100);
  const sent = await load.finish();
  const acknowledged = [...sent.acknowledged, ...probed.acknowledged];
  if (ingress.pid() !== pid || ingress.restarts() > 0) problems.push('Ingress ended of it.');
  return judge(system, { types: sent.types, acknowledged }, { recoveryMs, problems });
}

/** Pushes until one is answered 503. @throws when that has no Retry-After, or never comes */
async function untilRefused(system: System, seed: string): Promise<Sent> {
  const sealer = await createSealer(system.sourcesFile, developmentSources.plain, `${seed} probes`);
  const acknowledged: Sent['acknowledged'][number][] = [];
  const deadline = performance.now() + 120_000;
  while (performance.now() < deadline) {
    const push = sealer.seal(sealer.plain());
    const { status, body, retryAfter } = await postRaw(system.ingressUrl, asSealed(push));
    if (status === 200) acknowledged.push(push);
    else if (status === 503 && retryAfter !== undefined) return { types: [], acknowledged };
    else throw new Error(`A push was answered ${status} ${body} (Retry-After ${retryAfter ?? 'absent'}).`);
    await delay(100);
  }
  throw new Error('Ingress took pushes for 120 s with Kafka and its disk gone.');
}

const expectation =
  '503 with Retry-After and not ready, the process continues; it takes pushes again by itself when the disk does, still without Kafka, and nothing acknowledged is lost.';

export const spoolDiskCases: readonly FaultCase[] = [
  {
    name: 'spool-disk-full',
    group: 'ingress',
    fault: 'Kafka away until the disk of the spool is full (a tmpfs of 1 MiB), then more room, then Kafka',
    expectation,
    run: (context) => withBadDisk(context, { begin: () => undefined, end: (disk) => disk.resize(64) }),
  },
  {
    name: 'spool-no-inodes',
    group: 'ingress',
    fault: 'Kafka away while the disk of the spool is out of inodes, then inodes, then Kafka',
    expectation,
    run: (context) =>
      withBadDisk(context, {
        begin: (disk) => disk.takeInodes(),
        end(disk) {
          disk.giveInodes();
          disk.resize(64);
        },
      }),
  },
  {
    name: 'spool-read-only',
    group: 'ingress',
    fault: 'Kafka away while the disk of the spool is read-only, then writable, then Kafka',
    expectation,
    run: (context) =>
      withBadDisk(context, {
        begin: (disk) => disk.setReadOnly(),
        end(disk) {
          disk.setWritable();
          disk.resize(64);
        },
      }),
  },
];

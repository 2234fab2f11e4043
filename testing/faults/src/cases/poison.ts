import { developmentSources } from '@sluice/start/development-sources';
import { setTimeout as delay } from 'node:timers/promises';
import { collect } from '@sluice/start/collect';
import type { Push } from '@sluice/simulator/push';
import type { CaseContext, FaultCase, Finding } from '../fault-case.ts';
import { drained, judge, type Sent } from '../system/judge.ts';
import { startLoad } from '../system/load.ts';
import { poisonMarker } from '../system/poison-marker.ts';
import { createSealer } from '../system/seal.ts';
import type { Service } from '../system/service.ts';
import type { System } from '../system/system.ts';
import { asSealed, probe } from './probe.ts';

function startPoisonable(context: CaseContext, poison: 'throws' | 'hangs'): Promise<System> {
  const preload = import.meta.resolve('../system/poison.ts');
  return context.startSystem({
    env: { normalizer: { NODE_OPTIONS: `--import ${preload}`, FAULTS_POISON: poison } },
  });
}

/** Good XML of a data type that the mapping of the poisoned process cannot stand. */
async function plant(context: CaseContext, system: System, count: number): Promise<Sent> {
  const sealer = await createSealer(system.sourcesFile, developmentSources.plain, `${context.seed} poison`);
  const probes = Array.from({ length: count }, () => {
    const sealed = sealer.seal(sealer.plain());
    // The signature does not cover it.
    const path = sealed.path.replace(/dataType=\w+/, `dataType=${poisonMarker}`);
    const push: Push = { ...sealed, path };
    return { name: 'poison', request: asSealed(push), expect: 'acknowledged' as const, push };
  });
  const { sent, problems } = await probe(system, probes);
  if (problems.length > 0) throw new Error(problems.join(' '));
  return sent;
}

/** Every planted record, and no other, is a dead letter of this reason; then the ledger. */
async function judgePoison(
  system: System,
  sent: Sent,
  planted: Sent,
  reason: string,
  { recoveryMs, problems }: { recoveryMs: number; problems: readonly string[] },
): Promise<Finding> {
  const { deadLetters } = await collect(system.endpoints, system.stream, system.since);
  const ofNormalizer = deadLetters.filter(
    (deadLetter) => deadLetter.stage === 'NORMALIZER' && deadLetter.reason === reason,
  );
  const ids = new Set(ofNormalizer.map(({ id }) => id));
  const missing = planted.acknowledged.filter(({ payloadHash }) => !ids.has(payloadHash)).length;
  const innocent = ids.size - (planted.acknowledged.length - missing);
  return judge(
    system,
    { types: sent.types, acknowledged: [...sent.acknowledged, ...planted.acknowledged] },
    {
      recoveryMs,
      problems: [
        ...problems,
        ...(missing > 0 ? [`${missing} planted records are no dead letters (${reason}).`] : []),
        ...(innocent > 0 ? [`${innocent} other records are dead letters (${reason}).`] : []),
      ],
    },
  );
}

async function throwing(context: CaseContext): Promise<Finding> {
  const system = await startPoisonable(context, 'throws');
  const load = await startLoad(system, { seed: context.seed, rate: 60 });
  await load.untilAcknowledged(50);
  const planted = await plant(context, system, 5);
  await load.untilAcknowledged(context.pick(500, 100));
  const startedAt = performance.now();
  const sent = await load.finish();
  await drained(system);
  const recoveryMs = performance.now() - startedAt;
  const ended = system.service('normalizer').restarts() > 0 ? ['The normalizer ended of it.'] : [];
  return judgePoison(system, sent, planted, 'MAPPING_FAILED', { recoveryMs, problems: ended });
}

/** How often a process that does not answer is asked until it is killed, once a second: a kubelet asks 3 times. */
const patience = 3;

async function hanging(context: CaseContext): Promise<Finding> {
  const system = await startPoisonable(context, 'hangs');
  const normalizer = system.service('normalizer');
  const load = await startLoad(system, { seed: context.seed, rate: 40 });
  await load.untilAcknowledged(50);
  const supervision = killWhenStuck(normalizer);
  context.onEnd(() => supervision.stop().then(() => undefined));
  const startedAt = performance.now();
  const planted = await plant(context, system, 1);
  await load.untilAcknowledged(context.pick(500, 100));
  const sent = await load.finish();
  await drained(system, 180_000);
  const recoveryMs = performance.now() - startedAt;
  const kills = await supervision.stop();
  context.say(`${kills} processes were killed`);
  const problems = kills === 0 ? ['No process hung: the case proves nothing.'] : [];
  return judgePoison(system, sent, planted, 'POISON_PILL', { recoveryMs, problems });
}

/** A supervisor with a liveness probe. */
function killWhenStuck(service: Service): { stop(): Promise<number> } {
  let [kills, silent, running] = [0, 0, true];
  const watching = (async () => {
    while (running) {
      silent = service.pid() === undefined || (await service.alive()) ? 0 : silent + 1;
      if (silent >= patience) {
        await service.kill();
        service.launch();
        [kills, silent] = [kills + 1, 0];
        // A process that starts does not answer yet.
        await delay(5_000);
      }
      await delay(1_000);
    }
  })();
  return {
    async stop() {
      running = false;
      await watching;
      return kills;
    },
  };
}

export const poisonCases: readonly FaultCase[] = [
  {
    name: 'poison-throws',
    group: 'workers',
    fault: 'raw records at which the mapping throws (planted in the process)',
    expectation:
      'Each is a dead letter (MAPPING_FAILED), the process continues, and its neighbours are events.',
    run: throwing,
  },
  {
    name: 'poison-hangs',
    group: 'workers',
    fault:
      'a raw record at which the mapping hangs and blocks the event loop (planted in the process); a supervisor kills what does not answer /livez',
    expectation:
      'After several deaths the record alone is a dead letter (POISON_PILL), and its neighbours are events.',
    run: hanging,
  },
];

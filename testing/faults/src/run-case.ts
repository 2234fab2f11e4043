import { seededRandom } from '@sluice/simulator/random';
import type { Endpoints } from '@sluice/dev-servers/endpoints';
import { NotRun, type CaseContext, type FaultCase, type Finding } from './fault-case.ts';
import { openHttpProxy } from './proxy/http-proxy.ts';
import { openKafkaProxies } from './proxy/kafka-proxy.ts';
import { openTcpProxy } from './proxy/tcp-proxy.ts';
import { mostMemoryMb, watchMemory, type MemoryPeak } from './system/memory.ts';
import { startPrivateKafka } from './system/private-kafka.ts';
import { startSystem, type System } from './system/system.ts';

export interface CaseOptions {
  readonly endpoints: Endpoints;
  readonly seed: string;
  readonly scale: 'full' | 'short';
  readonly say: (line: string) => void;
}

/** A case's figures and its verdict. */
export interface CaseOutcome {
  /** Null when the case ended before it could measure. */
  readonly finding: Finding | null;
  /** Of all services together; 0 when the case started none. */
  readonly peakMemoryMb: number;
  /** Services that ended by themselves and were started again. */
  readonly restarts: number;
  readonly outcome: 'pass' | 'fail' | 'not-run';
  /** Why it failed or was not run; empty when it passed. */
  readonly reason: string;
}

/** Runs one case and ends everything that it opened. Never rejects: what a case throws fails it, but for `NotRun`. */
export async function runCase(one: FaultCase, options: CaseOptions): Promise<CaseOutcome> {
  const systems: System[] = [];
  const cleanups: (() => Promise<void>)[] = [];
  const memory = watchMemory(() => systems.flatMap(({ all }) => all));
  const figures = (peak: MemoryPeak): Pick<CaseOutcome, 'peakMemoryMb' | 'restarts'> => ({
    peakMemoryMb: peak.togetherMb,
    restarts: systems.flatMap(({ all }) => all).reduce((sum, service) => sum + service.restarts(), 0),
  });
  try {
    const finding = await one.run(contextOf(options, systems, cleanups));
    const peak = memory.stop();
    const reasons = [...reasonsOf(finding), ...unbounded(peak)];
    return {
      finding,
      ...figures(peak),
      outcome: reasons.length === 0 ? 'pass' : 'fail',
      reason: reasons.join(' '),
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return {
      finding: null,
      ...figures(memory.stop()),
      outcome: error instanceof NotRun ? 'not-run' : 'fail',
      reason,
    };
  } finally {
    for (const cleanup of cleanups.toReversed())
      await cleanup().catch((error: unknown) => options.say(`while cleaning up: ${String(error)}`));
  }
}

function unbounded({ largest: { name, mb } }: MemoryPeak): string[] {
  return mb > mostMemoryMb ? [`A process of ${name} held ${mb} MB, more than ${mostMemoryMb}.`] : [];
}

function reasonsOf({ lost, duplicatesAfter, problems }: Finding): string[] {
  return [
    ...(lost > 0 ? [`${lost} lost.`] : []),
    ...(duplicatesAfter > 0 ? [`${duplicatesAfter} visible more than once.`] : []),
    ...problems,
  ];
}

/**
 * What a case works with.
 * @param systems gets every system that is started
 * @param cleanups gets what ends all that is opened; the last one is called first
 */
export function contextOf(
  { endpoints, seed, scale, say }: CaseOptions,
  systems: System[],
  cleanups: (() => Promise<void>)[],
): CaseContext {
  const closed = <T extends { close(): Promise<void> }>(opened: T): T => {
    cleanups.push(() => opened.close());
    return opened;
  };
  return {
    ...{ endpoints, seed, say },
    random: seededRandom(seed),
    pick: (full, short) => (scale === 'full' ? full : short),
    async startSystem(options = {}) {
      const system = closed(await startSystem({ endpoints, ...options }));
      systems.push(system);
      return system;
    },
    startKafka: async (options = {}) => closed(await startPrivateKafka(options)),
    openKafkaProxies: async (brokers, dial) => closed(await openKafkaProxies(brokers, dial)),
    openHttpProxy: async (target) => closed(await openHttpProxy(target)),
    async openTcpProxy(target) {
      const url = new URL(target);
      const proxy = closed(await openTcpProxy(url.host));
      url.host = proxy.address;
      return { proxy, url: url.href.replace(/\/$/, '') };
    },
    onEnd: (cleanup) => void cleanups.push(cleanup),
  };
}

import { freePorts } from '@sluice/dev-servers/free-port';
import { startService, stopServices, waitUntilReady } from '@sluice/start/services';
import type { RunningService, ServiceName, ServicePlan } from '@sluice/start/services';
import type { BenchRun } from './bench-run.ts';
import { cores, pin } from './cores.ts';
import { distinctPushes } from './load/prepare-requests.ts';

export interface BenchService {
  readonly name: ServiceName;
  readonly opsPort: number;
  readonly ingressPort: number;
  /** Whether it has a core of its own. */
  readonly pinned: boolean;
  /** Rejects when the service ends. */
  readonly died: Promise<never>;
  stop(): Promise<void>;
}

/**
 * Starts a service as it runs in production, on one core. It is ready when this resolves.
 * @param env settings of the service next to the usual ones
 * @param core null: it runs where there is room. Default: the core of what is measured
 */
export async function startBenchService(
  name: ServiceName,
  { endpoints, stream, folder, cleanups }: BenchRun,
  sourcesFile: string,
  env: Readonly<Record<string, string>> = {},
  core: number | null = cores.measured,
): Promise<BenchService> {
  const [ingressPort = 0, opsPort = 0] = await freePorts(2);
  const plan: ServicePlan = {
    // The prepared requests go round, and each must count: one is forgotten before it comes again.
    env: {
      [name]: {
        ...(name === 'ingress' && { SLUICE_REPLAY_CACHE_ENTRIES: String(distinctPushes / 4) }),
        ...env,
      },
    },
    endpoints,
    stream,
    sourcesFile,
    logFolder: folder,
    ingressPort,
    opsPorts: {
      ingress: opsPort,
      normalizer: opsPort,
      'sink-clickhouse': opsPort,
      'sink-elasticsearch': opsPort,
    },
  };
  const service: RunningService = startService(name, plan);
  const state = { stopping: false };
  const stop = async (): Promise<void> => {
    state.stopping = true;
    await stopServices([service]);
  };
  cleanups.add(stop);
  const pinned = await pin(service.process.pid, core);
  await waitUntilReady(service, plan);
  const died = new Promise<never>((_, reject) => {
    void service.ended.then((how) => {
      if (!state.stopping) reject(new Error(`${name} ended (${how}) while it was measured.`));
    });
  });
  died.catch(() => undefined);
  return { name, opsPort, ingressPort, pinned, died, stop };
}

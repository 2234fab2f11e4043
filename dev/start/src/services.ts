import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { sinks, urlVariable, type SinkService } from '@sluice/cli/sinks';
import type { Endpoints } from '@sluice/dev-servers/endpoints';
import { storeUrls } from './store-addresses.ts';

const root = join(import.meta.dirname, '../../..');

/** The services in the order of the data. */
export type ServiceName = 'ingress' | 'normalizer' | SinkService;
export const serviceNames: readonly ServiceName[] = [
  'ingress',
  'normalizer',
  ...sinks.map(({ service }) => service),
];
/** Everything that `npm start` runs: with the panels for staff, which have no part in the path of a push. */
export type StartedName = ServiceName | 'agent-panel';
export const startedNames: readonly StartedName[] = [...serviceNames, 'agent-panel'];

/** One service that somebody works on: it is started again when one of its files changes. */
export interface WatchedService {
  readonly name: StartedName;
  /** Where a debugger attaches, on 127.0.0.1. */
  readonly inspectPort: number;
  /** Gets what the service and its watcher print, next to the log file. */
  readonly onOutput: (output: Readable) => void;
}

export interface RunningService {
  readonly name: StartedName;
  /** Whether its files are watched: it may be down until somebody corrects what was changed. */
  readonly isWatched: boolean;
  readonly opsPort: number;
  readonly process: ChildProcess;
  /** Resolves with the exit code, or the name of the signal that ended it. */
  readonly ended: Promise<number | string>;
}

export interface ServicePlan {
  readonly endpoints: Endpoints;
  readonly stream: string;
  readonly sourcesFile: string;
  /** Where each service's output goes, one file each. */
  readonly logFolder: string;
  readonly ingressPort: number;
  readonly opsPorts: Readonly<Record<ServiceName, number>>;
  readonly watched?: WatchedService | undefined;
  /** Further settings of single services. */
  readonly env?: Readonly<Partial<Record<ServiceName, Readonly<Record<string, string>>>>>;
}

/** Starts one service as a process of its own; it ends when this process does. */
export function startService(name: ServiceName, plan: ServicePlan): RunningService {
  const { logFolder, opsPorts, watched } = plan;
  return launch({ name, logFolder, opsPort: opsPorts[name], env: environmentOf(name, plan), watched });
}

export interface Launch {
  readonly name: StartedName;
  readonly logFolder: string;
  readonly opsPort: number;
  /** The service's own settings, all of them. */
  readonly env: Readonly<Record<string, string>>;
  /** Counts where it names this service. */
  readonly watched?: WatchedService | undefined;
}

/**
 * What a service runs with, as in the image (`Dockerfile`). Records live until Kafka or a store has them: a young
 * generation of one size from the start keeps p99 low, and takes less memory than one that grows.
 */
export const youngGeneration = ['--min-semi-space-size=8', '--max-semi-space-size=8'] as const;

export function launch({ name, logFolder, opsPort, env, watched }: Launch): RunningService {
  mkdirSync(logFolder, { recursive: true });
  const watch = watched?.name === name ? watched : null;
  const endWithParent = ['--import', join(import.meta.dirname, 'exit-with-parent.ts')];
  const inherited = Object.entries(process.env).filter(([variable]) => !variable.startsWith('SLUICE_'));
  const child = spawn(
    process.execPath,
    [
      ...(watch === null ? [] : [...endWithParent, join(import.meta.dirname, 'watch-service.ts')]),
      ...(watch === null ? [] : [`--inspect=127.0.0.1:${watch.inspectPort}`]),
      ...youngGeneration,
      ...endWithParent,
      join(root, 'services', name, 'src/main.ts'),
    ],
    {
      env: { ...Object.fromEntries(inherited), SLUICE_OPS_PORT: String(opsPort), ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // A process group of its own: Ctrl-C reaches this process alone, which then stops the services in order.
      detached: true,
    },
  );
  const log = createWriteStream(logFileOf(name, { logFolder }), { flags: 'a' });
  for (const output of [child.stdout, child.stderr]) {
    output?.pipe(log, { end: false });
    if (output) watch?.onOutput(output);
  }
  const ended = new Promise<number | string>((resolve) => {
    child.once('close', (code, signal) => {
      log.end();
      resolve(code ?? signal ?? 'unknown');
    });
  });
  return { name, isWatched: watch !== null, opsPort, process: child, ended };
}

function environmentOf(name: ServiceName, plan: ServicePlan): Record<string, string> {
  const { endpoints } = plan;
  return {
    SLUICE_KAFKA_BROKERS: endpoints.kafkaBrokers.join(','),
    SLUICE_REGISTRY_URL: endpoints.registryUrl,
    ...(name === 'ingress'
      ? {
          SLUICE_PORT: String(plan.ingressPort),
          SLUICE_HOST: '127.0.0.1',
          SLUICE_SPOOL_FOLDER: join(plan.logFolder, 'spool'),
        }
      : { SLUICE_STREAM: plan.stream }),
    ...(name === 'ingress' || name === 'normalizer' ? { SLUICE_SOURCES_FILE: plan.sourcesFile } : {}),
    ...storeSetting(name, endpoints),
    ...plan.env?.[name],
  };
}

/** Where a sink's store is; nothing for other services. */
export function storeSetting(
  name: string,
  endpoints: Parameters<typeof storeUrls>[0],
): Record<string, string> {
  const sink = sinks.find(({ service }) => service === name);
  return sink === undefined ? {} : { [urlVariable(sink)]: storeUrls(endpoints)[sink.id] };
}

export function logFileOf(name: RunningService['name'], plan: Pick<ServicePlan, 'logFolder'>): string {
  return join(plan.logFolder, `${name}.log`);
}

/**
 * Waits until a service says that it is ready. One that is watched may not be ready in time: what it prints says why.
 * @throws with the end of its log when it ends before that, or is not ready in time
 */
export async function waitUntilReady(
  service: RunningService,
  plan: Pick<ServicePlan, 'logFolder'>,
  withinMs = 60_000,
): Promise<void> {
  const deadline = performance.now() + withinMs;
  let reason = 'It did not answer.';
  for (;;) {
    const { exitCode, signalCode } = service.process;
    if (exitCode !== null || signalCode !== null) {
      throw new Error(
        `${service.name} ended (${exitCode ?? signalCode}) before it was ready:\n${tailOf(logFileOf(service.name, plan))}`,
      );
    }
    try {
      const answer = await fetch(`http://127.0.0.1:${service.opsPort}/readyz`);
      if (answer.ok) return;
      reason = (await answer.text()).trim();
    } catch {
      // Not listening yet.
    }
    if (performance.now() > deadline && service.isWatched) return;
    if (performance.now() > deadline)
      throw new Error(`${service.name} was not ready within ${withinMs / 1000} s: ${reason}`);
    await delay(100);
  }
}

function tailOf(file: string): string {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-15).join('\n');
  } catch {
    return '(no log)';
  }
}

/** Stops services one after the other, in the order given; one that does not stop is ended. */
export async function stopServices(services: readonly RunningService[], withinMs = 30_000): Promise<void> {
  for (const service of services) {
    if (service.process.exitCode !== null || service.process.signalCode !== null) continue;
    service.process.kill('SIGTERM');
    const forced = setTimeout(() => killWhole(service), withinMs);
    await service.ended;
    clearTimeout(forced);
  }
}

/** Ends a service with everything that it started: it leads a process group of its own. */
function killWhole({ process: { pid } }: RunningService): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended just now.
  }
}

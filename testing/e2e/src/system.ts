import { removeStream } from '@sluice/start/testing/remove-stream';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Endpoints } from '@sluice/dev-servers/endpoints';
import { testEndpoints } from '@sluice/dev-servers/test-endpoints';
import { freePorts } from '@sluice/dev-servers/free-port';
import { serviceNames, startService, stopServices, waitUntilReady } from '@sluice/start/services';
import type { RunningService, ServiceName, ServicePlan } from '@sluice/start/services';
import { writeSourcesFor } from '@sluice/start/development-sources';
import { setUpStream } from '@sluice/start/set-up-stream';

export const root = join(import.meta.dirname, '../../..');

/** A member that was killed is missed after this long: the shortest that Kafka allows. */
const worker = { SLUICE_SESSION_TIMEOUT_MS: '6000' };

/** The whole product for one test file: real servers, a stream of its own, the four services as processes. */
export interface System {
  readonly endpoints: Endpoints;
  readonly stream: string;
  readonly sourcesFile: string;
  readonly ingressUrl: string;
  readonly plan: ServicePlan;
  /** Ends a service as the kernel would, without a word. */
  kill(name: ServiceName): Promise<void>;
  /** Starts a service again and waits until it is ready. */
  restart(name: ServiceName): Promise<void>;
  /** Stops a service in order. @returns its exit code, or the name of the signal that ended it */
  stop(name: ServiceName): Promise<number | string>;
  /** Stops the services and removes everything that the stream left. */
  close(): Promise<void>;
}

/**
 * @param change edits the development sources file, whose stream is replaced already
 * @param settings further settings of a service, as environment variables
 */
export async function startSystem(
  change: (sources: string) => string = (sources) => sources,
  settings: (name: ServiceName, stream: string) => Readonly<Record<string, string>> = () => ({}),
): Promise<System> {
  const endpoints = testEndpoints();
  const stream = `e2e_${randomBytes(5).toString('hex')}`;
  const folder = mkdtempSync(join(tmpdir(), 'sluice-e2e-'));
  const sourcesFile = writeSourcesFor(stream, folder, change);
  await setUpStream(endpoints, stream);

  const ports = await freePorts(serviceNames.length + 1);
  const [ingressPort = 0, ...opsPorts] = ports;
  const plan: ServicePlan = {
    endpoints,
    stream,
    sourcesFile,
    logFolder: folder,
    ingressPort,
    opsPorts: Object.fromEntries(serviceNames.map((name, index) => [name, opsPorts[index]])) as Record<
      ServiceName,
      number
    >,
    env: Object.fromEntries(
      serviceNames.map((name) => [
        name,
        { ...(name === 'ingress' ? {} : worker), ...settings(name, stream) },
      ]),
    ),
  };
  const running = new Map<ServiceName, RunningService>();
  const start = async (name: ServiceName): Promise<void> => {
    const service = startService(name, plan);
    running.set(name, service);
    await waitUntilReady(service, plan);
  };
  await Promise.all(serviceNames.map(start));

  return {
    endpoints,
    stream,
    sourcesFile,
    ingressUrl: `http://127.0.0.1:${ingressPort}`,
    plan,
    async kill(name) {
      const service = running.get(name);
      service?.process.kill('SIGKILL');
      await service?.ended;
    },
    restart: start,
    async stop(name) {
      const service = running.get(name);
      if (!service) throw new Error(`${name} was not started.`);
      await stopServices([service]);
      return service.ended;
    },
    async close() {
      await stopServices(serviceNames.flatMap((name) => running.get(name) ?? []));
      await removeStream(endpoints, stream);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Endpoints } from '@sluice/dev-servers/endpoints';
import type { Mark } from '@sluice/start/collect';
import { writeSourcesFor } from '@sluice/start/development-sources';
import { freePort } from '@sluice/dev-servers/free-port';
import { serviceNames, type ServiceName, storeSetting } from '@sluice/start/services';
import { setUpStream } from '@sluice/start/set-up-stream';
import { removeStream } from '@sluice/start/testing/remove-stream';
import { inheritedEnv } from './inherited-env.ts';
import { createService, type Service } from './service.ts';

/** Where and how the product of one case runs. */
export interface SystemOptions {
  /** The servers as they are: what the ledger is read from. */
  readonly endpoints: Endpoints;
  /** What the services are told instead: addresses of proxies. */
  readonly through?: Partial<Endpoints>;
  /** How many of each service; without a number one. */
  readonly instances?: Partial<Record<ServiceName, number>>;
  /** Further settings, by service; undefined takes one away. */
  readonly env?: Partial<Record<ServiceName, Readonly<Record<string, string | undefined>>>>;
  /** Edits the sources file, whose stream is set already. */
  readonly sources?: (text: string) => string;
  /** Called before anything of the stream is made. */
  readonly beforeSetUp?: (stream: string) => Promise<void>;
  /** Called when topics, schemas, tables and templates are there, and before any service starts. */
  readonly beforeStart?: (stream: string) => Promise<void>;
  /** Called with the id of each process as soon as it is there. */
  readonly onLaunch?: (name: ServiceName, pid: number) => void;
}

/** The whole product for one case: a stream of its own, and the services as processes. */
export interface System {
  readonly endpoints: Endpoints;
  readonly stream: string;
  readonly sourcesFile: string;
  readonly ingressUrl: string;
  /** One for each instance of ingress, which share nothing but Kafka: the first is `ingressUrl`. */
  readonly ingressUrls: readonly string[];
  /** Counts everything that the stream ever held. */
  readonly since: Mark;
  readonly all: readonly Service[];
  /** Default: the first instance. @throws when the system has no such instance */
  service(name: ServiceName, instance?: number): Service;
  /** Ends the services and removes everything that the stream left. */
  close(): Promise<void>;
}

export async function startSystem(options: SystemOptions): Promise<System> {
  const { endpoints } = options;
  const stream = `faults_${randomBytes(5).toString('hex')}`;
  const folder = mkdtempSync(join(tmpdir(), 'sluice-faults-'));
  // The stream is new, and a case may turn the clock back.
  const since: Mark = { atMs: 0, offsets: new Map() };
  const sourcesFile = writeSourcesFor(stream, folder, options.sources);
  await options.beforeSetUp?.(stream);
  await setUpStream(endpoints, stream);
  await options.beforeStart?.(stream);
  const plan = { stream, sourcesFile, folder, servers: { ...endpoints, ...options.through } };
  const ingressUrls: string[] = [];
  const all: Service[] = [];
  for (const name of serviceNames) {
    for (let instance = 0; instance < (options.instances?.[name] ?? 1); instance += 1) {
      const label = instance === 0 ? name : `${name}-${instance + 1}`;
      const port = await freePort();
      if (name === 'ingress') ingressUrls.push(`http://127.0.0.1:${port}`);
      const env = { ...environmentOf(name, label, port, plan), ...options.env?.[name] };
      const onLaunch = (pid: number): void => options.onLaunch?.(name, pid);
      all.push(createService(name, label, env, await freePort(), folder, onLaunch));
    }
  }
  const close = async (): Promise<void> => {
    await Promise.all(all.map((service) => service.kill()));
    await removeStream(endpoints, stream).catch(() => undefined);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await Promise.all(all.map((service) => service.start()));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    ...{ endpoints, stream, sourcesFile, since, all, close, ingressUrls },
    ingressUrl: ingressUrls[0] ?? '',
    service(name, instance = 0) {
      const found = all.filter((service) => service.name === name)[instance];
      if (!found) throw new Error(`This case runs no instance ${instance} of ${name}.`);
      return found;
    },
  };
}

interface Plan {
  readonly servers: Endpoints;
  readonly stream: string;
  readonly sourcesFile: string;
  readonly folder: string;
}

function environmentOf(name: ServiceName, label: string, port: number, plan: Plan): NodeJS.ProcessEnv {
  const { servers } = plan;
  const ingress = {
    SLUICE_PORT: String(port),
    SLUICE_HOST: '127.0.0.1',
    SLUICE_SPOOL_FOLDER: join(plan.folder, `${label}-spool`),
  };
  // A member that was killed is missed after this long: the shortest that Kafka allows.
  const worker = { SLUICE_STREAM: plan.stream, SLUICE_SESSION_TIMEOUT_MS: '6000' };
  return {
    ...inheritedEnv(),
    SLUICE_KAFKA_BROKERS: servers.kafkaBrokers.join(','),
    SLUICE_REGISTRY_URL: servers.registryUrl,
    ...(name === 'ingress' ? ingress : worker),
    ...(name === 'ingress' || name === 'normalizer' ? { SLUICE_SOURCES_FILE: plan.sourcesFile } : {}),
    ...storeSetting(name, servers),
  };
}

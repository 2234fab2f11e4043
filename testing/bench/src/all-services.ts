import { setTimeout as delay } from 'node:timers/promises';
import { groupLag } from '@sluice/kafka/group-lag';
import { canonicalTopics, topicOf, type TopicName } from '@sluice/schemas/topics';
import { serviceNames, type ServiceName } from '@sluice/start/services';
import { rawTopics } from '@sluice/vendors/topics';
import type { BenchRun } from './bench-run.ts';
import { startBenchService, type BenchService } from './bench-service.ts';

/** The services on the way of a push, all of them running, each where there is room. */
export interface AllServices {
  readonly services: readonly BenchService[];
  readonly ingressPort: number;
  /** Rejects when one of them ends. */
  readonly died: Promise<never>;
  /** Resolves when the workers have finished what is in their topics. */
  settled(): Promise<void>;
  /** In the order of the data. */
  stop(): Promise<void>;
}

const lookEveryMs = 250;
const settledWithinMs = 300_000;

/**
 * @param sourcesFile the sources
 * @param env settings of single services next to the usual ones
 */
export async function startAllServices(
  run: BenchRun,
  sourcesFile: string,
  env: Partial<Record<ServiceName, Readonly<Record<string, string>>>> = {},
): Promise<AllServices> {
  const services: BenchService[] = [];
  const common = clientSetting(run);
  for (const name of serviceNames)
    services.push(await startBenchService(name, run, sourcesFile, { ...common, ...env[name] }, null));
  const died = Promise.race(services.map((service) => service.died));
  died.catch(() => undefined);
  return {
    services,
    ingressPort: services.find(({ name }) => name === 'ingress')?.ingressPort ?? 0,
    died,
    settled: () => settled(run),
    async stop() {
      for (const service of services) await service.stop();
    },
  };
}

/** The setting that chooses the library that talks to Kafka. */
export const clientSetting = ({ options: { client } }: Pick<BenchRun, 'options'>): Record<string, string> =>
  client === null ? {} : { SLUICE_KAFKA_CLIENT: client };

async function settled({ endpoints, stream }: BenchRun): Promise<void> {
  const connection = { brokers: endpoints.kafkaBrokers, clientId: 'sluice-bench' };
  const deadline = performance.now() + settledWithinMs;
  const wait = async (name: ServiceName, topics: readonly TopicName[]): Promise<void> => {
    const names = topics.map((topic) => topicOf(stream, topic));
    while ((await groupLag(connection, `${stream}.${name}`, names)) > 0) {
      if (performance.now() > deadline) throw new Error(`${name} did not finish what is in its topics.`);
      await delay(lookEveryMs);
    }
  };
  const [, worker = 'normalizer', ...sinks] = serviceNames;
  await wait(worker, rawTopics);
  for (const sink of sinks) await wait(sink, canonicalTopics);
}

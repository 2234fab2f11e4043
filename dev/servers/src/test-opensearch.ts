import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GenericContainer, Wait } from 'testcontainers';
import { chooseProvider } from './choose-provider.ts';
import { thisMachine } from './development-fleet.ts';
import { endpointsAt, readPorts } from './endpoints.ts';
import { foldersFrom } from './folders.ts';
import { freePorts } from './free-port.ts';
import { openArtifacts, pomVersion } from './native/artifacts.ts';
import { openSearch } from './native/elasticsearch.ts';
import type { Java } from './native/java.ts';
import { processFleet } from './process-fleet.ts';
import type { Report } from './progress.ts';

/** An OpenSearch of one test run's own. The development servers have none. */
export interface TestOpenSearch {
  readonly url: string;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

/** Starts OpenSearch: 3 in Docker or where Java is 21 or later, else 2. Rejects with an error that says what to do. */
export async function startTestOpenSearch(report: Report): Promise<TestOpenSearch> {
  const provider = await chooseProvider(process.env.SLUICE_DEV_PROVIDER, thisMachine(process.env));
  return provider.kind === 'docker' ? startContainer() : startProcess(provider.java, report);
}

async function startContainer(): Promise<TestOpenSearch> {
  const image = `opensearchproject/opensearch:${pomVersion('opensearch-3.version')}`;
  const container = await new GenericContainer(image)
    .withEnvironment({
      ...{ 'discovery.type': 'single-node', DISABLE_SECURITY_PLUGIN: 'true' },
      ...{ DISABLE_INSTALL_DEMO_CONFIG: 'true', OPENSEARCH_JAVA_OPTS: '-Xms512m -Xmx512m' },
      'cluster.routing.allocation.disk.threshold_enabled': 'false',
    })
    .withExposedPorts(9200)
    .withWaitStrategy(Wait.forHttp('/_cluster/health?wait_for_status=yellow&timeout=1s', 9200))
    .withStartupTimeout(180_000)
    .start();
  return {
    url: `http://${container.getHost()}:${container.getMappedPort(9200)}`,
    stop: async () => {
      await container.stop();
    },
  };
}

async function startProcess(java: Java, report: Report): Promise<TestOpenSearch> {
  const home = mkdtempSync(join(tmpdir(), 'sluice-opensearch-'));
  // Root has it run as another user.
  chmodSync(home, 0o755);
  const folders = foldersFrom({ ...process.env, SLUICE_DEV_HOME: home });
  mkdirSync(folders.logs);
  const [elasticsearch = 0, elasticsearchTransport = 0] = await freePorts(2);
  const ports = { ...readPorts({}), elasticsearch, elasticsearchTransport };
  const context = { folders, ports, java, artifacts: openArtifacts(folders, report) };
  const fleet = processFleet([openSearch(context)], endpointsAt(ports, 'native'), folders);
  const stop = async (): Promise<void> => {
    await fleet.stop(report);
    rmSync(home, { recursive: true });
  };
  try {
    const { elasticsearchUrl: url } = await fleet.start(report, new AbortController().signal);
    return { url, stop };
  } catch (error) {
    // Its log stays.
    await fleet.stop(report);
    throw error;
  }
}

import { vendors } from '@sluice/vendors';
import { removeStream } from '@sluice/start/testing/remove-stream';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { scratchKafka } from '@sluice/kafka/testing/scratch-kafka';
import { runSluice } from './run-sluice.ts';
import { toolboxEnvironment } from './toolbox-environment.ts';

interface Endpoints {
  readonly kafkaBrokers: string[];
  readonly registryUrl: string;
  readonly clickhouseUrl: string;
  readonly elasticsearchUrl: string;
}

/** A stream of a test file's own in the real servers, and the toolbox of a release of the chart that works on it. */
export interface ReleaseStream {
  readonly stream: string;
  readonly servers: Endpoints;
  /** Runs `sluice` with exactly the environment that the chart gives to the toolbox. */
  sluice(...args: string[]): Promise<{ code: unknown; output: string }>;
  remove(): Promise<void>;
}

/** Makes its topics, schemas, tables and templates, as the release's Job does. */
export async function createReleaseStream(): Promise<ReleaseStream> {
  const servers = JSON.parse(process.env.SLUICE_TEST_ENDPOINTS ?? '{}') as Endpoints;
  const kafka = scratchKafka();
  const stream = kafka.name();
  const folder = mkdtempSync(join(tmpdir(), 'sluice-toolbox-'));
  const env = await toolboxEnvironment(folder, valuesFor(servers, stream));
  const sluice = (...args: string[]) => runSluice(args, env);
  for (const step of [
    ['topics', 'apply', '--replicas', '1'],
    ['schemas', 'register'],
    ['migrate', '--elasticsearch-replicas', '0'],
  ]) {
    const { code, output } = await sluice(...step);
    if (code !== 0) throw new Error(`sluice ${step.join(' ')}: ${output}`);
  }
  return {
    stream,
    servers,
    sluice,
    async remove() {
      rmSync(folder, { recursive: true });
      await removeStream(servers, stream);
      await kafka.remove();
    },
  };
}

/** Values of the chart for the development servers, with what a trial may put into values. */
/** Its sources need neither signature nor key, and its pushes are JSON. */
export const selfTestVendor = Object.values(vendors).find(({ hasStaffPages }) => !hasStaffPages)?.id ?? '';

export function valuesFor(servers: Endpoints, stream: string): object {
  return {
    stream,
    kafka: { brokers: servers.kafkaBrokers },
    registry: { url: servers.registryUrl },
    clickhouse: { url: servers.clickhouseUrl },
    elasticsearch: { url: servers.elasticsearchUrl },
    sources: {
      existingSecret: '',
      list: [
        {
          ...{ id: 'self-test', vendor: selfTestVendor, stream, signed: false, encrypted: false },
          access: { pathSecret: { current: { file: 'path-secret' } } },
        },
      ],
      files: { 'path-secret': 'a-secret-of-a-test' },
    },
  };
}

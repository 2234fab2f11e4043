import { selfTestVendor as jsonVendor } from './testing/release-stream.ts';
import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultKafkaClient } from '@sluice/kafka/client';
import { committedOffsets } from '@sluice/kafka/group-lag';
import { waitUntil } from '@sluice/kafka/testing/wait-until';
import { freePort } from '@sluice/dev-servers/free-port';
import { root } from './chart-folder.ts';
import { kafkaUsers } from '@sluice/cli/kafka-users';
import { removeStream } from '@sluice/start/testing/remove-stream';
import { valuesFor } from './testing/release-stream.ts';
import { ownEnvironment, runSluice } from './testing/run-sluice.ts';
import { toolboxEnvironment } from './testing/toolbox-environment.ts';
import { kafkaJars, startSecuredKafka, type SecuredKafka } from './testing/secured-kafka.ts';

jest.setTimeout(240_000);

// With SLUICE_KAFKA_CLIENT=platformatic all of it is tried with the other library.
const client = process.env.SLUICE_KAFKA_CLIENT ?? defaultKafkaClient;
const jars = kafkaJars();
const withKafka = jars === null ? describe.skip : describe; // the development servers run in Docker here
const servers = JSON.parse(process.env.SLUICE_TEST_ENDPOINTS ?? '{}') as Record<
  'registryUrl' | 'clickhouseUrl' | 'elasticsearchUrl',
  string
>;

withKafka('with the ACLs of docs/reference/kafka-acls.md, and no other', () => {
  const stream = `test_${randomUUID().replaceAll('-', '').slice(0, 12)}`;
  const folder = mkdtempSync(join(tmpdir(), 'sluice-acls-'));
  const sourcesFile = join(folder, 'sources.yaml');
  const children: ChildProcess[] = [];
  let kafka: SecuredKafka;
  let ingressUrl: string;

  /** The environment of a component: it logs in by its name. */
  const environment = (user: string, own: Record<string, string> = {}): NodeJS.ProcessEnv => ({
    ...ownEnvironment(),
    SLUICE_KAFKA_BROKERS: kafka.brokers,
    SLUICE_KAFKA_CLIENT: client,
    SLUICE_KAFKA_SASL_MECHANISM: 'plain',
    SLUICE_KAFKA_USERNAME: user,
    SLUICE_KAFKA_PASSWORD: user,
    SLUICE_REGISTRY_URL: servers.registryUrl,
    // Ingress has the stream from its sources.
    ...(user === 'ingress' ? {} : { SLUICE_STREAM: stream }),
    ...own,
  });
  const stores = {
    SLUICE_CLICKHOUSE_URL: servers.clickhouseUrl,
    SLUICE_ELASTICSEARCH_URL: servers.elasticsearchUrl,
  };

  /** The operator works in the toolbox of a release, whose environment the chart makes. */
  let toolbox: Record<string, string>;
  const sluice = (user: string, args: string[]): Promise<{ code: unknown; output: string }> =>
    runSluice(args, user === 'operator' ? toolbox : environment(user, stores));
  const start = async (name: string, own: Record<string, string>): Promise<void> => {
    const opsPort = await freePort();
    const child = spawn(process.execPath, [join(root, 'services', name, 'src/main.ts')], {
      env: environment(name, { ...own, SLUICE_OPS_PORT: String(opsPort) }),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.push(child);
    let log = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (bytes: Buffer) => (log += bytes.toString()));
    await waitUntil(
      `${name} is ready`,
      async () => {
        if (child.exitCode !== null) throw new Error(`${name} ended:\n${log}`);
        const answer = await fetch(`http://127.0.0.1:${opsPort}/readyz`).catch(() => null);
        return answer?.ok ?? false;
      },
      90_000,
    );
  };

  beforeAll(async () => {
    kafka = await startSecuredKafka(jars ?? '', kafkaUsers, stream);
    const access = "signed: false, encrypted: false, access: {addresses: ['127.0.0.1']}";
    writeFileSync(sourcesFile, `sources: [{id: shop, vendor: ${jsonVendor}, stream: ${stream}, ${access}}]`);
    const sasl = { mechanism: 'plain', username: 'operator', password: 'operator' };
    toolbox = await toolboxEnvironment(folder, {
      ...valuesFor({ ...servers, kafkaBrokers: [kafka.brokers] }, stream),
      kafka: { brokers: [kafka.brokers], sasl, client },
    });
  });
  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL');
    await kafka.close();
    rmSync(folder, { recursive: true });
    await removeStream(servers, stream);
  });

  test('a release applies topics, schemas and tables', async () => {
    for (const step of [['topics', 'apply', '--replicas', '1'], ['schemas', 'register'], ['migrate']]) {
      const { code, output } = await sluice('release', step);
      expect([step[0], code, output]).toEqual([step[0], 0, expect.any(String)]);
    }
    // A second time too, which sets what is there.
    expect(await sluice('release', ['topics', 'apply', '--replicas', '1'])).toMatchObject({ code: 0 });
  });

  test('the services do their work: a sample goes from ingress to both stores', async () => {
    const port = await freePort();
    ingressUrl = `http://127.0.0.1:${port}`;
    await Promise.all([
      start('ingress', {
        ...{ SLUICE_PORT: String(port), SLUICE_HOST: '127.0.0.1', SLUICE_SOURCES_FILE: sourcesFile },
      }),
      start('normalizer', { SLUICE_SOURCES_FILE: sourcesFile }),
      start('sink-clickhouse', { SLUICE_CLICKHOUSE_URL: servers.clickhouseUrl }),
      start('sink-elasticsearch', { SLUICE_ELASTICSEARCH_URL: servers.elasticsearchUrl }),
    ]);
    const place = ['--url', ingressUrl, '--sources', sourcesFile, '--source', 'shop', '--within', '60'];
    const { code, output } = await sluice('nobody', ['check', 'path', ...place]);
    expect([code, output]).toEqual([0, expect.stringMatching(/Elasticsearch has (?:it|them)/)]);
    // A dead letter, for who may not read it.
    const unreadable = await fetch(`${ingressUrl}/v1/${jsonVendor}/shop`, {
      method: 'POST',
      body: 'no JSON',
    });
    expect(unreadable.status).toBe(200);
  });

  test('doctor finds nothing that a component lacks, and names what another one would', async () => {
    const aclsOf = async (user: string, as: string): Promise<unknown[]> => {
      const { output } = await sluice(user, ['doctor', '--as', as, '--stream', stream, '--json']);
      const lines = output.split('\n').filter((line) => line.includes('"acls"'));
      return lines.map((line) => (JSON.parse(line) as { severity: string }).severity);
    };
    for (const { name } of kafkaUsers) expect([name, await aclsOf(name, name)]).toEqual([name, ['right']]);
    // Their topics are the same, and their groups are not.
    expect(await aclsOf('sink-clickhouse', 'sink-elasticsearch')).toEqual(['broken']);
    expect(await aclsOf('release', 'operator')).toEqual(['broken']);
    expect(await aclsOf('normalizer', 'ingress')).toEqual(['broken']);
  });

  test('an operator lists, in the toolbox, what became a dead letter', async () => {
    await waitUntil(
      'the dead letter is listed',
      async () =>
        (await sluice('operator', ['dlq', 'list'])).output.includes('\nDead letters: 1 (1 open).\n'),
      60_000,
    );
  });

  test('an operator sees how far the workers are, and asks one to skip a record', async () => {
    const { code, output } = await sluice('operator', ['partitions', 'list']);
    expect([code, output]).toEqual([0, expect.stringContaining('blocked: 0.')]);
    const place = `${stream}.raw.${jsonVendor}/0/0`;
    const skip = ['partitions', 'skip', place, '--group', 'normalizer', '--to-dead-letters'];
    expect((await sluice('operator', skip)).output).toContain('nothing was skipped');
    // What a worker looks at between its attempts.
    const { brokers } = kafka;
    const sasl = { mechanism: 'plain' as const, username: 'normalizer', password: 'normalizer' };
    const worker = { brokers: brokers.split(','), clientId: 'test', sasl };
    const offsets = await committedOffsets(worker, `${stream}.normalizer.skip`, [
      `${stream}.raw.${jsonVendor}`,
    ]);
    expect(offsets.get(`${stream}.raw.${jsonVendor}`)?.size).toBe(0);
  });

  test('a migration by a user that may not ask whether a rebuild runs ends, and says so', async () => {
    const { code, output } = await sluice('sink-clickhouse', ['migrate']);
    expect([code, output]).toEqual([1, expect.stringContaining('this user may read, describe and delete')]);
  });

  test.each([
    [
      'ingress may not apply topics',
      'ingress',
      ['topics', 'apply', '--replicas', '1', '--stream', 'another'],
    ],
    [
      'a release may not touch another stream',
      'release',
      ['topics', 'apply', '--replicas', '1', '--stream', 'another'],
    ],
    ['a sink may not read the dead letters', 'sink-clickhouse', ['dlq', 'list']],
    ['nobody else may do anything', 'nobody', ['topics', 'apply', '--replicas', '1']],
  ])('%s', async (_, user, args) => {
    const { code, output } = await sluice(user, args);
    expect([code, output]).toEqual([1, expect.stringMatching(/uthori|SASL|uthenticat|no ACL/)]);
  });
});

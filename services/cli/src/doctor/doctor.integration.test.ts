import { once } from 'node:events';
import { readFileSync, writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, request, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTopicSetting } from '@sluice/kafka/testing/kafkajs-admin';
import type { Severity } from '@sluice/service/finding';
import { topicOf } from '@sluice/schemas/topics';
import { deadLetterOf } from '@sluice/stream/dead-letters';
import { first, second } from '../../testing/vendors.ts';
import { jsonLines, runSluice } from '../../testing/run-sluice.ts';
import { startIngress, type RunningIngress } from '../../testing/start-ingress.ts';
import { createTestStream, type TestStream } from '../../testing/test-stream.ts';

jest.setTimeout(120_000);

const folder = mkdtempSync(join(tmpdir(), 'sluice-doctor-'));
const sourcesFile = join(folder, 'sources.yaml');
const certificates = join(import.meta.dirname, '../../../../libs/kafka/testing/certificates');
const open: (() => unknown)[] = [];
let test_: TestStream;
let ingress: RunningIngress;

beforeAll(async () => {
  test_ = await createTestStream();
  await test_.writeDeadLetters(
    deadLetterOf(
      {
        topic: `${test_.stream}.raw.${first}`,
        partition: 0,
        offset: '0',
        key: null,
        value: null,
        headers: {},
        timestampMs: 0,
      },
      ...(['NORMALIZER', 'MAPPING_FAILED', ''] as const),
    ),
  );
  writeFileSync(join(folder, 'token'), 'a-token-of-the-tests');
  writeFileSync(join(folder, 'key'), '1234567890abcdef');
  writeFileSync(sourcesFile, sourcesWith(''));
  ingress = await startIngress({
    SLUICE_KAFKA_BROKERS: test_.servers.kafkaBrokers.join(','),
    SLUICE_REGISTRY_URL: test_.servers.registryUrl,
    SLUICE_SOURCES_FILE: sourcesFile,
    SLUICE_SPOOL_FOLDER: join(folder, 'spool'),
  });
});
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});
afterAll(async () => {
  await ingress.kill();
  await test_.remove();
  rmSync(folder, { recursive: true });
});

const sourcesWith = (more: string): string =>
  `sources: [{id: shop-${second}, vendor: ${second}, companyIds: [c], stream: ${test_.stream}, signed: true,
  encrypted: true, token: {current: {file: token}}, aesKey: {current: {file: key}}${more}}]`;

/** What is examined, by the options of the command; null leaves it out. */
type Place = Partial<Record<keyof ReturnType<typeof healthy>, string | null>>;

const healthy = () => ({
  brokers: test_.servers.kafkaBrokers.join(','),
  'schema-registry': test_.servers.registryUrl,
  clickhouse: test_.servers.clickhouseUrl,
  'clickhouse-user': 'default',
  'clickhouse-cluster': null,
  elasticsearch: test_.servers.elasticsearchUrl,
  sources: sourcesFile,
  'ingress-ops': `http://127.0.0.1:${ingress.opsPort}`,
  url: ingress.url,
  stream: test_.stream,
});

interface Told {
  readonly server: string;
  readonly check: string;
  readonly severity: Severity;
  readonly text: string;
  readonly advice: string;
}

/** Examines a system that is healthy but for what is given. */
async function examine(place: Place = {}, env: Record<string, string> = {}) {
  const options = Object.entries({ ...healthy(), ...place }).flatMap(([name, value]) =>
    value === null ? [] : [`--${name}`, value],
  );
  const { code, stdout, stderr } = await runSluice(['doctor', ...options, '--json'], env);
  const told = jsonLines<Told>(stdout);
  // The test's Kafka has one broker.
  const faults = told.filter(({ severity, check }) => severity !== 'right' && check !== 'one-broker');
  return {
    code,
    stderr,
    told,
    faults: faults.map(({ server, check }) => `${server}: ${check}`),
    all: faults,
  };
}

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  return `http://127.0.0.1:${await portOf(server)}`;
}

async function portOf(server: Server): Promise<number> {
  await once(server, 'listening');
  open.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** What a real server answers, but where a listener takes the request. */
const before = (url: string, takes: (path: string, body: string) => object | string | number | null) =>
  serve((incoming, answer) => {
    const parts: Buffer[] = [];
    incoming.on('data', (part: Buffer) => parts.push(part));
    incoming.on('end', () => {
      const body = Buffer.concat(parts);
      const own = takes(incoming.url ?? '', body.toString());
      if (own !== null) answer.setHeader('x-elastic-product', 'Elasticsearch');
      if (typeof own === 'number') answer.writeHead(own, { 'content-type': 'application/json' }).end('{}');
      else if (own !== null)
        answer
          .setHeader('content-type', 'application/json')
          .end(typeof own === 'string' ? own : JSON.stringify(own));
      else
        request(
          new URL(incoming.url ?? '', url),
          { method: incoming.method, headers: incoming.headers },
          (real) => {
            answer.writeHead(real.statusCode ?? 0, real.headers);
            real.pipe(answer);
          },
        ).end(body);
    });
  });

test('a system without a fault: all is right but that there is one broker', async () => {
  const { code, stderr, faults, told } = await examine();
  expect({ code, faults }).toEqual({ code: 3, faults: [] });
  expect(stderr).toMatch(/^\d+ right, 1 risky, 0 broken\.\n$/);
  expect(new Set(told.map(({ server }) => server))).toEqual(
    new Set([
      ...['The sources file', 'Kafka', 'The schema registry', 'ClickHouse', 'Elasticsearch'],
      ...['Ingress', 'The gateway'],
    ]),
  );
});

test('people read what is wrong with a sign and what to do', async () => {
  const { code, stdout, stderr } = await runSluice(['doctor', '--schema-registry', 'http://127.0.0.1:1']);
  expect({ code, stdout, stderr }).toEqual({
    code: 1,
    stdout:
      'The schema registry at http://127.0.0.1:1\n' +
      '  ✗ 127.0.0.1:1 takes no connection (ECONNREFUSED). Start it, or correct the port in --schema-registry, the firewall or the NetworkPolicy.\n',
    stderr: '0 right, 0 risky, 1 broken.\n',
  });
});

test('nothing to examine is an error of usage', async () => {
  expect((await runSluice(['doctor'])).code).toBe(64);
});

describe('addresses', () => {
  test.each([
    ['a name that has no address', { brokers: 'kafka.invalid:9092' }, 'Kafka: name'],
    ['a port where nothing listens', { brokers: '127.0.0.1:1' }, 'Kafka: connection'],
    [
      'a registry that does not listen',
      { 'schema-registry': 'http://127.0.0.1:1' },
      'The schema registry: connection',
    ],
    ['a store that does not listen', { clickhouse: 'http://127.0.0.1:1' }, 'ClickHouse: connection'],
    [
      'management ports that do not listen',
      { 'ingress-ops': 'http://127.0.0.1:1' },
      'Ingress: ingress-answer',
    ],
    ['a gateway that does not listen', { url: 'http://127.0.0.1:1' }, 'The gateway: connection'],
  ])('%s', async (_name, place, fault) => {
    const { code, faults } = await examine(place);
    expect([code, faults]).toEqual([1, [fault]]);
  });

  test('one broker of several that does not listen is a risk', async () => {
    const { code, faults } = await examine({ brokers: `${healthy().brokers},127.0.0.1:1` });
    expect([code, faults]).toEqual([3, ['Kafka: connection']]);
  });

  test('a certificate that nobody here trusts, and one for another name', async () => {
    const pem = readFileSync(join(certificates, 'broker.pem'));
    const port = await portOf(
      createTlsServer({ cert: pem, key: pem }, (_request, answer) => answer.end()).listen(0, '127.0.0.1'),
    );
    expect((await examine({ url: `https://127.0.0.1:${port}` })).faults).toEqual(['The gateway: tls-trust']);
    const trusting = { NODE_EXTRA_CA_CERTS: join(certificates, 'authority.crt') };
    expect((await examine({ url: `https://127.0.0.1:${port}` }, trusting)).faults).toEqual([]);
  });
});

describe('Kafka', () => {
  test('TLS at a listener without it', async () => {
    const { code, faults } = await examine({}, { SLUICE_KAFKA_TLS: 'on' });
    expect([code, faults]).toEqual([1, ['Kafka: tls']]);
  });

  test('a login at a listener that asks for none', async () => {
    const { code, faults } = await examine(
      {},
      { SLUICE_KAFKA_SASL_MECHANISM: 'plain', SLUICE_KAFKA_USERNAME: 'u', SLUICE_KAFKA_PASSWORD: 'p' },
    );
    expect([code, faults]).toEqual([1, ['Kafka: kafka-login']]);
  });

  test('a stream without topics', async () => {
    const { code, faults, all } = await examine({ ...nothingElse, stream: 'of_nobody' });
    expect([code, faults]).toEqual([1, ['Kafka: topics']]);
    expect(all[0]?.advice).toBe('Run "sluice topics apply --stream of_nobody".');
  });

  test('a topic that keeps its records for less than a day', async () => {
    const topic = topicOf(test_.stream, `raw.${first}`);
    const set = (value: string) => setTopicSetting(test_.kafka.connection, topic, 'retention.ms', value);
    await set('3600000');
    open.push(() => set('604800000'));
    const { code, faults, all } = await examine();
    expect([code, faults]).toEqual([3, ['Kafka: short-retention']]);
    expect(all[0]?.advice).toContain(topic);
  });
});

const nothingElse = {
  'schema-registry': null,
  clickhouse: null,
  'clickhouse-user': null,
  elasticsearch: null,
  sources: null,
  'ingress-ops': null,
  url: null,
};

describe('the schema registry', () => {
  test.each([
    [
      'a path that is not its own',
      () => `${new URL(test_.servers.registryUrl).origin}/nothing`,
      'registry-answer',
    ],
    [
      'something else that listens there',
      () => serve((_request, answer) => answer.end('<html>')),
      'registry-answer',
    ],
    ['a login that it refuses', () => before(test_.servers.registryUrl, () => 401), 'registry-login'],
  ])('%s', async (_name, url, check) => {
    const { code, faults } = await examine({ 'schema-registry': await url() });
    expect([code, faults]).toEqual([1, [`The schema registry: ${check}`]]);
  });

  test('one that is read-only', async () => {
    const { origin, pathname } = new URL(test_.servers.registryUrl);
    const url = await before(origin, (path) => (path.endsWith('/mode') ? { mode: 'READONLY' } : null));
    const { code, faults } = await examine({ 'schema-registry': `${url}${pathname}` });
    expect([code, faults]).toEqual([3, ['The schema registry: registry-mode']]);
  });

  test('one without the schemas of the stream', async () => {
    const { code, faults } = await examine({
      ...nothingElse,
      brokers: null,
      'schema-registry': test_.servers.registryUrl,
      stream: 'of_nobody',
    });
    expect([code, faults]).toEqual([1, ['The schema registry: schemas']]);
  });

  test('a subject whose compatibility somebody lowered', async () => {
    const url = `${test_.servers.registryUrl}/config/${test_.stream}.message.v1-value`;
    const set = (compatibility: string) =>
      fetch(url, {
        method: 'PUT',
        headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
        body: JSON.stringify({ compatibility }),
      });
    await set('NONE');
    open.push(() => set('FULL_TRANSITIVE'));
    const { code, faults } = await examine();
    expect([code, faults]).toEqual([3, ['The schema registry: schemas-compatibility']]);
  });
});

test('a registry without the schemas of records that were written', async () => {
  const { origin, pathname } = new URL(test_.servers.registryUrl);
  const url = await before(origin, (path) =>
    path.includes('/schemas/ids/') ? { schema: '"string"' } : null,
  );
  const { code, faults, all } = await examine({ 'schema-registry': `${url}${pathname}` });
  expect([code, faults]).toEqual([1, ['Kafka: schema-ids']]);
  expect(all[0]?.text).toContain(`${test_.stream}.dead-letter/`);
});

describe('ClickHouse', () => {
  test('a clock that is wrong', async () => {
    const url = await before(test_.servers.clickhouseUrl, (_path, body) =>
      body.includes('now64') ? { data: [{ version: '26.7', now: '0' }] } : null,
    );
    const { code, faults } = await examine({ clickhouse: url });
    expect([code, faults]).toEqual([3, ['ClickHouse: clock']]);
  });

  test('a user that it does not know', async () => {
    const said = 'Code: 516. DB::Exception: nobody: Authentication failed. (AUTHENTICATION_FAILED)';
    const url = await serve((_request, answer) => answer.writeHead(403).end(said));
    const { code, faults } = await examine({ clickhouse: url, 'clickhouse-user': 'nobody' });
    expect([code, faults]).toEqual([1, ['ClickHouse: login']]);
  });

  test('something else that listens there', async () => {
    const url = await serve((_request, answer) => answer.end('<html>'));
    expect((await examine({ clickhouse: url })).faults).toEqual(['ClickHouse: answer']);
  });

  test('one of several replicas, without a cluster', async () => {
    const url = await before(test_.servers.clickhouseUrl, (_path, body) =>
      body.includes('FROM system.clusters') ? { data: [{ cluster: 'main' }] } : null,
    );
    const { code, faults, all } = await examine({ clickhouse: url });
    expect([code, faults]).toEqual([3, ['ClickHouse: replicas']]);
    expect(all[0]?.text).toContain('(main)');
  });

  test('a cluster that it does not know', async () => {
    const { code, faults } = await examine({ 'clickhouse-cluster': 'nowhere' });
    expect([code, faults]).toEqual([1, ['ClickHouse: cluster']]);
  });

  test('a view that is missing', async () => {
    const view = `${test_.stream}.rating_latest`;
    const select = await test_.clickhouse(
      `SELECT create_table_query FROM system.tables WHERE database = '${test_.stream}' AND name = 'rating_latest' FORMAT TSVRaw`,
    );
    await test_.clickhouse(`DROP VIEW ${view}`);
    open.push(() => test_.clickhouse(select));
    expect((await examine()).faults).toEqual(['ClickHouse: tables']);
  });

  test('a user that may not insert', async () => {
    const url = await before(test_.servers.clickhouseUrl, (_path, body) =>
      body.includes('CHECK GRANT INSERT') ? { data: [{ result: 0 }] } : null,
    );
    const { faults, all } = await examine({ clickhouse: url });
    expect(faults).toEqual(['ClickHouse: grants']);
    expect(all[0]?.advice).toBe(`Run "GRANT SELECT, INSERT ON ${test_.stream}.* TO default".`);
  });

  test.each([
    ['full', 1, 5, 1],
    ['nearly full', 3, 5 * 2 ** 30, 100 * 2 ** 30],
  ])('a disk that is %s', async (_name, code, free, total) => {
    const url = await before(test_.servers.clickhouseUrl, (_path, body) =>
      body.includes('system.disks')
        ? { data: [{ name: 'default', free: String(free), total: String(total) }] }
        : null,
    );
    const found = await examine({ clickhouse: url });
    expect([found.code, found.faults]).toEqual([code, ['ClickHouse: disk']]);
  });
});

describe('Elasticsearch', () => {
  test.each([
    ['a login that it refuses', 401, 'login'],
    ['something that is not Elasticsearch', 404, 'answer'],
  ])('%s', async (_name, status, check) => {
    const url = await before(test_.servers.elasticsearchUrl, () => status);
    expect((await examine({ elasticsearch: url })).faults).toEqual([`Elasticsearch: ${check}`]);
  });

  test('a template that is missing', async () => {
    const name = `${test_.stream}-rating`;
    const { index_templates: templates } = await test_.elasticsearch('GET', `_index_template/${name}`);
    const [{ index_template: template }] = templates as [{ index_template: object }];
    await test_.elasticsearch('DELETE', `_index_template/${name}`);
    open.push(() => test_.elasticsearch('PUT', `_index_template/${name}`, template));
    expect((await examine()).faults).toEqual(['Elasticsearch: templates']);
  });

  test('a disk that was full: indices are blocked', async () => {
    const index = `${test_.stream}-rating-undated`;
    const set = (value: boolean | null) =>
      test_.elasticsearch('PUT', `${index}/_settings`, { 'index.blocks.read_only_allow_delete': value });
    await set(true);
    open.push(() => set(null));
    expect((await examine()).faults).toEqual(['Elasticsearch: disk']);
  });

  test('an index with fewer copies than it should have', async () => {
    const index = `${test_.stream}-rating-undated`;
    const set = (replicas: number) =>
      test_.elasticsearch('PUT', `${index}/_settings`, { 'index.number_of_replicas': replicas });
    await set(1);
    open.push(() => set(0));
    const { code, faults } = await examine();
    expect([code, faults]).toEqual([3, ['Elasticsearch: health']]);
  });

  test('a cluster with no room for more shards', async () => {
    const url = await before(test_.servers.elasticsearchUrl, (path) =>
      path.startsWith('/_cluster/settings') ? { defaults: { cluster: { max_shards_per_node: '2' } } } : null,
    );
    const { code, faults } = await examine({ elasticsearch: url });
    expect([code, faults]).toEqual([3, ['Elasticsearch: shards']]);
  });
});

describe('the sources file', () => {
  test.each([
    ['one that cannot be read', 'sources: [{id: a, vendor: nobody}]', 'sources'],
    ['a source that takes stale timestamps', null, 'sources-open'],
  ])('%s', async (_name, text, check) => {
    const file = join(folder, 'other.yaml');
    writeFileSync(file, text ?? sourcesWith(', staleTimestamps: accept'));
    expect((await examine({ sources: file })).faults).toEqual([`The sources file: ${check}`]);
  });
});

describe('ingress', () => {
  const ops = (pages: Readonly<Record<string, string | number>>) =>
    before(`http://127.0.0.1:${ingress.opsPort}`, (path) => pages[path] ?? null);

  test.each([
    ['a pod that is not ready', { '/readyz': 503 }, 'ingress-ready'],
    ['no spool', { '/metrics': 'sluice_spool_max_bytes 0\n' }, 'no-spool'],
    ['pushes in a spool', { '/metrics': 'sluice_spool_records{topic="a"} 3\n' }, 'spool-records'],
    ['damaged files', { '/metrics': 'sluice_spool_quarantined_files 2\n' }, 'spool-quarantined'],
    ['a disk with little room', { '/metrics': 'sluice_spool_disk_free_bytes 1e6\n' }, 'spool-disk'],
  ])('%s', async (_name, pages, check) => {
    expect((await examine({ 'ingress-ops': await ops(pages) })).faults).toEqual([`Ingress: ${check}`]);
  });

  const push = (more: object) => ({
    ...{ atMs: 5, requestId: '1', source: 'shop', address: '192.0.2.1', kind: 'refused', outcome: 'refused' },
    ...{ status: 401, reason: 'signature', deadLetters: [], ...more },
  });

  test.each([
    [
      'a last push that could not be decrypted',
      [push({ kind: 'dead-lettered', deadLetters: ['UNDECRYPTABLE'] })],
      ['Ingress: keys'],
    ],
    ['a last request with another signature', [push({})], ['Ingress: refused-signature']],
    ['a last request from another address', [push({ reason: 'address' })], ['Ingress: refused-address']],
    [
      'a last push whose timestamp was too old',
      [push({ kind: 'dead-lettered', deadLetters: ['STALE'] })],
      ['Ingress: stale'],
    ],
    [
      'a refused request, and a push that was taken since',
      [push({}), push({ kind: 'acknowledged', atMs: 6 })],
      [],
    ],
  ])('%s', async (_name, pushes, faults) => {
    const url = await ops({ '/pushes': JSON.stringify({ sinceMs: 0, pushes }) });
    expect((await examine({ 'ingress-ops': url })).faults).toEqual(faults);
  });
});

describe('the gateway', () => {
  test('something else that listens there', async () => {
    const url = await serve((_request, answer) => answer.writeHead(404).end());
    expect((await examine({ url })).faults).toEqual(['The gateway: gateway-answer']);
  });

  test('a clock that is wrong', async () => {
    const url = await serve((_request, answer) =>
      answer.writeHead(200, { date: new Date(0).toUTCString() }).end(),
    );
    const { code, faults } = await examine({ url });
    expect([code, faults]).toEqual([3, ['The gateway: gateway-clock']]);
  });
});

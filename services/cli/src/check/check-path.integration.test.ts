import { first, second } from '../../testing/vendors.ts';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runSluice } from '../../testing/run-sluice.ts';
import { startIngress, type RunningIngress } from '../../testing/start-ingress.ts';
import { createTestStream, type TestStream } from '../../testing/test-stream.ts';

jest.setTimeout(120_000);

const folder = mkdtempSync(join(tmpdir(), 'sluice-check-'));
const sourcesFile = join(folder, 'sources.yaml');
let test_: TestStream;
let ingress: RunningIngress;

const check = (source: string, within: number) =>
  runSluice([
    ...['check', 'path', '--url', ingress.url, '--sources', sourcesFile, '--source', source],
    ...['--clickhouse', test_.servers.clickhouseUrl, '--elasticsearch', test_.servers.elasticsearchUrl],
    ...['--stream', test_.stream, '--within', String(within)],
  ]);

beforeAll(async () => {
  test_ = await createTestStream();
  writeFileSync(join(folder, 'token'), 'a-token-of-the-tests');
  writeFileSync(join(folder, `${first}-key`), 'A'.repeat(43));
  writeFileSync(join(folder, `${second}-key`), '1234567890abcdef');
  const sealed = (key: string) =>
    `stream: ${test_.stream}, signed: true, encrypted: true, token: {current: {file: token}}, aesKey: {current: {file: ${key}}}`;
  // As the normalizer of the test stream has them.
  writeFileSync(
    sourcesFile,
    `sources: [{id: shop-${first}, vendor: ${first}, ${sealed(`${first}-key`)}},
               {id: shop-${second}, vendor: ${second}, companyIds: [c], ${sealed(`${second}-key`)}}]`,
  );
  ingress = await startIngress({
    SLUICE_KAFKA_BROKERS: test_.servers.kafkaBrokers.join(','),
    SLUICE_REGISTRY_URL: test_.servers.registryUrl,
    SLUICE_SOURCES_FILE: sourcesFile,
  });
  await test_.start('normalizer', 'sink-clickhouse', 'sink-elasticsearch');
});
afterAll(async () => {
  await ingress.kill();
  await test_.remove();
  rmSync(folder, { recursive: true });
});

test.each([`shop-${first}`, `shop-${second}`])('a sample of %s arrives in both stores', async (source) => {
  const { code, stdout, stderr } = await check(source, 60);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout.trimEnd().split('\n')).toEqual([
    expect.stringMatching(/acknowledged a \w+ of shop-\w+, which becomes (?:1 event|\d+ events)\.$/),
    expect.stringMatching(/^ClickHouse has (?:it|them), \d+\.\d s after the push\.$/),
    expect.stringMatching(/^Elasticsearch has (?:it|them), \d+\.\d s after the push\.$/),
  ]);
});

test('a store that a sink does not fill fails the check', async () => {
  await test_.stop('sink-elasticsearch');
  const { code, stdout, stderr } = await check(`shop-${first}`, 5);
  expect(stdout).toMatch(/ClickHouse has (?:it|them)/);
  expect([code, stderr]).toEqual([
    1,
    expect.stringMatching(/^Elasticsearch lacks \d+ of \d+ events?: look at/),
  ]);
});

test('a source that is not there is named', async () => {
  const { code, stderr } = await check('nobody', 5);
  expect([code, stderr]).toEqual([1, 'The sources file has no source nobody.\n']);
});

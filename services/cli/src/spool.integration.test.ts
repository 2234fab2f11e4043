import { first } from '../testing/vendors.ts';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { registerSchemas } from '@sluice/canonical-event/registry';
import { scratchKafka } from '@sluice/kafka/testing/scratch-kafka';
import { topicOf, rawTopicOf } from '@sluice/schemas/topics';
import { applyStreamTopics } from './apply-stream-topics.ts';
import { runSluice } from '../testing/run-sluice.ts';
import { startIngress, type RunningIngress } from '../testing/start-ingress.ts';

jest.setTimeout(60_000);

const servers = JSON.parse(process.env.SLUICE_TEST_ENDPOINTS ?? '{}') as {
  kafkaBrokers: string[];
  registryUrl: string;
};
const kafka = scratchKafka();
const stream = kafka.name();
const folder = mkdtempSync(join(tmpdir(), 'sluice-spool-'));
const spoolFolder = join(folder, 'spool');
const sourcesFile = join(folder, 'sources.yaml');
const place = ['--brokers', servers.kafkaBrokers.join(','), '--schema-registry', servers.registryUrl];
const drain = (...args: string[]) =>
  runSluice(['spool', 'drain', '--folder', spoolFolder, ...place, ...args]);
const texts = Array.from({ length: 50 }, (_, index) => `<xml><chatId>${index}</chatId></xml>`);
let ingress: RunningIngress;

/** Kafka is unavailable: nobody listens on that port. */
const start = () =>
  startIngress({
    SLUICE_KAFKA_BROKERS: '127.0.0.1:1',
    SLUICE_REGISTRY_URL: 'http://127.0.0.1:1',
    SLUICE_SOURCES_FILE: sourcesFile,
    SLUICE_SPOOL_FOLDER: spoolFolder,
    SLUICE_PUBLISH_DEADLINE_MS: '200',
  });
const push = async (body: string, source = 'shop'): Promise<string> => {
  const answer = await fetch(`${ingress.url}/v1/${first}/${source}?dataType=chatEnd`, {
    method: 'POST',
    body,
  });
  return `${answer.status} ${await answer.text()}`;
};

beforeAll(async () => {
  const common = `vendor: ${first}, stream: ${stream}, signed: false, access: {addresses: ['127.0.0.1']}`;
  writeFileSync(join(folder, 'key'), 'A'.repeat(43));
  writeFileSync(
    sourcesFile,
    `sources: [{id: shop, encrypted: false, ${common}},
               {id: sealed, encrypted: true, aesKey: {current: {file: key}}, ${common}}]`,
  );
  await applyStreamTopics(kafka.connection, stream, { replicas: 1, partitions: 2 });
  await registerSchemas({ url: servers.registryUrl }, stream);
  ingress = await start();
});
afterAll(async () => {
  await ingress.kill();
  rmSync(folder, { recursive: true });
  await kafka.remove();
});

test('a spool that nobody left anything in is empty', async () => {
  const { stdout } = await runSluice([
    ...['spool', 'wait', '--ops-port', String(ingress.opsPort), '--at-least', '1', '--within', '10'],
  ]);
  expect(stdout).toBe('The spool is empty.\n');
});

test('an ingress that does not answer is not taken for an empty one', async () => {
  const args = ['--ops-port', '1', '--at-least', '1', '--within', '1'];
  const { stdout } = await runSluice(['spool', 'wait', ...args]);
  expect(stdout).toBe('No ingress reports its spool at port 1: its next pod drains what it holds.\n');
});

test('an ingress whose spool drains says for a while that it is empty before it goes', async () => {
  let asked = 0;
  let drainedAt = 0;
  const server = createServer((_request, response) => {
    asked += 1;
    if (asked === 2) drainedAt = performance.now();
    response.end(`sluice_spool_records{component="ingress"} ${asked < 2 ? 7 : 0}\n`);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const wait = (...args: string[]) =>
    runSluice(['spool', 'wait', '--ops-port', String(port), '--at-least', '1', ...args]);
  try {
    const { stdout } = await wait('--shown-for', '3', '--within', '30');
    expect(stdout).toBe('The spool is empty.\n');
    expect(performance.now() - drainedAt).toBeGreaterThan(2_000);
    // Its time ends before: it is still empty.
    asked = 0;
    expect((await wait('--shown-for', '20', '--within', '2')).stdout).toBe('The spool is empty.\n');
  } finally {
    server.close();
  }
});

test('what a killed ingress acknowledged is published, byte for byte, and the spool is empty', async () => {
  expect(new Set(await Promise.all(texts.map((text) => push(text))))).toEqual(new Set(['200 success']));
  // Authentic and undecodable: a dead letter, spooled while the registry is unavailable too.
  expect(await push('nothing of the kind', 'sealed')).toBe('200 success');
  const waiting = await runSluice([
    ...['spool', 'wait', '--ops-port', String(ingress.opsPort), '--at-least', '1', '--within', '2'],
  ]);
  expect(waiting.stdout).toMatch(/^The spool still holds 51 records after 2 s/);
  // Of pods that come back and of those that may not: both wait as long as they are told.
  const told = ['--within', '1', '--may-go-from', '2', '--may-go-within', '3'];
  const [comesBack, mayGo] = await Promise.all(
    ['sluice-ingress-1', 'sluice-ingress-2'].map((pod) =>
      runSluice(['spool', 'wait', '--ops-port', String(ingress.opsPort), '--pod', pod, ...told]),
    ),
  );
  expect(comesBack?.stdout).toMatch(/records after 1 s/);
  expect(mayGo?.stdout).toMatch(/records after 3 s/);

  const inUse = await drain();
  expect(inUse.code).toBe(1);
  expect(inUse.stderr).toContain('is in use by another process');
  await ingress.kill();
  expect(await drain()).toEqual({
    code: 0,
    stdout: 'Published 51 records; the spool is empty.\n',
    stderr: '',
  });
  const raw = await kafka.readAll(topicOf(stream, rawTopicOf(first)));
  expect(raw.map(({ value }) => String(value)).sort()).toEqual([...texts].sort());
  expect(await kafka.readAll(topicOf(stream, 'dead-letter'))).toHaveLength(1);

  expect(await drain()).toMatchObject({ code: 0, stdout: 'Published 0 records; the spool is empty.\n' });
  expect(await kafka.readAll(topicOf(stream, rawTopicOf(first)))).toHaveLength(texts.length);
});

test('while Kafka does not take the records they stay, and the command fails', async () => {
  ingress = await start();
  expect(await push(texts[0]!)).toBe('200 success');
  await ingress.kill();
  // Takes connections, and answers nothing.
  const silent = createServer((request) => request.destroy());
  await once(silent.listen(0, '127.0.0.1'), 'listening');
  const { port } = silent.address() as AddressInfo;
  const away = await runSluice([
    ...['spool', 'drain', '--folder', spoolFolder, '--within', '2'],
    ...['--brokers', `127.0.0.1:${port}`, '--schema-registry', servers.registryUrl],
  ]);
  silent.close();
  expect(away.code).toBe(1);
  expect(away.stderr).toMatch(/^About 1 records are still in .*: Kafka/);
  expect(await drain()).toMatchObject({ code: 0, stdout: 'Published 1 records; the spool is empty.\n' });
});

test('a folder that is not there is no empty spool', async () => {
  const { code, stderr } = await runSluice(['spool', 'drain', '--folder', join(folder, 'typo'), ...place]);
  expect([code, stderr]).toEqual([1, expect.stringMatching(/^There is no folder .*typo: name the spool/)]);
});

import { execFileSync } from 'node:child_process';
import { vendorSamples } from '@sluice/simulator/vendor-samples';
import { simulate } from '@sluice/simulator/simulate';
import { loadSimulators } from '@sluice/vendors/simulators';
import { mark, untilDrained } from '@sluice/start/collect';
import { findingCommands, sampleCurl } from '@sluice/start/sample-curl';
import { ledgerOf } from './ledger-of.ts';
import { root, startSystem, type System } from './system.ts';

let system: System;
beforeAll(async () => {
  system = await startSystem();
}, 120_000);
afterAll(() => system.close(), 60_000);

test('samples of the vendors and simulated traffic arrive in both stores, resends once', async () => {
  const since = await mark(system.endpoints, system.stream);
  const sent = await simulate({
    simulators: await loadSimulators(),
    baseUrl: system.ingressUrl,
    sourcesFile: system.sourcesFile,
    pushes: 600,
    seed: 'whole-path',
    resendShare: 0.2,
    includeSamples: true,
  });
  expect(sent.failures).toEqual([]);
  expect(sent.totals.resent).toBeGreaterThan(50);

  const { ledger, found } = await ledgerOf(system, sent, since);
  expect(ledger.imbalances).toEqual([]);
  // Nobody has the key of the pages' own ciphertexts. Everything else that they show is read, repaired where need be.
  expect([...ledger.deadLetters.keys()]).toEqual(['ingress UNDECRYPTABLE']);

  const ended = new Set(
    [...found.events.values(), ...found.deadLetters].map(({ vendor, dataType }) => `${vendor} ${dataType}`),
  );
  for (const { vendor, dataType } of vendorSamples(await loadSimulators()))
    expect(ended).toContain(`${vendor} ${dataType}`);
}, 180_000);

test('nothing of the vendors ends as an event that nobody typed', async () => {
  const { endpoints, stream } = system;
  const query = `SELECT DISTINCT data_type FROM ${stream}.other_latest FORMAT TSV`;
  const answer = await fetch(`${endpoints.clickhouseUrl}/`, { method: 'POST', body: query });
  expect([answer.status, await answer.text()]).toEqual([200, '']);
});

test('Chinese words are found in Elasticsearch, and ClickHouse answers from its view', async () => {
  const { endpoints, stream } = system;
  const search = await fetch(`${endpoints.elasticsearchUrl}/${stream}-message-*/_search`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: { match_phrase: { text: '延期3天' } } }),
  });
  const { hits } = (await search.json()) as { hits: { hits: { _source: { text: string } }[] } };
  expect(hits.hits.map(({ _source }) => _source.text)).toContain('到还款日,延期3天怎么算');

  const query = `SELECT DISTINCT sender_role, receiver_role FROM ${stream}.message_latest WHERE text = '到还款日,延期3天怎么算' AND data_type = 'msg' FORMAT JSONEachRow`;
  const rows = await fetch(`${endpoints.clickhouseUrl}/`, { method: 'POST', body: query });
  const roles = (await rows.text()).split('\n').filter((line) => line !== '');
  // A visitor said it, to staff or to a robot.
  expect(roles).toContain('{"sender_role":"VISITOR","receiver_role":"STAFF"}');
  for (const role of roles) expect(role).toContain('"sender_role":"VISITOR"');
});

test('the curl that npm start shows works when it is pasted, and so do the commands that find its push', async () => {
  const { endpoints, stream, ingressUrl } = system;
  const now = Date.now();
  const paste = (command: string): string =>
    execFileSync('sh', ['-c', command], {
      encoding: 'utf8',
      cwd: root,
      env: {
        ...process.env,
        SLUICE_KAFKA_BROKERS: endpoints.kafkaBrokers.join(','),
        SLUICE_REGISTRY_URL: endpoints.registryUrl,
        SLUICE_CLICKHOUSE_URL: endpoints.clickhouseUrl,
        SLUICE_ELASTICSEARCH_URL: endpoints.elasticsearchUrl,
        SLUICE_SOURCES_FILE: system.sourcesFile,
      },
    });
  const answer = paste(`${await sampleCurl(ingressUrl, now)} -sS`);
  expect(answer).toContain('HTTP/1.1 200 OK');
  expect(answer.trimEnd().endsWith('success')).toBe(true);

  await untilDrained(endpoints, stream);
  await fetch(`${endpoints.elasticsearchUrl}/${stream}-*/_refresh`, { method: 'POST' });
  const [tail = '', clickhouse = '', elasticsearch = '', find = ''] = findingCommands(endpoints, stream, now);
  expect(paste(tail)).toContain('很满意');
  expect(paste(`${clickhouse} -sS`)).toContain('很满意');
  expect(paste(`${elasticsearch} -sS`)).toContain('很满意');
  expect(paste(find)).toMatch(
    / ClickHouse: version \d+ {2}Elasticsearch: version \d+\n1 push, 1 event, 0 dead letters\./,
  );
}, 60_000);

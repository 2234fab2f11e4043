import { createHash, hash, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { avroTopics, findSchemaIds, registerSchemas } from '@sluice/canonical-event/registry';
import { groupLag } from '@sluice/kafka/group-lag';
import { createPublisher } from '@sluice/kafka/publisher';
import { scratchKafka, type ScratchKafka } from '@sluice/kafka/testing/scratch-kafka';
import { waitUntil } from '@sluice/kafka/testing/wait-until';
import { writeRawHeaders } from '@sluice/raw-event/raw-headers';
import { canonicalTopics, subjectOf, topicOf, type CanonicalTopic } from '@sluice/schemas/topics';
import type { PlainPush } from '@sluice/simulator/push';
import { generateTraffic } from '@sluice/simulator/traffic';
import { createDeadLetterWriter, type DeadLetter } from '@sluice/stream/dead-letters';
import { installTemplates } from '@sluice/sink-elasticsearch/install-templates';
import { migrateClickHouse } from '@sluice/sink-clickhouse/migrate';
import { vendors } from '@sluice/vendors';
import { loadSimulators } from '@sluice/vendors/simulators';
import { rawTopics } from '@sluice/vendors/topics';
import { applyStreamTopics } from '../src/apply-stream-topics.ts';
import { runSluice, type Ended } from './run-sluice.ts';
import { startWorker, type Worker, type WorkerName } from './start-worker.ts';

interface Endpoints {
  readonly kafkaBrokers: string[];
  readonly registryUrl: string;
  readonly clickhouseUrl: string;
  readonly elasticsearchUrl: string;
}

/** What a reader sees of a store: how many events, and a hash over all of what is in them. */
export interface Content {
  readonly events: number;
  readonly hash: string;
}

/** A stream of a test file's own in the real servers, with its topics, schemas, tables and templates. */
export interface TestStream {
  readonly servers: Endpoints;
  readonly kafka: ScratchKafka;
  readonly stream: string;
  readonly sourcesFile: string;
  /** Options that say where everything is, for any of the commands. */
  readonly place: string[];
  readonly groups: readonly string[];
  /** Simulated traffic of both vendors, as ingress writes it. Each call brings other records. */
  pushTraffic(records: number): Promise<void>;
  push(vendor: string, dataType: string, text: string, receivedAtMs?: number): Promise<void>;
  /** Dead letters, as services write them. */
  writeDeadLetters(...deadLetters: DeadLetter[]): Promise<void>;
  start(...names: WorkerName[]): Promise<void>;
  /** @param settings of the worker next to those that say where everything is */
  startWith(settings: Record<string, string>, name: WorkerName): Promise<void>;
  stop(...names: WorkerName[]): Promise<void>;
  /** Waits until the workers that run have worked through everything. */
  settled(): Promise<void>;
  sluice(...args: string[]): Promise<Ended>;
  clickhouse(query: string): Promise<string>;
  elasticsearch(method: string, path: string, body?: object): Promise<Record<string, unknown>>;
  clickhouseContent(topic?: CanonicalTopic): Promise<Content>;
  elasticsearchContent(): Promise<Content>;
  /** Creates another stream's topics and schemas. */
  prepareStream(name: string): Promise<void>;
  remove(): Promise<void>;
}

const vendorIds = Object.keys(vendors);
const day = 24 * 60 * 60 * 1000;

export async function createTestStream(): Promise<TestStream> {
  const servers = JSON.parse(process.env.SLUICE_TEST_ENDPOINTS ?? '{}') as Endpoints;
  const kafka = scratchKafka();
  const stream = kafka.name();
  const folder = mkdtempSync(join(tmpdir(), 'sluice-cli-'));
  const sourcesFile = join(folder, 'sources.yaml');
  // Anybody who maps records reads no secret: the file is missing.
  const plain = `stream: ${stream}, signed: false, encrypted: false, access: {pathSecret: {current: {file: missing}}}`;
  const sources = vendorIds.map((vendor) => `{id: shop-${vendor}, vendor: ${vendor}, ${plain}}`);
  writeFileSync(sourcesFile, `sources: [${sources.join(', ')}]`);
  const streams = new Set<string>();
  const prepareStream = async (name: string): Promise<void> => {
    streams.add(name);
    await applyStreamTopics(kafka.connection, name, { replicas: 1, partitions: 2 });
    await registerSchemas({ url: servers.registryUrl }, name);
  };
  const clickhouse = async (query: string): Promise<string> => {
    const answer = await fetch(servers.clickhouseUrl, { method: 'POST', body: query });
    const text = await answer.text();
    if (!answer.ok) throw new Error(text);
    return text;
  };
  const elasticsearch = async (method: string, path: string, body?: object) => {
    const answer = await fetch(`${servers.elasticsearchUrl}/${path}`, {
      method,
      ...(body ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {}),
    });
    const json = (await answer.json()) as Record<string, unknown>;
    if (!answer.ok && answer.status !== 404) throw new Error(JSON.stringify(json));
    return json;
  };
  await Promise.all([
    prepareStream(stream),
    migrateClickHouse({ url: servers.clickhouseUrl, username: 'default', database: stream }),
    installTemplates({ url: servers.elasticsearchUrl, stream, replicas: 0 }),
  ]);
  const rawOfStream = rawTopics.map((name) => topicOf(stream, name));
  const publisher = createPublisher(kafka.connection, [...rawOfStream, topicOf(stream, 'dead-letter')]);
  await waitUntil('the publisher is ready', () => publisher.ready());
  const push = async (
    vendor: string,
    dataType: string,
    text: string,
    receivedAtMs = Date.now(),
  ): Promise<void> => {
    const value = Buffer.from(text);
    const payloadHash = hash('sha256', value, 'hex');
    const { outcome } = await publisher.publish({
      topic: topicOf(stream, `raw.${vendor}`),
      key: Buffer.from(payloadHash),
      value,
      headers: writeRawHeaders({
        ...{ sourceId: `shop-${vendor}`, vendor, dataType, receivedAtMs, payloadHash },
        ...{ requestId: randomUUID(), contentType: 'text/plain', keyUsed: 'none', traceparent: '' },
        ...{ signed: false, encrypted: false },
      }),
    });
    if (outcome !== 'published') throw new Error(outcome);
  };
  const simulators = await loadSimulators();
  const traffic: Iterator<PlainPush> = generateTraffic({
    sources: vendorIds.map((vendor) => {
      const simulator = simulators[vendor];
      if (!simulator) throw new Error(`There is no simulator of ${vendor}.`);
      const keys = { signingKey: undefined, encryptionKey: undefined, pathSecret: undefined };
      return { ...keys, id: `shop-${vendor}`, vendor, simulator, settings: simulator.readSettings({}) };
    }),
    seed: 'cli',
    run: stream,
    now: () => Date.now() - 5 * day,
  });
  const workers = new Map<WorkerName, Worker>();
  const env = {
    SLUICE_STREAM: stream,
    SLUICE_KAFKA_BROKERS: servers.kafkaBrokers.join(','),
    SLUICE_REGISTRY_URL: servers.registryUrl,
    SLUICE_SESSION_TIMEOUT_MS: '6000',
  };
  const own: Record<WorkerName, Record<string, string>> = {
    normalizer: { SLUICE_SOURCES_FILE: sourcesFile },
    'sink-clickhouse': { SLUICE_CLICKHOUSE_URL: servers.clickhouseUrl },
    'sink-elasticsearch': { SLUICE_ELASTICSEARCH_URL: servers.elasticsearchUrl },
  };
  const canonical = canonicalTopics.map((topic) => topicOf(stream, topic));
  const groups = (['normalizer', 'sink-clickhouse', 'sink-elasticsearch'] as const).map(
    (name) => `${stream}.${name}`,
  );
  const stop = async (...names: WorkerName[]): Promise<void> => {
    await Promise.all(names.flatMap((name) => workers.get(name)?.stop() ?? []));
    for (const name of names) workers.delete(name);
  };

  const startWith = async (settings: Record<string, string>, name: WorkerName): Promise<void> => {
    workers.set(name, await startWorker(name, { ...env, ...own[name], ...settings }));
  };

  return {
    servers,
    kafka,
    stream,
    sourcesFile,
    place: [
      ...['--brokers', servers.kafkaBrokers.join(',')],
      ...['--schema-registry', servers.registryUrl, '--stream', stream],
    ],
    groups,
    async pushTraffic(records) {
      const pushes = Array.from({ length: records }, () => traffic.next().value as PlainPush);
      await Promise.all(pushes.map(({ vendor, dataType, text }) => push(vendor, dataType, text)));
    },
    push,
    async writeDeadLetters(...deadLetters) {
      const ids = await findSchemaIds({ url: servers.registryUrl }, stream, ['dead-letter']);
      const write = createDeadLetterWriter(publisher, stream, ids.get('dead-letter') ?? 0);
      for (const deadLetter of deadLetters) await write(deadLetter);
    },
    async start(...names) {
      await Promise.all(names.map((name) => startWith({}, name)));
    },
    startWith,
    stop,
    async settled() {
      // The normalizer first: until it has finished, a sink that has nothing left gets more. They start in any order.
      const running = [...workers.keys()].sort(
        (one, other) => Number(other === 'normalizer') - Number(one === 'normalizer'),
      );
      for (const name of running) {
        const topics = name === 'normalizer' ? rawOfStream : canonical;
        await waitUntil(
          `${name} has worked through everything`,
          async () => (await groupLag(kafka.connection, `${stream}.${name}`, topics)) === 0,
          60_000,
        );
      }
    },
    sluice: (...args) => runSluice(args),
    clickhouse,
    elasticsearch,
    async clickhouseContent(topic) {
      const lines = await Promise.all(
        (topic ? [topic] : canonicalTopics).map((one) =>
          clickhouse(
            `SELECT * FROM ${stream}.${one.replace('.v1', '').replaceAll('-', '_')}_latest
             ORDER BY event_id FORMAT JSONEachRow`,
          ),
        ),
      );
      return contentOf(lines.flatMap((text) => text.split('\n').filter((line) => line !== '')));
    },
    async elasticsearchContent() {
      await waitUntil('every shard is refreshed', async () => {
        const { _shards } = await elasticsearch('POST', `${stream}-*/_refresh`);
        return (_shards as { failed: number }).failed === 0;
      });
      const lines: string[] = [];
      for (let after: unknown; ;) {
        // What one shard does not answer would be missing from the rest.
        const { hits } = (await elasticsearch(
          'POST',
          `${stream}-*/_search?allow_partial_search_results=false`,
          {
            ...{ size: 2_000, version: true, sort: [{ 'meta.event_id': 'asc' }] },
            ...(after === undefined ? {} : { search_after: after }),
          },
        )) as { hits: { hits: { _source: unknown; _version: number; sort: unknown }[] } };
        for (const { _source, _version } of hits.hits) lines.push(`${_version} ${JSON.stringify(_source)}`);
        after = hits.hits.at(-1)?.sort;
        if (after === undefined) return contentOf(lines);
      }
    },
    prepareStream,
    async remove() {
      await stop(...workers.keys());
      await publisher.close();
      await kafka.remove();
      rmSync(folder, { recursive: true });
      for (const name of streams)
        for (const topic of avroTopics)
          await fetch(`${servers.registryUrl}/subjects/${subjectOf(name, topic)}`, { method: 'DELETE' });
      const databases = await clickhouse(
        `SELECT name FROM system.databases WHERE startsWith(name, '${stream}')`,
      );
      for (const name of databases.split('\n').filter((line) => line !== ''))
        await clickhouse(`DROP DATABASE \`${name}\``);
      const indices = await elasticsearch('GET', `${stream}*/_alias?expand_wildcards=all`);
      for (const name of Object.keys(indices)) await elasticsearch('DELETE', name);
      await elasticsearch('DELETE', `_index_template/${stream}*`);
    },
  };
}

function contentOf(lines: readonly string[]): Content {
  return { events: lines.length, hash: createHash('sha256').update(lines.join('\n')).digest('hex') };
}

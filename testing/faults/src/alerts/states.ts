import { developmentSources } from '@sluice/start/development-sources';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectKafka } from '@sluice/kafka/kafkajs';
import { readRange } from '@sluice/kafka/read-range';
import { offsetRanges } from '@sluice/kafka/topics-admin';
import { topicOf } from '@sluice/schemas/topics';
import { sampleItem } from '@sluice/sink/testing/sample-items';
import { createElasticsearchStore } from '@sluice/sink-elasticsearch/elasticsearch-store';
import { probe, asSealed, withValues } from '../cases/probe.ts';
import type { CaseContext } from '../fault-case.ts';
import type { HttpProxy, HttpRule } from '../proxy/http-proxy.ts';
import type { KafkaProxies } from '../proxy/kafka-proxy.ts';
import type { TcpProxy } from '../proxy/tcp-proxy.ts';
import { startLoad } from '../system/load.ts';
import { postRaw } from '../system/post-raw.ts';
import { createSealer } from '../system/seal.ts';
import type { System } from '../system/system.ts';
import { waitFor } from '../system/wait-for.ts';
import { days, sendForever, slow } from './slow-states.ts';
import { crashAgainAndAgain, type AlertState, type Watched } from './state.ts';

const dayMs = 86_400_000;
const marker = 'refused-for-good';

/** As a server answers that nobody knows: the whole insert fails for one row in it. */
const refuseMarked: HttpRule = ({ method, body }) =>
  method === 'POST' && body.includes(marker)
    ? { do: 'answer', status: 500, body: 'Code: 9999. DB::Exception: Unheard of. (UNHEARD_OF)' }
    : undefined;

const kafkaOf = ({ endpoints }: Pick<System, 'endpoints'>) => ({
  brokers: endpoints.kafkaBrokers,
  clientId: 'sluice-alerts',
});

interface OldRecord {
  readonly partition: number;
  readonly value: Buffer;
  readonly key?: Buffer | null;
  readonly headers?: Record<string, Buffer>;
}

/** Writes a record with a timestamp of some days ago, as if it had was there since. */
async function writeOld(
  place: Pick<System, 'endpoints'>,
  topic: string,
  daysAgo: number,
  record: OldRecord,
): Promise<void> {
  const producer = connectKafka(kafkaOf(place)).producer({ allowAutoTopicCreation: false });
  await producer.connect();
  try {
    const timestamp = String(Date.now() - daysAgo * dayMs);
    await producer.send({ topic, messages: [{ key: null, ...record, timestamp }] });
  } finally {
    await producer.disconnect();
  }
}

/** Commits that a group has read nothing of a partition. */
async function commitNothing(
  place: Pick<System, 'endpoints'>,
  groupId: string,
  topic: string,
): Promise<void> {
  const admin = connectKafka(kafkaOf(place)).admin();
  await admin.connect();
  try {
    await admin.setOffsets({ groupId, topic, partitions: [{ partition: 0, offset: '0' }] });
  } finally {
    await admin.disconnect();
  }
}

/** A system that works, with all that goes wrong next to the way of the data. */
function beside(): AlertState {
  const group = `team_${randomBytes(4).toString('hex')}`;
  const clockFile = join(tmpdir(), `sluice-alerts-clock-${group}`);
  let registry: TcpProxy | undefined;
  let clickhouse: HttpProxy | undefined;
  return {
    name: 'beside',
    expected: {
      'pushes-stopped': { alert: 'SluicePushesStopped' },
      'pushes-refused': { alert: 'SluicePushesRefused', labels: { source: developmentSources.plain } },
      'vendor-clock': {
        alert: 'SluicePushesKeptApart',
        labels: { source: developmentSources.otherEncrypted },
      },
      'own-clock': { alert: 'SluiceClockSkew', labels: { component: 'sink-elasticsearch' } },
      'sources-unusable': { alert: 'SluiceSourcesUnusable' },
      'registry-away': { alert: 'SluiceRegistryAway' },
      'partition-blocked': { alert: 'SluicePartitionBlocked', labels: { component: 'sink-clickhouse' } },
      'retention-unread': { alert: 'SluiceRetentionClock', labels: { component: 'sink-clickhouse' } },
      'subscriber-expires': { alert: 'SluiceSubscriberExpires', labels: { group } },
      'dead-letters': { alert: 'SluiceDeadLettersUnseen' },
      'dead-letters-expire': { alert: 'SluiceDeadLettersExpire' },
      'expire-late': { alert: 'SluiceExpireLate' },
    },
    async options(context) {
      const registryProxy = await context.openTcpProxy(context.endpoints.registryUrl);
      registry = registryProxy.proxy;
      clickhouse = await context.openHttpProxy(context.endpoints.clickhouseUrl);
      writeFileSync(clockFile, '0');
      context.onEnd(() => rm(clockFile, { force: true }));
      const preload = import.meta.resolve('../system/shifted-clock.ts');
      return {
        through: { registryUrl: registryProxy.url, clickhouseUrl: clickhouse.url },
        env: {
          normalizer: { SLUICE_SUBSCRIBER_GROUPS: group },
          'sink-elasticsearch': {
            SLUICE_ELASTICSEARCH_RETENTION_MS: String(365 * dayMs),
            NODE_OPTIONS: `--import ${preload}`,
            FAULTS_CLOCK_FILE: clockFile,
          },
        },
        async beforeStart(stream) {
          const { endpoints } = context;
          const [read, deadLetters] = [topicOf(stream, 'message.v1'), topicOf(stream, 'dead-letter')];
          const value = Buffer.from('no Avro');
          await writeOld({ endpoints }, read, 13.5, { partition: 0, value });
          await commitNothing({ endpoints }, group, read);
          await writeOld({ endpoints }, deadLetters, 28, { partition: 0, value });
        },
      };
    },
    async begin({ context, system, begins }) {
      begins('subscriber-expires');
      begins('dead-letters-expire');
      clickhouse?.setRule(refuseMarked);
      writeFileSync(clockFile, '60000');
      begins('own-clock');
      const store = createElasticsearchStore({
        url: system.endpoints.elasticsearchUrl,
        stream: system.stream,
      });
      await store.write([sampleItem('rating.v1', { received_at: Date.now() - 400 * dayMs })]);
      await store.close();
      begins('expire-late');
      await sendOddOnes(system, context, begins);
      const load = await startLoad(system, { seed: context.seed, rate: 25 });
      await load.untilAcknowledged(1_200);
      await load.finish();
      begins('pushes-stopped');
      await refuseForever(system, context);
      begins('pushes-refused');
      await blockWithOld(system);
      begins('retention-unread');
      registry?.setMode('refuse');
      begins('registry-away');
      writeFileSync(system.sourcesFile, 'sources: [');
      begins('sources-unusable');
    },
  };
}

/** A push that is signed in the future, one that nobody has the key of, and one that ClickHouse refuses. */
async function sendOddOnes(system: System, context: CaseContext, begins: Watched['begins']): Promise<void> {
  const ofOther = await createSealer(system.sourcesFile, developmentSources.otherEncrypted, context.seed);
  const encrypted = await createSealer(system.sourcesFile, developmentSources.encrypted, context.seed);
  const plain = await createSealer(system.sourcesFile, developmentSources.plain, `${context.seed} marker`);
  const early = ofOther.seal(ofOther.plain(), {}, -600_000);
  const foreign = encrypted.seal(encrypted.plain(), { encryptionKey: 'A'.repeat(43) });
  const text = `<xml><msgId>1</msgId><chatRecordId>1_77</chatRecordId><chatScore>1</chatScore><scoreSuggest>${marker}</scoreSuggest></xml>`;
  const marked = plain.seal({ ...plain.plain(), dataType: 'chatScore', text });
  const expect = 'acknowledged' as const;
  const { problems } = await probe(system, [
    { name: 'a push signed in the future', request: asSealed(early), expect },
    { name: 'a push that nobody has the key of', request: asSealed(foreign), expect },
    { name: 'a push that ClickHouse refuses', request: asSealed(marked), expect },
  ]);
  if (problems.length > 0) throw new Error(problems.join(' '));
  begins('vendor-clock');
  begins('dead-letters');
  begins('partition-blocked');
}

/** A small source whose token was changed: a push a minute, each refused. */
async function refuseForever(system: System, context: CaseContext): Promise<void> {
  const sealer = await createSealer(system.sourcesFile, developmentSources.plain, `${context.seed} refused`);
  const push = sealer.seal(sealer.plain());
  const request = withValues(push, { signature: '0'.repeat(40) });
  const post = (): void => void postRaw(system.ingressUrl, request);
  post();
  const timer = setInterval(post, 60_000);
  context.onEnd(() => {
    clearInterval(timer);
    return Promise.resolve();
  });
}

/** Puts the event that ClickHouse refuses into another partition of its topic, as if it had waited there for 13.5 days. */
async function blockWithOld(system: System): Promise<void> {
  const topic = topicOf(system.stream, 'rating.v1');
  const held = await offsetRanges(kafkaOf(system), topic);
  let found: (OldRecord & { readonly partition: number }) | undefined;
  await readRange(
    kafkaOf(system),
    {
      topic,
      from: new Map([...held].map(([partition, { low }]) => [partition, low])),
      to: new Map([...held].map(([partition, { high }]) => [partition, high])),
    },
    ({ partition, key, value, headers }) => {
      if (value?.includes(marker)) found = { partition, key, value, headers };
    },
  );
  if (!found) throw new Error('The event that ClickHouse refuses is not in its topic.');
  const partition = (found.partition + 1) % held.size;
  await writeOld(system, topic, 13.5, { ...found, partition });
}

/** Kafka takes nothing from one ingress, whose spool is small; everything else has Kafka. */
function kafkaAway(): AlertState {
  let kafka: KafkaProxies | undefined;
  return {
    name: 'kafka-away',
    expected: {
      'kafka-away': { alert: 'SluiceKafkaUnavailable' },
      'spool-filling': { alert: 'SluiceSpoolFilling' },
      'spool-old': { alert: 'SluiceSpoolOld' },
    },
    async options(context) {
      kafka = await context.openKafkaProxies(context.endpoints.kafkaBrokers);
      const env = { SLUICE_KAFKA_BROKERS: kafka.addresses.join(','), SLUICE_SPOOL_MAX_BYTES: '2000000' };
      return { env: { ingress: env } };
    },
    begin({ context, system, begins }) {
      kafka?.each((proxy) => proxy.setMode('refuse'));
      begins('kafka-away');
      begins('spool-old');
      begins('spool-filling');
      return sendForever(system, context, 10);
    },
  };
}

/** An ingress that Kafka takes nothing from, with a disk too small for its spool; then its node is lost. */
function ingressLost(): AlertState {
  let kafka: KafkaProxies | undefined;
  return {
    name: 'ingress-lost',
    expected: { 'spool-stranded': { alert: 'SluiceSpoolStranded', labels: { pod: 'ingress' } } },
    async options(context) {
      kafka = await context.openKafkaProxies(context.endpoints.kafkaBrokers);
      return { env: { ingress: { SLUICE_KAFKA_BROKERS: kafka.addresses.join(',') } } };
    },
    async begin({ context, system, begins }) {
      kafka?.each((proxy) => proxy.setMode('refuse'));
      const load = await startLoad(system, { seed: context.seed, rate: 5, retryForMs: 0 });
      await load.untilAcknowledged(100);
      await load.finish();
      // Prometheus looks every 15 s, and evaluates every 30 s.
      const seenAt = performance.now() + 60_000;
      await waitFor('Prometheus has seen the spool', () => performance.now() > seenAt, 90_000);
      await system.service('ingress').kill();
      begins('spool-stranded');
    },
  };
}

/** Neither Kafka nor a spool: every ingress is unready, and what still reaches one is answered with 503. */
function ingressUnready(): AlertState {
  let kafka: KafkaProxies | undefined;
  return {
    name: 'ingress-unready',
    expected: {
      'ingress-unready': { alert: 'SluiceNotReady', labels: { component: 'ingress' } },
      'answers-503': { alert: 'SluiceAcknowledgementErrors' },
    },
    async options(context) {
      kafka = await context.openKafkaProxies(context.endpoints.kafkaBrokers);
      const addresses = kafka.addresses.join(',');
      return { env: { ingress: { SLUICE_KAFKA_BROKERS: addresses, SLUICE_SPOOL_FOLDER: undefined } } };
    },
    begin({ context, system, begins }) {
      kafka?.each((proxy) => proxy.setMode('refuse'));
      begins('ingress-unready');
      begins('answers-503');
      return sendForever(system, context, 5);
    },
  };
}

/** Both stores are unavailable, under traffic; the disk has less room than the spool may take, and damaged records were put aside. */
function storesAway(): AlertState {
  const proxies: TcpProxy[] = [];
  return {
    name: 'stores-away',
    expected: {
      'clickhouse-away': { alert: 'SluiceHeartbeatLate', labels: { stage: 'sink-clickhouse' } },
      'elasticsearch-away': { alert: 'SluiceHeartbeatLate', labels: { stage: 'sink-elasticsearch' } },
      'spool-disk': { alert: 'SluiceSpoolDiskLow' },
      'spool-damaged': { alert: 'SluiceSpoolDamaged' },
    },
    async options(context) {
      const clickhouse = await context.openTcpProxy(context.endpoints.clickhouseUrl);
      const elasticsearch = await context.openTcpProxy(context.endpoints.elasticsearchUrl);
      proxies.push(clickhouse.proxy, elasticsearch.proxy);
      const spool = mkdtempSync(join(tmpdir(), 'sluice-alerts-spool-'));
      context.onEnd(() => rm(spool, { recursive: true, force: true }));
      mkdirSync(join(spool, 'quarantine'));
      writeFileSync(join(spool, 'quarantine', 'of-a-former-process'), 'no record');
      return {
        through: { clickhouseUrl: clickhouse.url, elasticsearchUrl: elasticsearch.url },
        env: { ingress: { SLUICE_SPOOL_MAX_BYTES: String(10 ** 15), SLUICE_SPOOL_FOLDER: spool } },
      };
    },
    begin({ context, system, begins }) {
      begins('spool-disk');
      begins('spool-damaged');
      for (const proxy of proxies) proxy.setMode('refuse');
      begins('clickhouse-away');
      begins('elasticsearch-away');
      return sendForever(system, context, 5);
    },
  };
}

/** One worker is gone, one crashes over and over, one starts and never becomes ready. */
function workersDown(): AlertState {
  let clickhouse: TcpProxy | undefined;
  return {
    name: 'workers-down',
    expected: {
      'service-gone': { alert: 'SluiceServiceMissing', labels: { component: 'normalizer' } },
      'crash-loop': { alert: 'SluiceCrashLoop', labels: { component: 'sink-elasticsearch' } },
      'never-ready': { alert: 'SluiceNotReady', labels: { component: 'sink-clickhouse' } },
    },
    async options(context) {
      const opened = await context.openTcpProxy(context.endpoints.clickhouseUrl);
      clickhouse = opened.proxy;
      return { through: { clickhouseUrl: opened.url } };
    },
    async begin({ context, system, begins }) {
      await system.service('normalizer').kill();
      begins('service-gone');
      crashAgainAndAgain(system.service('sink-elasticsearch'), context);
      begins('crash-loop');
      clickhouse?.setMode('black-hole');
      const sink = system.service('sink-clickhouse');
      await sink.kill();
      sink.launch();
      begins('never-ready');
    },
  };
}

/** Nothing is wrong: steady traffic, while each service is restarted once, as a rolling upgrade does. */
function ordinary(): AlertState {
  return {
    name: 'ordinary',
    expected: {},
    options: () => ({}),
    async begin({ context, system }) {
      await sendForever(system, context, 5, 60_000);
      for (const service of system.all) {
        await service.stop();
        await service.start();
      }
    },
  };
}

/** Each with a system of its own, so that none hides another. */
export const alertStates = (): AlertState[] => [
  beside(),
  kafkaAway(),
  ingressLost(),
  ingressUnready(),
  storesAway(),
  workersDown(),
  slow(),
  days(),
  ordinary(),
];

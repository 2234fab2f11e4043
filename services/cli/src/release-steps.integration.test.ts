import { second } from '../testing/vendors.ts';
import { avroTopics } from '@sluice/canonical-event/registry';
import { scratchKafka } from '@sluice/kafka/testing/scratch-kafka';
import { findTopics } from '@sluice/kafka/topics-admin';
import {
  canonicalTopics,
  subjectOf,
  topicOf,
  topicSettings,
  rawTopicOf,
  type TopicName,
} from '@sluice/schemas/topics';
import { allTopics } from '@sluice/vendors/topics';
import { jsonLines, runSluice } from '../testing/run-sluice.ts';

jest.setTimeout(60_000);

interface Endpoints {
  kafkaBrokers: string[];
  registryUrl: string;
  clickhouseUrl: string;
  elasticsearchUrl: string;
}
const servers = JSON.parse(process.env.SLUICE_TEST_ENDPOINTS ?? '{}') as Endpoints;
const kafka = scratchKafka();
const stream = kafka.name();
const templates = [
  ...canonicalTopics.map((topic) => `${stream}-${topic.replace(/\.v1$/, '')}`),
  `${stream}_heartbeat`,
].map((name) => `${servers.elasticsearchUrl}/_index_template/${name}`);
const clickhouse = (query: string) => fetch(servers.clickhouseUrl, { method: 'POST', body: query });

afterAll(async () => {
  await kafka.remove();
  for (const topic of avroTopics)
    await fetch(`${servers.registryUrl}/subjects/${subjectOf(stream, topic)}`, { method: 'DELETE' });
  await clickhouse(`DROP DATABASE IF EXISTS ${stream}`);
  for (const template of templates) await fetch(template, { method: 'DELETE' });
});

test('topics apply creates the topics of the list; a second run creates none', async () => {
  const apply = () =>
    runSluice([
      'topics',
      'apply',
      '--brokers',
      servers.kafkaBrokers.join(','),
      '--stream',
      stream,
      '--replicas',
      '1',
    ]);
  const names = allTopics.map((name) => topicOf(stream, name));
  const oneCopy =
    'With one replica acks=all means one copy: an acknowledged record is lost with its broker. Use 3 in production.\n';
  expect(await apply()).toEqual({ code: 0, stdout: `Created ${names.join(', ')}.\n${oneCopy}`, stderr: '' });
  const found = await findTopics(kafka.connection, names);
  for (const name of allTopics) {
    const { partitions, maxMessageBytes, retentionMs } = topicSettings(name);
    expect(found.get(topicOf(stream, name))).toMatchObject({ partitions, maxMessageBytes, retentionMs });
  }
  expect(await apply()).toEqual({
    code: 0,
    stdout: `All topics existed; their retention and sizes are set.\n${oneCopy}`,
    stderr: '',
  });
});

test('topics apply keeps topics for as long as it is told, by group and by name', async () => {
  const place = ['--brokers', servers.kafkaBrokers.join(','), '--stream', stream, '--replicas', '1'];
  const { code, stderr } = await runSluice([
    ...['topics', 'apply', ...place],
    ...['--retention', 'raw=1d', '--retention', 'canonical=20d', '--retention', 'message.v1=30d'],
  ]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const day = 24 * 60 * 60 * 1000;
  const expected: readonly (readonly [TopicName, number])[] = [
    [rawTopicOf(second), 1],
    ['rating.v1', 20],
    ['message.v1', 30],
    ['dead-letter', 30],
  ];
  const found = await findTopics(
    kafka.connection,
    expected.map(([name]) => topicOf(stream, name)),
  );
  for (const [name, days] of expected) expect(found.get(topicOf(stream, name))?.retentionMs).toBe(days * day);
});

const place = () => ['--brokers', servers.kafkaBrokers.join(','), '--stream', stream, '--replicas', '1'];
const apply = (...options: string[]) => runSluice(['topics', 'apply', ...place(), ...options]);

test('topics apply keeps the retention of topics that it is not told about', async () => {
  expect(await apply()).toMatchObject({ code: 0, stderr: '' });
  const name = topicOf(stream, 'message.v1');
  expect((await findTopics(kafka.connection, [name])).get(name)?.retentionMs).toBe(30 * 86_400_000);
});

test('topics apply --dry-run shows each topic, and changes nothing', async () => {
  const [message, rating] = [topicOf(stream, 'message.v1'), topicOf(stream, 'rating.v1')];
  const options = ['--dry-run', '--retention', 'message.v1=31d', '--partitions', 'message.v1=12'];
  const { code, stdout, stderr } = await apply(...options);
  expect([code, stderr]).toEqual([0, '']);
  const lines = stdout.trimEnd().split('\n');
  expect(lines).toHaveLength(allTopics.length + 1);
  expect(lines).toContain(
    `${message}: partitions 6 → 12, retention.ms 2592000000 → 2678400000, segment.ms 108000000 → 111600000`,
  );
  expect(lines).toContain(`${rating}: unchanged`);
  expect(lines.at(-1)).toBe(
    `Nothing was changed. To create: 0. To change: 1. Unchanged: ${allTopics.length - 1}.`,
  );
  const found = await findTopics(kafka.connection, [message]);
  expect(found.get(message)).toMatchObject({ partitions: 6, retentionMs: 30 * 86_400_000 });
  const [fact] = jsonLines<{ dryRun: boolean; planned: { outcome: string }[] }>(
    (await apply(...options, '--json')).stdout,
  );
  expect([fact?.dryRun, fact?.planned.filter(({ outcome }) => outcome === 'change').length]).toEqual([
    true,
    1,
  ]);
});

test('topics apply adds partitions where it is told to, and says so', async () => {
  const message = topicOf(stream, 'message.v1');
  const { code, stdout } = await apply('--partitions', 'message.v1=8');
  expect([code, stdout]).toEqual([0, expect.stringContaining(`${message}: partitions 6 → 8\n`)]);
  expect((await findTopics(kafka.connection, [message])).get(message)?.partitions).toBe(8);
});

test('topics apply refuses a retention below the horizon of the alert, unless it is allowed', async () => {
  const rating = topicOf(stream, 'rating.v1');
  const retentionMs = async () => (await findTopics(kafka.connection, [rating])).get(rating)?.retentionMs;
  const short = ['--retention', 'rating.v1=12h'];
  const before = await retentionMs();
  const refused = await apply(...short);
  expect([refused.code, refused.stderr]).toEqual([
    64,
    expect.stringMatching(
      /^Nothing was changed, because .*\nThese topics keep records for less than 24 hours: .*rating\.v1\.\nIf you accept this, give --allow short-retention\./,
    ),
  ]);
  expect(refused.stdout).toContain(`${rating}: retention.ms ${before} → 43200000`);
  expect(await retentionMs()).toBe(before);
  expect(await apply(...short, '--allow', 'short-retention')).toMatchObject({ code: 0, stderr: '' });
  expect(await retentionMs()).toBe(43_200_000);
  // What is so already is told, and refused no more.
  expect(await apply()).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('These topics keep records for less than 24 hours') as string,
  });
});

test('schemas register tells the ids, the same ones each time', async () => {
  const register = () =>
    runSluice(['schemas', 'register', '--schema-registry', servers.registryUrl, '--stream', stream]);
  const first = await register();
  expect(first).toMatchObject({ code: 0, stderr: '' });
  const lines = first.stdout.trimEnd().split('\n');
  expect(lines).toHaveLength(avroTopics.length);
  for (const [index, topic] of avroTopics.entries())
    expect(lines[index]).toMatch(new RegExp(`^${stream}\\.${topic} is schema \\d+\\.$`));
  expect(await register()).toEqual(first);
});

test('schemas list tells which file of the repository each schema of the registry is', async () => {
  const list = () =>
    runSluice(['schemas', 'list', '--schema-registry', servers.registryUrl, '--stream', stream]);
  const { code, stdout } = await list();
  expect(code).toBe(0);
  const lines = stdout.trimEnd().split('\n');
  // A subject that had no schema has every released one, and counts as their files do.
  for (const line of lines)
    expect(line).toMatch(/ {2}version (\d+) {2}id \d+ {2}schemas\/[\w.-]+\/\1\.avsc$/);
  expect(lines.filter((line) => line.includes('.message.v1 ')).length).toBeGreaterThan(1);
  const nobody = await runSluice([
    'schemas',
    'list',
    '--schema-registry',
    servers.registryUrl,
    '--stream',
    'none_here',
  ]);
  expect([nobody.code, nobody.stderr]).toEqual([1, expect.stringContaining('run "sluice schemas register"')]);
});

test('topics apply says which topics have another number of copies, which it does not change', async () => {
  const { code, stdout } = await runSluice([
    ...[
      'topics',
      'apply',
      '--brokers',
      servers.kafkaBrokers.join(','),
      '--stream',
      stream,
      '--replicas',
      '3',
    ],
  ]);
  expect(code).toBe(0);
  expect(stdout).toContain(`${topicOf(stream, 'message.v1')}: replicas stay 1 (asked: 3).`);
});

test('migrate creates tables, views and templates, a line for each; a second run finds everything there', async () => {
  // From the environment, as in a container.
  const migrate = () =>
    runSluice(['migrate'], {
      SLUICE_STREAM: stream,
      SLUICE_CLICKHOUSE_URL: servers.clickhouseUrl,
      SLUICE_ELASTICSEARCH_URL: servers.elasticsearchUrl,
    });
  const first = await migrate();
  expect(first).toMatchObject({ code: 0, stderr: '' });
  expect(first.stdout).toMatch(
    /^(ClickHouse: created (table|view) \w+\.\n)+Elasticsearch: templates installed, .*\.\n$/,
  );
  const created = [...first.stdout.matchAll(/created (?:table|view) (\w+)/g)].map(([, name]) => name);
  const tables = await clickhouse(`SHOW TABLES FROM ${stream}`);
  expect((await tables.text()).trimEnd().split('\n').sort()).toEqual(created.sort());
  expect(created).toEqual(expect.arrayContaining(['message', 'message_latest', 'conversation_state']));
  for (const template of templates) expect((await fetch(template)).status).toBe(200);
  const forgetting = await runSluice(['migrate', '--clickhouse-retention', '365d'], {
    SLUICE_STREAM: stream,
    SLUICE_CLICKHOUSE_URL: servers.clickhouseUrl,
  });
  expect(forgetting).toMatchObject({ code: 0, stderr: '' });
  expect(forgetting.stdout).toMatch(
    /^(ClickHouse: table \w+ keeps rows for 31536000 s after they were received\.\n)+$/,
  );
  const rule = await clickhouse(
    `SELECT create_table_query FROM system.tables WHERE database = '${stream}' AND name = 'message'`,
  );
  expect(await rule.text()).toContain('TTL toDateTime(received_at) + toIntervalSecond(31536000)');
  // A migration that is not told leaves the rule as it is.
  const second = await migrate();
  expect(second).toMatchObject({ code: 0, stderr: '' });
  expect(second.stdout).toMatch(/^ClickHouse: everything is there\.\nElasticsearch: templates installed, /);
});

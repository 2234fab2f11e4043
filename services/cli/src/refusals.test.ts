import { runSluice } from './testing/run-sluice.ts';

jest.setTimeout(60_000);

const nobody = 'http://127.0.0.1:2';
const { kafkaBrokers } = JSON.parse(process.env.SLUICE_TEST_ENDPOINTS ?? '{}') as { kafkaBrokers: string[] };

const refusals: [string[], RegExp][] = [
  [['topics', 'apply'], /required option '--brokers <list>' not specified/],
  [['topics', 'apply', '--brokers', 'nonsense'], /It must be host:port, several separated by commas\./],
  [['topics', 'apply', '--brokers', '127.0.0.1:1', '--replicas', 'x'], /It must be a whole number above zero\./],
  [['topics', 'apply', '--brokers', '127.0.0.1:1'], /^Kafka at 127\.0\.0\.1:1 \(--brokers\) did not do it: .*ECONNREFUSED/],
  [['topics', 'apply', '--brokers', kafkaBrokers[0]!, '--stream', 'test_refused', '--replicas', '9'], /^Kafka at .* did not do it: Replication.factor/],
  [['topics', 'apply', '--brokers', '127.0.0.1:1', '--retention', 'raw'], /It must be a duration such as 7d/],
  [['topics', 'apply', '--brokers', '127.0.0.1:1', '--retention', 'rwa=3d'], /There is no topic rwa to keep: it must be one of raw, canonical/],
  [['check', 'path', '--url', nobody, '--sources', 'x', '--source', 'y'], /^Say where the sample must arrive/],
  [['dlq', 'redrive', '--sources', 'typo.yaml', '--brokers', kafkaBrokers[0]!, '--schema-registry', nobody], /^The sources file typo\.yaml cannot be read: ENOENT/],
  [['replay', '--live', '--sources', 'typo.yaml', '--brokers', kafkaBrokers[0]!, '--schema-registry', nobody], /^The sources file typo\.yaml cannot be read: ENOENT/],
  [['rebuild', 'clickhouse', '--from-raw', '--sources', 'typo.yaml', '--brokers', kafkaBrokers[0]!, '--schema-registry', nobody, '--clickhouse', nobody], /^The sources file typo\.yaml cannot be read: ENOENT/],
  [['check', 'sources', '--sources', 'typo.yaml'], /^The sources file typo\.yaml cannot be read: ENOENT/],
  [['expire', 'elasticsearch', '--elasticsearch', nobody, '--older-than', '9d'], /^Elasticsearch at .* \(--elasticsearch\) did not do it: .*ECONNREFUSED/],
  [['schemas', 'register'], /required option '--schema-registry <url>' not specified/],
  [['schemas', 'register', '--schema-registry', 'nonsense'], /It must be a URL such as/],
  [['schemas', 'register', '--schema-registry', nobody], /^The schema registry at http:\/\/127\.0\.0\.1:2 \(--schema-registry\) did not do it: .*ECONNREFUSED/],
  [['migrate'], /^Nothing to migrate: give --clickhouse, --elasticsearch, or both\.$/],
  [['migrate', '--clickhouse', 'nonsense'], /It must be a URL such as/],
  [['migrate', '--clickhouse', nobody], /^ClickHouse at .* \(--clickhouse\) did not do it: .*ECONNREFUSED/],
  [['migrate', '--elasticsearch', nobody], /^Elasticsearch at .* \(--elasticsearch\) did not do it: .*ECONNREFUSED/],
  [['nonsense'], /unknown command 'nonsense'/],
  [['migrate', '--colour', 'red'], /unknown option '--colour'/],
]; // prettier-ignore

// The client tries Kafka for a quarter of a minute: all of them run at once.
const runs = new Map(refusals.map(([args]) => [args, runSluice(args)]));

test.each(refusals)('%p is refused with one sentence, and 1', async (args, sentence) => {
  const { code, stdout, stderr } = (await runs.get(args))!;
  expect(stderr.trimEnd()).toMatch(sentence);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
});

import { runSluice } from '../testing/run-sluice.ts';

jest.setTimeout(60_000);

const nobody = 'http://127.0.0.1:2';
const { kafkaBrokers, registryUrl, clickhouseUrl } = JSON.parse(
  process.env.SLUICE_TEST_ENDPOINTS ?? '{}',
) as { kafkaBrokers: string[]; registryUrl: string; clickhouseUrl: string };
const [usage, unreachable, config] = [64, 69, 78];

const refusals: [string[], RegExp, number][] = [
  [['topics', 'apply'], /^This option is missing: --brokers <list> or SLUICE_KAFKA_BROKERS\./, usage],
  [['topics', 'apply', '--brokers', 'nonsense'], /It must be host:port, or \[address\]:port for IPv6; several are separated by commas\./, usage],
  [['topics', 'apply', '--brokers', '127.0.0.1:1', '--replicas', 'x'], /It must be a whole number above zero\./, usage],
  [['topics', 'apply', '--brokers', '127.0.0.1:1'], /^Kafka at 127\.0\.0\.1:1 \(--brokers\) cannot be reached: connect ECONNREFUSED .*\.$/, unreachable],
  [['topics', 'apply', '--brokers', kafkaBrokers[0]!, '--stream', 'test_refused', '--replicas', '9'], /^Kafka at .* could not complete the request: Replication.factor/, 1],
  [['topics', 'apply', '--brokers', '127.0.0.1:1', '--retention', 'raw'], /It must be a duration such as 7d/, usage],
  [['topics', 'apply', '--brokers', '127.0.0.1:1', '--partitions', 'raw=0'], /It must be a whole number above zero\./, usage],
  [['topics', 'apply', '--brokers', '127.0.0.1:1', '--partitions', 'rwa=3'], /There is no topic rwa to set a number of partitions for/, usage],
  [['topics', 'apply', '--brokers', '127.0.0.1:1', '--allow', 'anything'], /There is no risk anything: it must be one of one-replica, one-in-sync, unclean-election, short-retention\./, usage],
  [['topics', 'apply', '--brokers', '127.0.0.1:1', '--retention', 'rwa=3d'], /There is no topic rwa to set a retention for: it must be one of raw, canonical/, usage],
  [['check', 'path', '--url', nobody, '--sources', 'x', '--source', 'y'], /^Say where the sample must arrive/, usage],
  [['dlq', 'redrive', '--sources', 'typo.yaml', '--brokers', kafkaBrokers[0]!, '--schema-registry', registryUrl], /^The sources file typo\.yaml cannot be read: ENOENT/, config],
  [['replay', '--live', '--sources', 'typo.yaml', '--brokers', kafkaBrokers[0]!, '--schema-registry', registryUrl], /^The sources file typo\.yaml cannot be read: ENOENT/, config],
  [['rebuild', 'clickhouse', '--from-raw', '--sources', 'typo.yaml', '--brokers', kafkaBrokers[0]!, '--schema-registry', registryUrl, '--clickhouse', clickhouseUrl], /^The sources file typo\.yaml cannot be read: ENOENT/, config],
  [['check', 'sources', '--sources', 'typo.yaml'], /^The sources file typo\.yaml cannot be read: ENOENT/, config],
  [['expire', 'elasticsearch', '--elasticsearch', nobody, '--older-than', '9d'], /^Elasticsearch at .* \(--elasticsearch\) cannot be reached: connect ECONNREFUSED .*\.$/, unreachable],
  [['dlq', 'list'], /^These options are missing: --brokers <list> or SLUICE_KAFKA_BROKERS; --schema-registry <url> or SLUICE_REGISTRY_URL\. With a running "npm start" you can omit the servers\.$/, usage],
  [['sim', '--url', nobody, '--pushes', '2'], /^The gateway at http:\/\/127\.0\.0\.1:2 \(--url\) cannot be reached: connect ECONNREFUSED/, unreachable],
  [['schemas', 'register'], /^This option is missing: --schema-registry <url> or SLUICE_REGISTRY_URL\./, usage],
  [['schemas', 'register', '--schema-registry', 'nonsense'], /It must be a URL such as/, usage],
  [['schemas', 'register', '--schema-registry', nobody], /^The schema registry at http:\/\/127\.0\.0\.1:2 \(--schema-registry\) cannot be reached: connect ECONNREFUSED .*\.$/, unreachable],
  [['migrate'], /^Nothing to migrate: give at least one of --clickhouse, --elasticsearch\.$/, usage],
  [['migrate', '--clickhouse', 'nonsense'], /It must be a URL such as/, usage],
  [['migrate', '--clickhouse', nobody], /^ClickHouse at .* \(--clickhouse\) cannot be reached: connect ECONNREFUSED .*\.$/, unreachable],
  [['migrate', '--elasticsearch', nobody], /^Elasticsearch at .* \(--elasticsearch\) cannot be reached: connect ECONNREFUSED .*\.$/, unreachable],
  [['nonsense'], /unknown command 'nonsense'/, usage],
  [['migrate', '--colour', 'red'], /unknown option '--colour'/, usage],
]; // prettier-ignore

// A server that does not answer is tried for 5 s: all of them run at once.
const runs = new Map(refusals.map(([args]) => [args, runSluice(args)]));

test.each(refusals)(
  '%p is refused with an error, and the code of its kind',
  async (args, message, wanted) => {
    const { code, stdout, stderr } = (await runs.get(args))!;
    expect(stderr.trimEnd()).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect({ code, stdout }).toEqual({ code: wanted, stdout: '' });
  },
);

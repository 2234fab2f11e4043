import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { portSettings } from '../endpoints.ts';
import { answersOk, homeArgument, type Launch, type ServerSpec } from '../server-process.ts';
import { pomVersion } from './artifacts.ts';
import { elasticsearchPlaces } from './elasticsearch-places.ts';
import type { NativeContext } from './native-context.ts';

/** A server that is started as Elasticsearch is: the names differ. */
interface Distribution {
  /** Of the program, of its settings file and of its place in the cache. */
  readonly name: 'elasticsearch' | 'opensearch';
  readonly title: string;
  readonly version: string;
  /** What its variables begin with. */
  readonly variables: string;
  readonly settings: readonly string[];
  readonly fetch: (signal: AbortSignal, cache: string) => Promise<string>;
}

/** One node without security. */
export function elasticsearch(context: NativeContext): ServerSpec {
  return searchServer(context, {
    ...{ name: 'elasticsearch', title: 'Elasticsearch', variables: 'ES' },
    version: pomVersion('elasticsearch.version'),
    settings: ['xpack.security.enabled: false', 'action.destructive_requires_name: false'],
    fetch: (signal, cache) => context.artifacts.elasticsearch(signal, cache),
  });
}

/** One node of OpenSearch, at the ports of Elasticsearch: OpenSearch 3 on Java 21 and later, else OpenSearch 2. */
export function openSearch(context: NativeContext): ServerSpec {
  const artifact = context.java.major >= 21 ? 'opensearch-3' : 'opensearch-2';
  return searchServer(context, {
    ...{ name: 'opensearch', title: 'OpenSearch', variables: 'OPENSEARCH', settings: [] },
    version: pomVersion(`${artifact}.version`),
    fetch: (signal, cache) => context.artifacts[artifact](signal, cache),
  });
}

function searchServer(context: NativeContext, distribution: Distribution): ServerSpec {
  const { ports } = context;
  const { name, title } = distribution;
  return {
    ...{ name, title },
    ports: [
      { port: ports.elasticsearch, variable: portSettings.elasticsearch.variable },
      { port: ports.elasticsearchTransport, variable: portSettings.elasticsearchTransport.variable },
    ],
    prepare: (signal) => prepare(context, distribution, signal),
    isReady: () =>
      answersOk(`http://127.0.0.1:${ports.elasticsearch}/_cluster/health?wait_for_status=yellow&timeout=1s`),
    startWithinMs: 180_000,
    stopWithinMs: 30_000,
  };
}

async function prepare(
  { folders, ports, java }: NativeContext,
  { name, version, variables, settings, fetch }: Distribution,
  signal: AbortSignal,
): Promise<Launch> {
  const places = elasticsearchPlaces(folders);
  const program = join(await fetch(signal, places.cache), `${name}-${version}`);
  const work = places.work;
  const [config, data, temporary] = [join(work, 'config'), join(work, 'data'), join(work, 'tmp')];
  for (const folder of [join(config, 'jvm.options.d'), data, temporary])
    mkdirSync(folder, { recursive: true });
  writeConfig(program, config, `${name}.yml`, [
    ...['discovery.type: single-node', 'network.host: 127.0.0.1', ...settings],
    `http.port: ${ports.elasticsearch}`,
    `transport.port: ${ports.elasticsearchTransport}`,
    `path.data: ${JSON.stringify(data)}`,
    `path.logs: ${JSON.stringify(temporary)}`,
    // A developer's disk is often fuller, and the kernel's mmap limit lower, than a server's.
    'cluster.routing.allocation.disk.threshold_enabled: false',
    'node.store.allow_mmap: false',
  ]);
  places.handOver();
  const marked = `${homeArgument(folders.homeId)} -XX:TieredStopAtLevel=1`;
  return {
    command: 'bash',
    args: [join(program, 'bin', name)],
    env: {
      [`${variables}_JAVA_HOME`]: java.home,
      [`${variables}_PATH_CONF`]: config,
      [`${variables}_TMPDIR`]: temporary,
      [`${variables}_JAVA_OPTS`]: `-Xms512m -Xmx512m -XX:-AlwaysPreTouch ${marked}`,
      // Of Elasticsearch's launcher.
      CLI_JAVA_OPTS: `${marked} -Xshare:auto -XX:+UseSerialGC`,
    },
    ...(places.runAs && { runAs: places.runAs }),
  };
}

function writeConfig(program: string, config: string, file: string, settings: readonly string[]): void {
  writeFileSync(join(config, file), `${settings.join('\n')}\n`);
  writeFileSync(join(config, 'log4j2.properties'), loggingProperties);
  // The garbage collector's log would go to the program's own folder.
  const options = readFileSync(join(program, 'config', 'jvm.options'), 'utf8').split('\n');
  writeFileSync(
    join(config, 'jvm.options'),
    options.filter((line) => !/^(\d+-:)?-Xlog:gc/.test(line)).join('\n'),
  );
}

const loggingProperties = `status=error
appender.out.type=Console
appender.out.name=out
appender.out.layout.type=PatternLayout
appender.out.layout.pattern=%d %p %m (%c{1})%n
rootLogger.level=warn
rootLogger.appenderRef.out.ref=out
`;

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { portSettings } from '../endpoints.ts';
import { answersOk, homeArgument, type Launch, type ServerSpec } from '../server-process.ts';
import { pomVersion } from './artifacts.ts';
import { elasticsearchPlaces } from './elasticsearch-places.ts';
import type { NativeContext } from './native-context.ts';

/** One node without security. */
export function elasticsearch(context: NativeContext): ServerSpec {
  const { ports } = context;
  return {
    name: 'elasticsearch',
    title: 'Elasticsearch',
    ports: [
      { port: ports.elasticsearch, variable: portSettings.elasticsearch.variable },
      { port: ports.elasticsearchTransport, variable: portSettings.elasticsearchTransport.variable },
    ],
    prepare: (signal) => prepare(context, signal),
    isReady: () =>
      answersOk(`http://127.0.0.1:${ports.elasticsearch}/_cluster/health?wait_for_status=yellow&timeout=1s`),
    startWithinMs: 180_000,
    stopWithinMs: 30_000,
  };
}

async function prepare(
  { folders, ports, java, artifacts }: NativeContext,
  signal: AbortSignal,
): Promise<Launch> {
  const places = elasticsearchPlaces(folders);
  const unpacked = await artifacts.elasticsearch(signal, places.cache);
  const program = join(unpacked, `elasticsearch-${pomVersion('elasticsearch.version')}`);
  const work = places.work;
  const [config, data, temporary] = [join(work, 'config'), join(work, 'data'), join(work, 'tmp')];
  for (const folder of [join(config, 'jvm.options.d'), data, temporary])
    mkdirSync(folder, { recursive: true });
  writeConfig(program, config, [
    ...['discovery.type: single-node', 'network.host: 127.0.0.1', 'xpack.security.enabled: false'],
    `http.port: ${ports.elasticsearch}`,
    `transport.port: ${ports.elasticsearchTransport}`,
    `path.data: ${JSON.stringify(data)}`,
    `path.logs: ${JSON.stringify(temporary)}`,
    // A developer's disk is often fuller, and the kernel's mmap limit lower, than a server's.
    'cluster.routing.allocation.disk.threshold_enabled: false',
    'node.store.allow_mmap: false',
    'action.destructive_requires_name: false',
  ]);
  places.handOver();
  const marked = `${homeArgument(folders.homeId)} -XX:TieredStopAtLevel=1`;
  return {
    command: 'bash',
    args: [join(program, 'bin', 'elasticsearch')],
    env: {
      ES_JAVA_HOME: java.home,
      ES_PATH_CONF: config,
      ES_TMPDIR: temporary,
      ES_JAVA_OPTS: `-Xms512m -Xmx512m -XX:-AlwaysPreTouch ${marked}`,
      CLI_JAVA_OPTS: `${marked} -Xshare:auto -XX:+UseSerialGC`,
    },
    ...(places.runAs && { runAs: places.runAs }),
  };
}

function writeConfig(program: string, config: string, settings: readonly string[]): void {
  writeFileSync(join(config, 'elasticsearch.yml'), `${settings.join('\n')}\n`);
  writeFileSync(join(config, 'log4j2.properties'), loggingProperties);
  // The garbage collector's log would go to the program's own folder.
  const options = readFileSync(join(program, 'config', 'jvm.options'), 'utf8').split('\n');
  writeFileSync(
    join(config, 'jvm.options'),
    options.filter((line) => !line.startsWith('-Xlog:gc')).join('\n'),
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

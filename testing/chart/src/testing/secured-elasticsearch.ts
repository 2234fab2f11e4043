import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { bindToParent } from '@sluice/dev-servers/bound-process';
import { elasticsearchPlaces } from '@sluice/dev-servers/elasticsearch-places';
import { findOnPath } from '@sluice/dev-servers/find-on-path';
import { foldersFrom } from '@sluice/dev-servers/folders';
import { freePorts } from '@sluice/dev-servers/free-port';
import { waitUntil } from '@sluice/kafka/testing/wait-until';

/** Elasticsearch that asks who one is. */
export interface SecuredElasticsearch {
  readonly url: string;
  /** Asks as a user who may do everything. @throws when it is refused */
  ask<T>(method: string, path: string, body?: object): Promise<T>;
  close(): Promise<void>;
}

/** What it is made of: the development servers' program and a Java compiler. */
export interface Parts {
  readonly program: string;
  readonly javaHome: string;
}

/** Null when the development servers run in Docker, or never ran, and where there is no Java compiler. */
export function elasticsearchParts(): Parts | null {
  const { cache } = elasticsearchPlaces(foldersFrom(process.env));
  const names = fs.existsSync(cache) ? fs.readdirSync(cache) : [];
  const newest = names
    .filter((name) => name.startsWith('elasticsearch-'))
    .sort()
    .at(-1);
  const compiler = findOnPath('javac', process.env);
  if (newest === undefined || compiler === undefined) return null;
  const program = join(cache, newest, newest.split('-').slice(0, 2).join('-'));
  return { program, javaHome: dirname(dirname(fs.realpathSync(compiler))) };
}

/** `secret-of-admin`, as `elasticsearch-users` writes it. */
const admin = 'admin:$2a$10$Vz/rWJFwQaWn/ATs8Y/.ee80q5KORbh0lI8QLVOenQEcpHUlQ1CaG\n';
const authorization = `Basic ${Buffer.from('admin:secret-of-admin').toString('base64')}`;

/** Starts it, without TLS. */
export async function startSecuredElasticsearch({ program, javaHome }: Parts): Promise<SecuredElasticsearch> {
  const folder = fs.mkdtempSync(join(tmpdir(), 'sluice-secured-elasticsearch-'));
  const [port = 0, transport = 0] = await freePorts(2);
  const url = `http://127.0.0.1:${port}`;
  const [home, config, temporary] = [join(folder, 'home'), join(folder, 'config'), join(folder, 'tmp')];
  fs.mkdirSync(temporary);
  makeHome(program, home, javaHome);
  writeConfig(program, config, folder, { port, transport });
  const { runAs } = elasticsearchPlaces(foldersFrom(process.env));
  if (runAs) execFileSync('chown', ['-R', `${runAs.uid}:${runAs.gid}`, folder]);
  const output = join(folder, 'output');
  const log = fs.openSync(output, 'w');
  const bound = bindToParent('bash', [join(home, 'bin/elasticsearch')], runAs);
  const server = spawn(bound.command, bound.args, {
    ...bound.runAs,
    cwd: folder,
    stdio: ['ignore', log, log],
    env: {
      ...process.env,
      ...{ ES_JAVA_HOME: javaHome, ES_PATH_CONF: config, ES_TMPDIR: temporary },
      ES_JAVA_OPTS: '-Xms384m -Xmx384m -XX:-AlwaysPreTouch -XX:TieredStopAtLevel=1',
      CLI_JAVA_OPTS: '-XX:TieredStopAtLevel=1 -Xshare:auto -XX:+UseSerialGC',
    },
  });
  const ended = once(server, 'exit');
  fs.closeSync(log);
  const close = async (): Promise<void> => {
    server.kill('SIGTERM');
    await ended;
    fs.rmSync(folder, { recursive: true, force: true });
  };
  const ask = async <T>(method: string, path: string, body?: object): Promise<T> => {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: { authorization, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} was answered with ${answer.status}: ${text}`);
    return JSON.parse(text) as T;
  };
  const isUp = (): Promise<boolean> => {
    if (server.exitCode !== null)
      throw new Error(
        `Elasticsearch ended while starting: ${fs.readFileSync(output, 'utf8').slice(0, 2_000)}`,
      );
    return ask('GET', '/_cluster/health').then(
      () => true,
      () => false,
    );
  };
  await waitUntil('Elasticsearch answers', isUp, 150_000).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  return { url, ask, close };
}

/** The program with one module more. */
function makeHome(program: string, home: string, javaHome: string): void {
  const module = join(home, 'modules/security-analysis');
  fs.cpSync(join(program, 'modules'), join(home, 'modules'), { recursive: true });
  for (const name of ['bin', 'lib']) fs.symlinkSync(join(program, name), join(home, name));
  for (const name of [module, join(home, 'plugins')]) fs.mkdirSync(name);
  const source = join(import.meta.dirname, 'security-analysis/SecurityAnalysis.java');
  const classes = join(home, 'classes');
  execFileSync(join(javaHome, 'bin/javac'), ['-cp', join(program, 'lib/*'), '-d', classes, source]);
  execFileSync(join(javaHome, 'bin/jar'), ['-c', '-f', join(module, 'module.jar'), '-C', classes, '.']);
  const version = program.slice(program.lastIndexOf('-') + 1);
  fs.writeFileSync(
    join(module, 'plugin-descriptor.properties'),
    `name=security-analysis
description=Names of the module analysis-common
version=${version}
elasticsearch.version=${version}
java.version=17
classname=SecurityAnalysis
`,
  );
}

function writeConfig(
  program: string,
  config: string,
  folder: string,
  ports: { readonly port: number; readonly transport: number },
): void {
  fs.mkdirSync(join(config, 'jvm.options.d'), { recursive: true });
  const options = fs.readFileSync(join(program, 'config/jvm.options'), 'utf8').split('\n');
  // The garbage collector's log would go to the program's own folder.
  const files = {
    'jvm.options': options.filter((line) => !line.startsWith('-Xlog:gc')).join('\n'),
    'log4j2.properties': `appender.out.type=Console
appender.out.name=out
appender.out.layout.type=PatternLayout
appender.out.layout.pattern=%p %m%n
rootLogger.level=error
rootLogger.appenderRef.out.ref=out
`,
    users: admin,
    users_roles: 'superuser:admin\n',
    'elasticsearch.yml': `discovery.type: single-node
network.host: 127.0.0.1
http.port: ${ports.port}
transport.port: ${ports.transport}
path.data: ${join(folder, 'data')}
path.logs: ${join(folder, 'logs')}
xpack.security.enabled: true
xpack.security.http.ssl.enabled: false
xpack.security.transport.ssl.enabled: false
cluster.routing.allocation.disk.threshold_enabled: false
node.store.allow_mmap: false
`,
  };
  for (const [name, text] of Object.entries(files)) fs.writeFileSync(join(config, name), text);
}

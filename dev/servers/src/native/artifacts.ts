import { createHash } from 'node:crypto';
import { spawn } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { bindToParent } from '../bound-process.ts';
import type { Folders } from '../folders.ts';
import type { Report } from '../progress.ts';

const manifests = resolve(import.meta.dirname, '../../native');

/** Puts the programs of the servers into the cache, each once. Every method resolves with a folder in it. */
export interface Artifacts {
  kafka(signal: AbortSignal): Promise<string>;
  registry(signal: AbortSignal): Promise<string>;
  /** `cache`: another folder to keep it in, for when the server's user cannot reach the usual one. */
  elasticsearch(signal: AbortSignal, cache?: string): Promise<string>;
  'opensearch-2'(signal: AbortSignal, cache?: string): Promise<string>;
  'opensearch-3'(signal: AbortSignal, cache?: string): Promise<string>;
  chdb(signal: AbortSignal): Promise<string>;
}

/**
 * The servers as their makers publish them: the Java ones through Maven by `native/pom.xml`, ClickHouse's engine
 * through npm by `native/chdb`. A folder's name carries the version and the manifest's hash, and it appears
 * only when it is complete.
 */
export function openArtifacts(folders: Folders, report: Report): Artifacts {
  const pom = join(manifests, 'pom.xml');
  // Two Mavens would write to one local repository at once.
  let lastMaven: Promise<unknown> = Promise.resolve();

  const maven = (name: string, title: string, versionProperty: string, goal: string) => {
    const version = pomVersion(versionProperty);
    return (signal: AbortSignal, cache = folders.cache): Promise<string> => {
      const run = lastMaven.then(() =>
        fetchInto({
          ...{ cache, name: `${name}-${version}-${hashOf(pom)}`, report, signal, by: 'Maven' },
          ...{ server: name, title: `${title} ${version}` },
          log: join(folders.logs, `download-${name}.log`),
          command: (target) => [
            'mvn',
            '-B',
            '-ntp',
            '-f',
            pom,
            `dependency:${goal}@${name}`,
            `-Dtarget=${target}`,
            `-D${versionProperty}=${version}`,
          ],
        }),
      );
      lastMaven = run.catch(() => undefined);
      return run;
    };
  };

  return {
    elasticsearch: maven('elasticsearch', 'Elasticsearch', 'elasticsearch.version', 'unpack'),
    'opensearch-2': maven('opensearch-2', 'OpenSearch', 'opensearch-2.version', 'unpack'),
    'opensearch-3': maven('opensearch-3', 'OpenSearch', 'opensearch-3.version', 'unpack'),
    registry: maven('registry', 'Apicurio (schema registry)', 'apicurio.version', 'unpack'),
    kafka: maven('kafka', 'Kafka', 'kafka.version', 'copy-dependencies'),
    chdb: (signal) => fetchChdb(folders, report, signal),
  };
}

function fetchChdb(folders: Folders, report: Report, signal: AbortSignal): Promise<string> {
  const manifest = join(manifests, 'chdb');
  const version = chdbVersion();
  return fetchInto({
    ...{ cache: folders.cache, name: `chdb-${version}-${hashOf(join(manifest, 'package-lock.json'))}` },
    ...{ server: 'clickhouse', title: `ClickHouse (chdb ${version})`, report, signal, by: 'npm' },
    log: join(folders.logs, 'download-chdb.log'),
    command: (target) => {
      for (const file of ['package.json', 'package-lock.json'])
        copyFileSync(join(manifest, file), join(target, file));
      // Not "npm ci": it refuses a lock without every platform's engine, and not every registry has them all.
      return ['npm', 'install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', target];
    },
  });
}

/** A version as pom.xml pins it, unless `SLUICE_DEV_KAFKA_VERSION` and so on names another one. */
export function pomVersion(property: string): string {
  const other = process.env[`SLUICE_DEV_${property.replace('.', '_').toUpperCase()}`];
  if (other !== undefined && other !== '') return other;
  const text = readFileSync(join(manifests, 'pom.xml'), 'utf8');
  const version = text.split(`<${property}>`)[1]?.split('<')[0];
  if (version === undefined) throw new Error(`native/pom.xml has no property ${property}.`);
  return version;
}

function chdbVersion(): string {
  const manifest = JSON.parse(readFileSync(join(manifests, 'chdb/package.json'), 'utf8')) as {
    dependencies: { chdb: string };
  };
  return manifest.dependencies.chdb;
}

function hashOf(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex').slice(0, 8);
}

/** One download. `command` fills the folder it is given. */
interface Download {
  cache: string;
  name: string;
  server: string;
  title: string;
  by: 'Maven' | 'npm';
  log: string;
  report: Report;
  signal: AbortSignal;
  command(target: string): [string, ...string[]];
}

/** Downloads into a folder of another name and renames it, so that an interrupted download leaves no half one. */
async function fetchInto(download: Download): Promise<string> {
  const { cache, name, title, signal } = download;
  const target = join(cache, name);
  if (existsSync(target)) return target;
  signal.throwIfAborted();
  dropPartials(cache, name);
  download.report({ stage: 'download', server: download.server, message: `Downloading ${title} (once)` });
  const partial = join(cache, `.partial-${process.pid}-${name}`);
  mkdirSync(partial, { recursive: true });
  const failure = await run(download.command(partial), download.log, signal);
  signal.throwIfAborted();
  if (failure !== undefined) {
    rmSync(partial, { recursive: true, force: true });
    throw new Error(
      `${title} could not be downloaded with ${download.by} (${failure}): see ${download.log}, check the network and run again.`,
    );
  }
  try {
    renameSync(partial, target);
  } catch (error) {
    // Another clone was faster.
    if (!existsSync(target)) throw error;
    rmSync(partial, { recursive: true, force: true });
  }
  return target;
}

/** Removes what interrupted downloads of the same thing left. */
function dropPartials(cache: string, name: string): void {
  if (!existsSync(cache)) return;
  for (const entry of readdirSync(cache)) {
    const pid = /^\.partial-(\d+)-/.exec(entry)?.[1];
    if (pid === undefined || !entry.endsWith(name) || isAlive(Number(pid))) continue;
    rmSync(join(cache, entry), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Runs a command, its output going to a file; undefined when it succeeded, else why it did not. */
function run(
  [program, ...rest]: [string, ...string[]],
  logFile: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const log = openSync(logFile, 'w');
  const { command, args } = bindToParent(program, rest);
  const child = spawn(command, args, { stdio: ['ignore', log, log], signal });
  closeSync(log);
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, by) =>
      resolve(code === 0 ? undefined : (by ?? `exit code ${code ?? 'unknown'}`)),
    );
  });
}

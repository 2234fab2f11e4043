import { execFile, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { root } from './system.ts';

export const pageFile = 'docs/guides/subscribing.md';
export const page = readFileSync(join(root, pageFile), 'utf8');

/** Every shell block of the page, as its commands. */
export const shownCommands = [...page.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, block = '']) =>
  block.trim().split('\n'),
);

/** One of the page's programs that another team copies. */
export interface Subscriber {
  readonly name: string;
  readonly program: string;
  /** Its manifest: with the program all that is copied. */
  readonly manifest: string;
  /** Java ends by its own code after a signal that it handled. */
  readonly codeAfterSigterm: number;
  /** What this machine lacks to run it, as a message; undefined when it lacks nothing. */
  readonly missing: string | undefined;
}

const ask = (command: string, ...args: string[]) => spawnSync(command, args, { encoding: 'utf8' });
const succeeds = (command: string, ...args: string[]): boolean => ask(command, ...args).status === 0;

/** A JRE cannot run a source file. */
function hasJavaCompiler(): boolean {
  // Null when there is no such program, whatever the types say.
  const modules = ask('java', '--list-modules').stdout as string | null;
  return Number(/^jdk\.compiler@(\d+)/m.exec(modules ?? '')?.[1] ?? 0) >= 17;
}

function missingForJava(): string | undefined {
  if (!hasJavaCompiler()) return 'no JDK 17 on this machine';
  return succeeds('mvn', '--version') ? undefined : 'no Maven on this machine';
}

const pythonCheck = 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))';

export const subscribers: readonly Subscriber[] = [
  {
    name: 'TypeScript',
    program: 'consumer.ts',
    manifest: 'package.json',
    codeAfterSigterm: 0,
    missing: undefined,
  },
  {
    name: 'Java',
    program: 'Consumer.java',
    manifest: 'pom.xml',
    codeAfterSigterm: 143,
    missing: missingForJava(),
  },
  {
    name: 'Python',
    program: 'consumer.py',
    manifest: 'requirements.txt',
    codeAfterSigterm: 0,
    missing: succeeds('python3', '-c', pythonCheck)
      ? undefined
      : 'no Python 3.11 with venv and pip on this machine',
  },
];

/** The page's commands for a program: what makes it ready, and what runs it. */
export function commandsOf({ program }: Subscriber): { prepare: string[]; run: string } {
  const block = shownCommands.find((commands) => commands.at(-1)?.includes(program));
  if (!block) throw new Error(`${pageFile} has no shell block that runs ${program}.`);
  return { prepare: block.slice(0, -1), run: block.at(-1) ?? '' };
}

/** The Node of the tests first: the one on PATH may be older than the page says. */
const env = { ...process.env, PATH: [dirname(process.execPath), process.env.PATH].join(delimiter) };

/**
 * Copies a program and its manifest to a folder of their own, as another team would, and makes it ready by the
 * page's commands. The folder is kept in `.sluice/` for as long as manifest and commands stay the same, and appears
 * when it is complete.
 * @returns the folder
 */
export async function prepareSubscriber(subscriber: Subscriber): Promise<string> {
  const { program, manifest } = subscriber;
  const sources = join(root, 'examples/subscribing');
  const home = join(root, '.sluice/subscribing');
  const { prepare } = commandsOf(subscriber);
  const hash = createHash('sha256')
    .update(prepare.join('\n'))
    .update(readFileSync(join(sources, manifest)));
  const folder = join(home, `${program}-${hash.digest('hex').slice(0, 12)}`);
  if (!existsSync(folder)) {
    mkdirSync(home, { recursive: true });
    const partial = mkdtempSync(join(home, '.partial-'));
    try {
      copyFileSync(join(sources, manifest), join(partial, manifest));
      for (const command of prepare) await promisify(execFile)('sh', ['-c', command], { cwd: partial, env });
      // Another run of the tests may have been faster.
      if (!existsSync(folder)) renameSync(partial, folder);
    } finally {
      rmSync(partial, { recursive: true, force: true });
    }
  }
  copyFileSync(join(sources, program), join(folder, program));
  return folder;
}

/** What is in the page for something of the reader's own. */
export interface Places {
  readonly brokers: string;
  readonly registry: string;
  readonly topic: string;
  readonly group: string;
}

/** A command of the page, at the test's own servers. */
export function atPlaces(command: string, places: Places): string {
  return command
    .replaceAll('localhost:19092', places.brokers)
    .replaceAll('http://localhost:19081/apis/ccompat/v7', places.registry)
    .replaceAll('sluice.message.v1', places.topic)
    .replaceAll('my-team', places.group);
}

export interface RunningSubscriber {
  /** The exit code, once it ended by itself or by a signal; null when the signal killed it. */
  readonly ended: Promise<number | null>;
  /** Throws when it has ended, with what it said. */
  check(): void;
  lines(): string[];
  errors(): string;
  signal(name: 'SIGTERM' | 'SIGINT' | 'SIGKILL'): void;
}

/** Runs a command of the page. The shell becomes the program, so that a signal reaches it. */
export function startSubscriber(folder: string, command: string): RunningSubscriber {
  let output = '';
  let errors = '';
  const child = spawn('sh', ['-c', `exec ${command}`], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  let ended = false;
  return {
    ended: new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => {
        ended = true;
        resolve(code);
      });
    }),
    check() {
      if (ended) throw new Error(`${command}\nended too early (${child.exitCode ?? 'killed'}): ${errors}`);
    },
    lines: () => output.split('\n').slice(0, -1),
    errors: () => errors,
    signal: (name) => void child.kill(name),
  };
}

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import { foldersFrom } from '@sluice/dev-servers/folders';

/** A tool or a set of files in the cache, or why it could not be had. */
export type Fetched =
  | { readonly outcome: 'there'; readonly path: string }
  | { readonly outcome: 'absent'; readonly reason: string };

/** How long a download or a build may take. */
const patienceMs = 8 * 60_000;

/**
 * What `fill` puts into a folder, kept in the cache of this machine, outside of the checkout. The folder appears when
 * it is complete. Never rejects: what cannot be had is told.
 * @param name with the version: another version is another folder
 */
export async function cached(name: string, fill: (folder: string) => Promise<void>): Promise<Fetched> {
  const { cache } = foldersFrom(process.env);
  const path = join(cache, `chart-${name}`);
  if (existsSync(path)) return { outcome: 'there', path };
  mkdirSync(cache, { recursive: true });
  const partial = mkdtempSync(join(cache, `.partial-chart-${name}-`));
  try {
    await fill(partial);
    if (!existsSync(path)) renameSync(partial, path);
    return { outcome: 'there', path };
  } catch (error) {
    return { outcome: 'absent', reason: error instanceof Error ? error.message : String(error) };
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

/** Fills a folder with one package of npm. @throws when the registry has not the content that is pinned */
export async function npmPackage(spec: string, integrity: string, folder: string): Promise<void> {
  const printed = await run('npm', [
    'pack',
    spec,
    '--silent',
    '--ignore-scripts',
    '--pack-destination',
    folder,
  ]);
  const file = join(folder, printed.trim().split('\n').at(-1) ?? '');
  const found = `sha512-${createHash('sha512').update(readFileSync(file)).digest('base64')}`;
  if (found !== integrity) throw new Error(`${spec} is not the package that was tried: ${found}.`);
  await run('tar', ['-xzf', file, '-C', folder]);
  rmSync(file);
}

/** Fills a folder with one wheel of PyPI. */
export async function wheel(spec: string, folder: string): Promise<void> {
  const pip = await firstThatRuns([['pip3'], ['pip'], ['python3', '-m', 'pip']]);
  if (!pip) throw new Error('there is no pip on this machine');
  const [program = '', ...rest] = pip;
  await run(program, [...rest, 'download', '-q', '--no-deps', '--only-binary', ':all:', '-d', folder, spec]);
  const [file = ''] = (await run('ls', [folder])).trim().split('\n');
  unzip(join(folder, file), folder);
  rmSync(join(folder, file));
}

/** Fills a folder with a program of a Go module, under its own name. */
export async function goProgram(spec: string, folder: string): Promise<void> {
  await needGo();
  await run('go', ['install', spec], { GOBIN: folder, GOFLAGS: '', GOWORK: 'off', GOTOOLCHAIN: 'local' });
}

/** The folder of a Go module's files, in Go's own cache. */
export async function goModule(spec: string): Promise<string> {
  await needGo();
  const told = JSON.parse(
    await run('go', ['mod', 'download', '-json', spec], { GOFLAGS: '', GOWORK: 'off' }),
  ) as {
    Dir: string;
  };
  return told.Dir;
}

async function needGo(): Promise<void> {
  if (!(await firstThatRuns([['go']], 'version'))) throw new Error('Go is not installed here');
}

/** Unpacks an archive; its programs stay runnable. */
export function unzip(file: string, folder: string): void {
  for (const [name, bytes] of Object.entries(unzipSync(readFileSync(file)))) {
    const path = join(folder, name);
    if (name.endsWith('/')) continue;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
    if (bytes[0] === 0x7f || strFromU8(bytes.subarray(0, 2)) === '#!') chmodSync(path, 0o755);
  }
}

async function firstThatRuns(commands: string[][], asking = '--version'): Promise<string[] | undefined> {
  for (const command of commands) {
    const [program = '', ...rest] = command;
    if ((await tryRun(program, [...rest, asking])).code === 0) return command;
  }
  return undefined;
}

export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end. Never rejects: one that is not there ends with the code null. */
export function tryRun(
  program: string,
  args: readonly string[],
  options: { env?: NodeJS.ProcessEnv; input?: string; cwd?: string } = {},
): Promise<Run> {
  const child = spawn(program, args, {
    env: { ...process.env, ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    timeout: patienceMs,
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  child.stdin.on('error', () => undefined).end(options.input ?? '');
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: null, stdout: '', stderr: error.message }));
    child.once('close', (code) => resolve({ code, ...output }));
  });
}

/** Runs a program and returns what it printed. @throws with the end of what it complained of */
export async function run(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<string> {
  const { code, stdout, stderr } = await tryRun(program, args, { env });
  if (code === 0) return stdout;
  const complaint = stderr.trim().split('\n').at(-1) ?? '';
  throw new Error(`"${program} ${args[0] ?? ''}" ended with ${code ?? 'no code'}: ${complaint}`);
}

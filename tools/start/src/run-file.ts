import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../../..');
const folder = join(root, '.sluice/run');

/** What runs now, for who wants to reach it: `npm stop`, and the command line, which takes its addresses from here. */
export interface RunFile {
  readonly pid: number;
  readonly stream: string;
  readonly sourcesFile: string;
  readonly ingressUrl: string;
  readonly kafkaBrokers: readonly string[];
  readonly registryUrl: string;
  readonly clickhouseUrl: string;
  readonly elasticsearchUrl: string;
}

const fileOf = (stream: string): string => join(folder, `${stream}.json`);

/** Says that this process runs the product. */
export function writeRunFile(run: RunFile): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(fileOf(run.stream), `${JSON.stringify(run, null, 2)}\n`);
}

export function removeRunFile(stream: string): void {
  rmSync(fileOf(stream), { force: true });
}

/** What runs of a stream; null when nothing does. A file that a killed process left counts as nothing. */
export function readRunFile(stream: string): RunFile | null {
  try {
    const run = JSON.parse(readFileSync(fileOf(stream), 'utf8')) as RunFile;
    return isAlive(run.pid) ? run : null;
  } catch {
    return null;
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

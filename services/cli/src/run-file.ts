import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { SinkId } from './sinks.ts';

/** What `npm start` runs, for who wants to reach it: `npm stop`, and commands that name no server. */
export interface RunFile {
  readonly pid: number;
  readonly stream: string;
  readonly sourcesFile: string;
  readonly ingressUrl: string;
  /** Its management port. */
  readonly ingressOpsUrl: string;
  readonly kafkaBrokers: readonly string[];
  readonly registryUrl: string;
  /** Where each sink's store is. */
  readonly stores: Readonly<Record<SinkId, string>>;
}

/** Where it stands, below the folder that `npm start` was called in. */
export const runFileOf = (folder: string, stream: string): string =>
  join(folder, '.sluice/run', `${stream}.json`);

/** What runs of a stream, by the folder or the nearest one above it; null where nothing does. */
export function findRun(folder: string, stream: string): RunFile | null {
  for (let at = folder; ; at = dirname(at)) {
    try {
      const run = JSON.parse(readFileSync(runFileOf(at, stream), 'utf8')) as RunFile;
      // A killed start leaves its file.
      return isAlive(run.pid) ? run : null;
    } catch {
      if (dirname(at) === at) return null;
    }
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

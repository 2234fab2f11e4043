import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The core of what is measured, and the core of what drives it. */
export const cores = { measured: 0, driving: 1 } as const;

/**
 * Pins a process, with its threads, to one core.
 * @param core null: it runs where there is room
 * @returns false where that is not wanted, or not possible: no `taskset`, or a single core
 */
export async function pin(pid: number | undefined, core: number | null): Promise<boolean> {
  if (pid === undefined || core === null || process.platform !== 'linux' || availableParallelism() < 2)
    return false;
  try {
    await run('taskset', ['--all-tasks', '--cpu-list', '--pid', String(core), String(pid)]);
    return true;
  } catch {
    return false;
  }
}

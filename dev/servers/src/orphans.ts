import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** How long an orphan may take to stop in order before it is killed. */
const stopWithinMs = 10_000;

/**
 * Ends every process whose command line has the argument: servers that a killed supervisor left behind. The
 * argument names one home, so servers of other homes and programs that happen to reuse a process id are safe.
 * Resolves when none is left.
 */
export async function endOrphans(argument: string, withinMs = stopWithinMs): Promise<void> {
  const killAt = Date.now() + withinMs;
  const asked = new Set<number>();
  for (let left = processesWith(argument); left.length > 0; left = processesWith(argument)) {
    for (const pid of left) {
      if (Date.now() >= killAt) signal(pid, 'SIGKILL');
      else if (!asked.has(pid)) signal(pid, 'SIGTERM');
      asked.add(pid);
    }
    await delay(50);
  }
}

/** The ids of the processes, this one aside, that were started with the argument. */
export function processesWith(argument: string): number[] {
  const all = existsSync('/proc/self/cmdline') ? fromProc(argument) : fromPs(argument);
  return all.filter((pid) => pid !== process.pid);
}

function fromProc(argument: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => commandLine(pid).includes(argument));
}

/** Empty for a process that has gone, or is a zombie. */
function commandLine(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}

function fromPs(argument: string): number[] {
  return execFileSync('ps', ['-axo', 'pid=,command='], { encoding: 'utf8', maxBuffer: 64 * 1024 ** 2 })
    .split('\n')
    .filter((line) => line.split(/\s+/).includes(argument))
    .map((line) => Number.parseInt(line, 10));
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has gone in the meantime.
  }
}

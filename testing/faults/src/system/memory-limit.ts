import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NotRun } from '../fault-case.ts';
import { waitFor } from './wait-for.ts';

/** A limit of memory that the kernel enforces on some processes, as on the container of a pod. */
export interface MemoryLimit {
  /** Before the process has much: what it took until then does not count. */
  add(pid: number): void;
  /** The most that they had together at one moment, in MiB, cached files included. */
  peakMb(): number;
  /** How many of them the kernel ended for it. */
  kills(): number;
  /** Once its processes have ended. */
  close(): Promise<void>;
}

const root = '/sys/fs/cgroup';

/** The names of both versions (https://docs.kernel.org/admin-guide/cgroup-v1/memory.html, ../cgroup-v2.html). */
const versions = [
  {
    line: /^\d+:(?:[^:]*,)?memory(?:,[^:]*)?:(.*)$/m,
    folder: join(root, 'memory'),
    limit: 'memory.limit_in_bytes',
    peak: 'memory.max_usage_in_bytes',
    events: 'memory.oom_control',
  },
  { line: /^0::(.*)$/m, folder: root, limit: 'memory.max', peak: 'memory.peak', events: 'memory.events' },
] as const;

/**
 * @param name of the control group below that of this process
 * @throws NotRun where this process may not make one
 */
export function limitMemory(name: string, megabytes: number): MemoryLimit {
  const { folder, peak, events } = makeGroup(`sluice-faults-${process.pid}-${name}`, megabytes);
  const read = (file: string): string => readFileSync(join(folder, file), 'utf8');
  return {
    add: (pid) => writeFileSync(join(folder, 'cgroup.procs'), String(pid)),
    peakMb: () => Math.round(Number(read(peak)) / 1024 / 1024),
    kills: () => Number(/^oom_kill (\d+)$/m.exec(read(events))?.[1] ?? 0),
    async close() {
      await waitFor(`the control group ${name} is empty`, () => Promise.resolve(remove(folder)), 10_000);
    },
  };
}

function makeGroup(name: string, megabytes: number): { folder: string; peak: string; events: string } {
  for (const { line, folder, limit, peak, events } of versions) {
    let made: string | undefined;
    try {
      const own = line.exec(readFileSync('/proc/self/cgroup', 'utf8'))?.[1];
      if (own === undefined) continue;
      made = join(folder, own, name);
      mkdirSync(made);
      writeFileSync(join(made, limit), String(megabytes * 1024 * 1024), { flag: 'r+' });
      return { folder: made, peak, events };
    } catch {
      // What was made cannot be limited here.
      if (made !== undefined) remove(made);
    }
  }
  throw new NotRun('It limits memory by a control group, which needs Linux and root.');
}

function remove(folder: string): boolean {
  try {
    rmdirSync(folder);
    return true;
  } catch {
    return false;
  }
}

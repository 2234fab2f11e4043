import { readFileSync } from 'node:fs';

export interface MemoryWatch {
  /** The most that the processes held together at one moment, in MiB of resident memory. */
  stop(): number;
}

/** Looks four times a second. Where there is no /proc the peak is 0. */
export function watchMemory(pids: () => readonly number[]): MemoryWatch {
  let peak = 0;
  const look = (): void => {
    peak = Math.max(
      peak,
      pids().reduce((sum, pid) => sum + residentMb(pid), 0),
    );
  };
  const timer = setInterval(look, 250);
  return {
    stop() {
      look();
      clearInterval(timer);
      return Math.round(peak);
    },
  };
}

function residentMb(pid: number): number {
  try {
    const kb = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(kb ?? 0) / 1024;
  } catch {
    return 0;
  }
}

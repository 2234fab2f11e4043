import { readFileSync } from 'node:fs';

/** What one process of the product may hold in any case, in MiB: some times what it holds under load. */
export const mostMemoryMb = 768;

export interface MemoryWatch {
  /** In MiB of resident memory. */
  stop(): MemoryPeak;
}

export interface MemoryPeak {
  /** The most that the processes held together at one moment. */
  readonly togetherMb: number;
  /** The most that one of them held. */
  readonly largestMb: number;
}

/** Looks four times a second. Where there is no /proc the peaks are 0. */
export function watchMemory(pids: () => readonly number[]): MemoryWatch {
  let [together, largest] = [0, 0];
  const look = (): void => {
    const each = pids().map(residentMb);
    together = Math.max(
      together,
      each.reduce((sum, mb) => sum + mb, 0),
    );
    largest = Math.max(largest, ...each);
  };
  const timer = setInterval(look, 250);
  return {
    stop() {
      look();
      clearInterval(timer);
      return { togetherMb: Math.round(together), largestMb: Math.round(largest) };
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

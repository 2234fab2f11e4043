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
  /** The one that held the most. */
  readonly largest: Held;
}

interface Process {
  readonly name: string;
  /** Undefined while it does not run. */
  readonly pid: () => number | undefined;
}

/** What a process holds, in MiB. */
interface Held {
  readonly name: string;
  readonly mb: number;
}

/** Looks four times a second. Where there is no /proc the peaks are 0. */
export function watchMemory(processes: () => readonly Process[]): MemoryWatch {
  let together = 0;
  let largest: Held = { name: 'none', mb: 0 };
  const look = (): void => {
    const each = processes().map(({ name, pid }): Held => ({ name, mb: residentMb(pid()) }));
    together = Math.max(
      together,
      each.reduce((sum, { mb }) => sum + mb, 0),
    );
    for (const held of each) if (held.mb > largest.mb) largest = held;
  };
  const timer = setInterval(look, 250);
  return {
    stop() {
      look();
      clearInterval(timer);
      return { togetherMb: together, largest };
    },
  };
}

function residentMb(pid: number | undefined): number {
  if (pid === undefined) return 0;
  try {
    const kb = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Math.round(Number(kb ?? 0) / 1024);
  } catch {
    return 0;
  }
}

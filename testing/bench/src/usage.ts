/** What processes have used at one moment. */
export interface UsageSample {
  readonly atMs: number;
  readonly processes: readonly {
    readonly name: string;
    readonly cpuSeconds: number;
    readonly rssBytes: number;
  }[];
}

/** What a process used between the first and the last sample. */
export interface Usage {
  readonly name: string;
  readonly cpuSeconds: number;
  /** Of one core. */
  readonly cpuPercent: number;
  readonly firstMiB: number;
  readonly maxMiB: number;
  readonly lastMiB: number;
}

/**
 * @param samples at least two, of the same processes
 * @returns one for each process, and `together`
 */
export function usageOf(samples: readonly UsageSample[]): Usage[] {
  const together = samples.map(({ atMs, processes }) => ({
    atMs,
    cpuSeconds: sum(processes.map(({ cpuSeconds }) => cpuSeconds)),
    rssBytes: sum(processes.map(({ rssBytes }) => rssBytes)),
  }));
  const names = samples[0]?.processes.map(({ name }) => name) ?? [];
  const byName = names.map((name, at) =>
    usage(
      name,
      samples.map(({ atMs, processes }) => ({ atMs, cpuSeconds: 0, rssBytes: 0, ...processes[at] })),
    ),
  );
  return [...byName, usage('together', together)];
}

interface OneSample {
  readonly atMs: number;
  readonly cpuSeconds: number;
  readonly rssBytes: number;
}

function usage(name: string, samples: readonly OneSample[]): Usage {
  const [first, last] = [samples[0], samples.at(-1)];
  if (!first || !last || first === last) throw new Error('A usage needs two samples.');
  const cpuSeconds = last.cpuSeconds - first.cpuSeconds;
  const memory = samples.map(({ rssBytes }) => rssBytes / 2 ** 20);
  return {
    name,
    cpuSeconds,
    cpuPercent: (cpuSeconds / ((last.atMs - first.atMs) / 1000)) * 100,
    firstMiB: first.rssBytes / 2 ** 20,
    maxMiB: Math.max(...memory),
    lastMiB: last.rssBytes / 2 ** 20,
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, one) => total + one, 0);

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setUpStream } from '@sluice/start/set-up-stream';
import { removeStream } from '@sluice/start/testing/remove-stream';
import type { BenchReport, BenchRun } from './bench-run.ts';
import { writeBenchSources } from './bench-sources.ts';
import { loadPerSecond, measureSystem, type SystemReport } from './scale-system.ts';
import { measureWorkers, type WorkersRow } from './scale-workers.ts';
import { renderTable, tenths, whole, type Column } from './table.ts';
import type { Usage } from './usage.ts';

const workerColumns: readonly Column<WorkersRow>[] = [
  { title: 'worker', align: 'left', cell: ({ worker }) => worker },
  { title: 'processes', align: 'right', cell: ({ processes }) => whole(processes) },
  { title: 'seconds', align: 'right', cell: ({ seconds }) => tenths(seconds) },
  { title: 'records', align: 'right', cell: ({ records }) => whole(records) },
  { title: 'records/s', align: 'right', cell: ({ perSecond }) => whole(perSecond) },
  { title: 'CPU µs/record', align: 'right', cell: ({ cpuUsPerRecord }) => tenths(cpuUsPerRecord) },
];

interface UsageRow extends Usage {
  readonly state: string;
  /** What was acknowledged meanwhile. */
  readonly pushes: number;
}

const usageColumns: readonly Column<UsageRow>[] = [
  { title: 'state', align: 'left', cell: ({ state }) => state },
  { title: 'service', align: 'left', cell: ({ name }) => name },
  { title: 'CPU % of a core', align: 'right', cell: ({ cpuPercent }) => cpuPercent.toFixed(2) },
  {
    title: 'CPU µs/push',
    align: 'right',
    cell: ({ cpuSeconds, pushes }) => (pushes === 0 ? '–' : whole((cpuSeconds * 1e6) / pushes)),
  },
  { title: 'RSS MiB, first', align: 'right', cell: ({ firstMiB }) => whole(firstMiB) },
  { title: 'most', align: 'right', cell: ({ maxMiB }) => whole(maxMiB) },
  { title: 'last', align: 'right', cell: ({ lastMiB }) => whole(lastMiB) },
];

/**
 * How workers scale from one process to two, what an idle system uses, and what memory the services need under a steady
 * load. All processes share the cores of the machine with the servers and with the load.
 */
export async function benchScale(run: BenchRun): Promise<BenchReport> {
  const { endpoints, cleanups } = run;
  await setUpStream(endpoints, run.stream);
  const system = await measureSystem(run, await writeBenchSources(run.folder, run.stream));
  // A stream of their own: workers start at the beginning of their topics again and again.
  const [stream, folder] = [`${run.stream}_workers`, join(run.folder, 'workers')];
  mkdirSync(folder);
  cleanups.add(() => removeStream(endpoints, stream));
  await setUpStream(endpoints, stream);
  const rows = await measureWorkers({ ...run, stream, folder }, await writeBenchSources(folder, stream));
  return { text: textOf(run, system, rows), figures: { ...system, rows }, sound: system.errors === 0 };
}

function textOf({ options }: BenchRun, system: SystemReport, rows: readonly WorkersRow[]): string {
  const { idle, loaded, pushes, errors } = system;
  const states = [
    ...idle.map((one) => ({ ...one, state: 'idle', pushes: 0 })),
    ...loaded.map((one) => ({ ...one, state: `${loadPerSecond} pushes/s`, pushes })),
  ];
  return [
    'Nothing is pinned to a core: the services share all cores with the servers and with the load.',
    '',
    renderTable(workerColumns, rows),
    '',
    ...ratios(rows),
    'The clock runs from when every process has finished a record. The sink writes to a store that keeps nothing.',
    '',
    renderTable(usageColumns, states),
    '',
    `Idle: ${options.seconds} s with heartbeats only, two samples. Load: ${options.seconds} s, a sample each second, the last one when the workers have finished, so CPU % includes that time; ${whole(errors)} errors.`,
  ].join('\n');
}

function ratios(rows: readonly WorkersRow[]): string[] {
  return rows.flatMap((two) => {
    const one = rows.find(({ worker, processes }) => worker === two.worker && processes === 1);
    if (!one || two === one) return [];
    const times = (two.perSecond / one.perSecond).toFixed(2);
    const cpu = (two.cpuUsPerRecord / one.cpuUsPerRecord).toFixed(2);
    return [
      `${two.worker}: ${two.processes} processes have ${times} times the records/s of one, and ${cpu} times the CPU for each.`,
    ];
  });
}

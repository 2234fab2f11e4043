import { join } from 'node:path';
import { registerSchemas } from '@sluice/canonical-event/registry';
import { applyStreamTopics } from '@sluice/cli/apply-stream-topics';
import type { BenchReport, BenchRun } from './bench-run.ts';
import { startBenchService } from './bench-service.ts';
import { writeBenchSources } from './bench-sources.ts';
import { cores } from './cores.ts';
import { startHelper } from './helper-process.ts';
import type { LoadQuestion } from './load/load-process.ts';
import type { LoadResult } from './load/send-load.ts';
import { renderTable, tenths, whole, type Column } from './table.ts';

const quiet = { sourceId: 'bench-quiet', connections: 8, ratePerSecond: 50 } as const;
const floods = [32, 256, 1_000] as const;
const rounds = 3;

interface Row {
  readonly round: number;
  /** Connections of the source that floods; 0 without it. */
  readonly flood: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly errors: number;
  readonly floodPerSecond: number;
  readonly floodErrors: number;
}

const columns: readonly Column<Row>[] = [
  { title: 'round', align: 'right', cell: ({ round }) => whole(round) },
  { title: 'flood', align: 'left', cell: ({ flood }) => (flood === 0 ? 'none' : `${flood} connections`) },
  { title: 'p50 ms', align: 'right', cell: ({ p50Ms }) => tenths(p50Ms) },
  { title: 'p99 ms', align: 'right', cell: ({ p99Ms }) => tenths(p99Ms) },
  { title: 'errors', align: 'right', cell: ({ errors }) => whole(errors) },
  { title: 'flood requests/s', align: 'right', cell: ({ floodPerSecond }) => whole(floodPerSecond) },
  { title: 'flood not taken', align: 'right', cell: ({ floodErrors }) => whole(floodErrors) },
];

/**
 * What one source waits at 50 requests/s, by itself and while another source of the same ingress sends as fast as it
 * can, over more and more connections. The server has a core, and both loads share the other one.
 */
export async function benchFairness(run: BenchRun): Promise<BenchReport> {
  const { endpoints, stream, options, cleanups, progress } = run;
  await applyStreamTopics({ brokers: endpoints.kafkaBrokers, clientId: 'sluice-bench' }, stream, {
    replicas: 1,
  });
  await registerSchemas({ url: endpoints.registryUrl }, stream);
  const sourcesFile = await writeBenchSources(run.folder, stream);
  const startSender = async (niceness: number) => {
    const sender = await startHelper<LoadQuestion, LoadResult>(loadProcess, cores.driving, niceness);
    cleanups.add(() => sender.stop());
    return sender;
  };
  // What the quiet source waits for its own process is not what it waits for ingress.
  const [quietSender, floodSender] = [await startSender(0), await startSender(10)];
  const ingress = await startBenchService('ingress', run, sourcesFile);
  const port = ingress.ingressPort;
  const ask = (seed: string, seconds: number) =>
    quietSender.ask({ ...quiet, port, seconds, sourcesFile, seed: `${stream}/${seed}` });

  progress('warming up…');
  await Promise.race([ask('warm', 3), ingress.died, run.interrupted]);
  const rows: Row[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    for (const flood of [0, ...floods]) {
      progress(`round ${round}: ${flood === 0 ? 'alone' : `a flood over ${flood} connections`}…`);
      const flooding = floodSender.ask({
        sourceId: 'bench',
        connections: Math.max(1, flood),
        // Alone: a flood of no length.
        ratePerSecond: flood === 0 ? 1 : null,
        port,
        seconds: flood === 0 ? 1 : options.seconds + 3,
        sourcesFile,
        seed: `${stream}/flood/${round}/${flood}`,
      });
      if (flood === 0) await flooding;
      // The flood's connections open, and the code that it alone runs is compiled.
      await ask(`${round}/${flood}/before`, 1);
      const result = await Promise.race([
        ask(`${round}/${flood}`, options.seconds),
        ingress.died,
        run.interrupted,
      ]);
      const { acknowledged, errors, seconds } = await flooding;
      rows.push({
        round,
        flood,
        p50Ms: result.p50Ms,
        p99Ms: result.p99Ms,
        errors: result.errors,
        floodPerSecond: flood === 0 ? 0 : acknowledged / seconds,
        floodErrors: errors,
      });
    }
  }
  await ingress.stop();

  const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
  const p99Of = (flood: number): number =>
    median(rows.filter((row) => row.flood === flood).map(({ p99Ms }) => p99Ms));
  const ratios = floods.map((flood) => ({ flood, ratio: p99Of(flood) / p99Of(0) }));
  const text = [
    `One source at ${quiet.ratePerSecond} requests/s over ${quiet.connections} connections, the other one as fast as it can; 4 KB pushes, signed and encrypted, acks=all.`,
    '',
    renderTable(columns, rows),
    '',
    ...ratios.map(
      ({ flood, ratio }) =>
        `Next to a flood over ${flood} connections: ${ratio.toFixed(1)} times the p99 without it (medians).`,
    ),
  ].join('\n');
  return { text, figures: { rows, ratios }, sound: rows.every(({ errors }) => errors === 0) };
}

const loadProcess = join(import.meta.dirname, 'load/load-process.ts');

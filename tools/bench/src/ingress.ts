import { join } from 'node:path';
import { registerSchemas } from '@sluice/canonical-event/registry';
import { applyStreamTopics } from '@sluice/cli/apply-stream-topics';
import { endOffsets } from '@sluice/kafka/topics-admin';
import { topicOf } from '@sluice/schemas/topics';
import type { BenchReport, BenchRun } from './bench-run.ts';
import { startBenchService } from './bench-service.ts';
import { writeBenchSources } from './bench-sources.ts';
import { cores } from './cores.ts';
import { startHelper } from './helper-process.ts';
import type { BaselineState } from './load/baseline-process.ts';
import type { LoadQuestion } from './load/load-process.ts';
import { distinctPushes, payloadBytes } from './load/prepare-requests.ts';
import type { LoadResult } from './load/send-load.ts';
import { readMetrics } from './metrics.ts';
import { renderTable, tenths, whole, type Column } from './table.ts';

interface Load {
  readonly title: string;
  readonly connections: number;
  readonly ratePerSecond: number | null;
}

const loads: readonly Load[] = [
  { title: '1', connections: 1, ratePerSecond: null },
  { title: '32', connections: 32, ratePerSecond: null },
  { title: '256', connections: 256, ratePerSecond: null },
  { title: '64, at 1,000/s', connections: 64, ratePerSecond: 1_000 },
];
const warmUpSeconds = 3;

/** Something that takes pushes and says what CPU time it has used. */
interface Target {
  readonly name: string;
  readonly port: number;
  readonly cpuSeconds: () => Promise<number>;
}

interface Row extends LoadResult {
  readonly load: string;
  readonly target: string;
  readonly perSecond: number;
  readonly cpuUs: number;
}

const columns: readonly Column<Row>[] = [
  { title: 'connections', align: 'left', cell: ({ load }) => load },
  { title: 'server', align: 'left', cell: ({ target }) => target },
  { title: 'requests/s', align: 'right', cell: ({ perSecond }) => whole(perSecond) },
  { title: 'p50 ms', align: 'right', cell: ({ p50Ms }) => tenths(p50Ms) },
  { title: 'p99 ms', align: 'right', cell: ({ p99Ms }) => tenths(p99Ms) },
  { title: 'CPU µs/request', align: 'right', cell: ({ cpuUs }) => tenths(cpuUs) },
  { title: 'errors', align: 'right', cell: ({ errors }) => whole(errors) },
];

/**
 * What one core receives: signed and encrypted pushes on real Kafka, acks=all, every answer verified; beside it a
 * bare HTTP server under the same load, because absolute figures move with the machine.
 */
export async function benchIngress(run: BenchRun): Promise<BenchReport> {
  const { endpoints, stream, options, cleanups, progress } = run;
  const connection = { brokers: endpoints.kafkaBrokers, clientId: 'sluice-bench' };
  await applyStreamTopics(connection, stream, { replicas: 1 });
  await registerSchemas({ url: endpoints.registryUrl }, stream);
  const sourcesFile = writeBenchSources(run.folder, stream);

  const baseline = await startHelper<object, BaselineState>(fileOf('baseline-process.ts'), cores.measured);
  cleanups.add(() => baseline.stop());
  const sender = await startHelper<LoadQuestion, LoadResult>(fileOf('load-process.ts'), cores.driving);
  cleanups.add(() => sender.stop());
  const ingress = await startBenchService('ingress', run, sourcesFile);
  const targets: readonly Target[] = [
    {
      name: 'bare node:http',
      port: (await baseline.ask({})).port,
      cpuSeconds: async () => (await baseline.ask({})).cpuSeconds,
    },
    {
      name: 'ingress',
      port: ingress.ingressPort,
      cpuSeconds: async () => (await readMetrics(ingress.opsPort)).cpuSeconds,
    },
  ];

  const rows: Row[] = [];
  const answered = { acknowledged: 0, errors: 0 };
  const send = async (target: Target, { connections, ratePerSecond }: Load, seconds: number) => {
    const seed = `${stream}/${target.name}/${connections}/${seconds}`;
    const asked = { port: target.port, connections, seconds, ratePerSecond, sourcesFile, seed };
    const result = await Promise.race([sender.ask(asked), ingress.died, run.interrupted]);
    if (target.name === 'ingress') {
      answered.acknowledged += result.acknowledged;
      answered.errors += result.errors;
    }
    return result;
  };
  for (const load of loads) {
    for (const target of targets) {
      progress(`${target.name}: ${load.title} connections, ${warmUpSeconds} + ${options.seconds} s…`);
      await send(target, load, warmUpSeconds);
      const before = await target.cpuSeconds();
      const result = await send(target, load, options.seconds);
      const cpuSeconds = (await target.cpuSeconds()) - before;
      const requests = result.acknowledged + result.errors;
      const perSecond = requests / result.seconds;
      const cpuUs = (cpuSeconds * 1e6) / requests;
      rows.push({ ...result, load: load.title, target: target.name, perSecond, cpuUs });
    }
  }
  await ingress.stop();

  const ends = await endOffsets(connection, topicOf(stream, 'raw.echat'));
  const kept = Number([...ends.values()].reduce((sum, end) => sum + end, 0n));
  const failure = rows.find(({ firstError }) => firstError !== null)?.firstError;
  const text = [
    `${whole(payloadBytes)}-byte Echat pushes, ${whole(distinctPushes)} distinct ones in turn, signed and encrypted; acks=all; warm-ups counted below, not above.`,
    ingress.pinned
      ? `The server has core ${cores.measured}, the load core ${cores.driving}; Kafka runs where there is room.`
      : 'Nothing is pinned to a core here: requests/s say little, CPU µs/request still count.',
    '',
    renderTable(columns, rows),
    '',
    ...ratios(rows),
    verdictOf(kept, answered),
    ...(failure === undefined ? [] : [`The first answer that was wrong: ${failure}`]),
  ].join('\n');
  const sound =
    rows.every(({ errors }) => errors === 0) && answered.errors === 0 && kept === answered.acknowledged;
  return { text, figures: { rows, ...answered, kept }, sound };
}

function ratios(rows: readonly Row[]): string[] {
  return loads
    .filter(({ ratePerSecond }) => ratePerSecond === null)
    .map(({ title }) => {
      const [bare, ingress] = rows.filter(({ load }) => load === title);
      if (!bare || !ingress) return '';
      const rate = (ingress.perSecond / bare.perSecond).toFixed(2);
      const cpu = (ingress.cpuUs / bare.cpuUs).toFixed(1);
      return `${title} connections: ${rate} of the bare server's requests/s, ${cpu} times its CPU.`;
    });
}

/** Acknowledged and kept, compared exactly. */
function verdictOf(kept: number, { acknowledged, errors }: { acknowledged: number; errors: number }): string {
  const counted = `The raw topic holds ${whole(kept)} records for ${whole(acknowledged)} acknowledged answers`;
  if (kept === acknowledged) return `${counted}: exactly as many.`;
  if (kept < acknowledged) return `${counted}: ${whole(acknowledged - kept)} ARE LOST.`;
  return `${counted}, and there were ${whole(errors)} errors: ${whole(kept - acknowledged)} were kept without an answer or twice.`;
}

function fileOf(name: string): string {
  return join(import.meta.dirname, 'load', name);
}

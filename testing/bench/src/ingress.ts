import { developmentVendors } from '@sluice/start/development-sources';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { registerSchemas } from '@sluice/canonical-event/registry';
import { applyStreamTopics } from '@sluice/cli/apply-stream-topics';
import { endOffsets } from '@sluice/kafka/topics-admin';
import { rawTopicOf, topicOf } from '@sluice/schemas/topics';
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

/** Something that takes pushes and says what CPU time it has used, and what it has kept. */
interface Target {
  readonly name: string;
  readonly port: number;
  readonly cpuSeconds: () => Promise<number>;
  /** Rejects when it ends. */
  readonly died: Promise<never>;
  /** Where what it acknowledged must be, and how many records are there; null when it keeps nothing. */
  readonly kept: (() => Promise<{ where: string; records: number }>) | null;
}

const bare = 'bare node:http';
const withKafka = 'ingress';
const kafkaAway = 'ingress, Kafka away';
/** Nobody listens there. */
const noBroker = '127.0.0.1:1';

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
 * What one core receives: signed and encrypted pushes on real Kafka, acks=all, every answer verified; the same with
 * Kafka away, into the spool; and next to them a bare HTTP server, because absolute figures move with the machine.
 */
export async function benchIngress(run: BenchRun): Promise<BenchReport> {
  const { endpoints, stream, options, cleanups, progress } = run;
  const connection = { brokers: endpoints.kafkaBrokers, clientId: 'sluice-bench' };
  await applyStreamTopics(connection, stream, { replicas: 1 });
  await registerSchemas({ url: endpoints.registryUrl }, stream);
  const sourcesFile = await writeBenchSources(run.folder, stream);

  const baseline = await startHelper<object, BaselineState>(fileOf('baseline-process.ts'), cores.measured);
  cleanups.add(() => baseline.stop());
  const sender = await startHelper<LoadQuestion, LoadResult>(fileOf('load-process.ts'), cores.driving);
  cleanups.add(() => sender.stop());
  const ingress = await startBenchService('ingress', run, sourcesFile);
  const awayFolder = join(run.folder, 'kafka-away');
  mkdirSync(awayFolder);
  const spooling = await startBenchService('ingress', { ...run, folder: awayFolder }, sourcesFile, {
    SLUICE_KAFKA_BROKERS: noBroker,
  });
  const targets: readonly Target[] = [
    {
      name: bare,
      port: (await baseline.ask({})).port,
      cpuSeconds: async () => (await baseline.ask({})).cpuSeconds,
      died: ingress.died,
      kept: null,
    },
    {
      name: withKafka,
      port: ingress.ingressPort,
      cpuSeconds: async () => (await readMetrics(ingress.opsPort)).cpuSeconds,
      died: ingress.died,
      async kept() {
        const ends = await endOffsets(connection, topicOf(stream, rawTopicOf(developmentVendors.first)));
        const records = Number([...ends.values()].reduce((sum, end) => sum + end, 0n));
        return { where: 'The raw topic', records };
      },
    },
    {
      name: kafkaAway,
      port: spooling.ingressPort,
      cpuSeconds: async () => (await readMetrics(spooling.opsPort)).cpuSeconds,
      died: spooling.died,
      kept: async () => ({
        where: 'The spool',
        records: (await readMetrics(spooling.opsPort)).sum('sluice_spool_records'),
      }),
    },
  ];

  const rows: Row[] = [];
  const answered = new Map(targets.map(({ name }) => [name, { acknowledged: 0, errors: 0 }]));
  const send = async (target: Target, { connections, ratePerSecond }: Load, seconds: number) => {
    const seed = `${stream}/${target.name}/${connections}/${seconds}`;
    const sourceId = 'bench';
    const asked = { port: target.port, connections, seconds, ratePerSecond, sourcesFile, sourceId, seed };
    const result = await Promise.race([sender.ask(asked), target.died, run.interrupted]);
    const { acknowledged = 0, errors = 0 } = answered.get(target.name) ?? {};
    answered.set(target.name, {
      acknowledged: acknowledged + result.acknowledged,
      errors: errors + result.errors,
    });
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
  const verdicts: Verdict[] = [];
  for (const { name, kept } of targets)
    if (kept) verdicts.push({ ...(await kept()), ...(answered.get(name) ?? { acknowledged: 0, errors: 0 }) });
  await ingress.stop();
  await spooling.stop();

  const failure = rows.find(({ firstError }) => firstError !== null)?.firstError;
  const text = [
    `${whole(payloadBytes)}-byte pushes, ${whole(distinctPushes)} distinct ones in turn, signed and encrypted; acks=all; warm-ups counted below, not above.`,
    ingress.pinned
      ? `The server has core ${cores.measured}, the load core ${cores.driving}; Kafka runs where there is room.`
      : 'Nothing is pinned to a core here: requests/s say little, CPU µs/request still count.',
    '',
    renderTable(columns, rows),
    '',
    ...ratios(rows),
    ...verdicts.map(verdictOf),
    ...(failure === undefined ? [] : [`The first answer that was wrong: ${failure}`]),
  ].join('\n');
  const sound =
    rows.every(({ errors }) => errors === 0) &&
    verdicts.every(({ errors, records, acknowledged }) => errors === 0 && records === acknowledged);
  return { text, figures: { rows, verdicts }, sound };
}

function ratios(rows: readonly Row[]): string[] {
  return loads
    .filter(({ ratePerSecond }) => ratePerSecond === null)
    .map(({ title }) => {
      const rowOf = (name: string) => rows.find(({ load, target }) => load === title && target === name);
      const [server, ingress, spooling] = [rowOf(bare), rowOf(withKafka), rowOf(kafkaAway)];
      if (!server || !ingress || !spooling) return '';
      const rate = (ingress.perSecond / server.perSecond).toFixed(2);
      const cpu = (ingress.cpuUs / server.cpuUs).toFixed(1);
      const away = (spooling.perSecond / ingress.perSecond).toFixed(2);
      return (
        `${title} connections: ${rate} of the bare server's requests/s, ${cpu} times its CPU; ` +
        `with Kafka away ${away} of the requests/s with it.`
      );
    });
}

interface Verdict {
  readonly where: string;
  readonly records: number;
  readonly acknowledged: number;
  readonly errors: number;
}

/** Acknowledged and kept, compared exactly. */
function verdictOf({ where, records, acknowledged, errors }: Verdict): string {
  const counted = `${where} holds ${whole(records)} records for ${whole(acknowledged)} acknowledged answers`;
  if (records === acknowledged) return `${counted}: exactly as many.`;
  if (records < acknowledged) return `${counted}: ${whole(acknowledged - records)} ARE LOST.`;
  return `${counted}, and there were ${whole(errors)} errors: ${whole(records - acknowledged)} were kept without an answer or twice.`;
}

function fileOf(name: string): string {
  return join(import.meta.dirname, 'load', name);
}

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { registerSchemas } from '@sluice/canonical-event/registry';
import { applyStreamTopics } from '@sluice/cli/apply-stream-topics';
import { endOffsets } from '@sluice/kafka/topics-admin';
import { rawTopicOf, topicOf } from '@sluice/schemas/topics';
import { developmentVendors } from '@sluice/start/development-sources';
import { simulatedSources } from '@sluice/vendors/simulators';
import type { VendorId } from '@sluice/vendors';
import type { BenchReport, BenchRun } from './bench-run.ts';
import { startBenchService } from './bench-service.ts';
import { writeBenchSources } from './bench-sources.ts';
import { cores } from './cores.ts';
import { startHelper, type HelperProcess } from './helper-process.ts';
import type { BaselineState } from './load/baseline-process.ts';
import type { LoadQuestion } from './load/load-process.ts';
import { distinctPushes, payloadBytes } from './load/prepare-requests.ts';
import type { LoadResult } from './load/send-load.ts';
import { middleOf } from './middle-of.ts';
import { readMetrics } from './metrics.ts';
import type { GatewayQuestion, GatewayState } from './reference/gateway-process.ts';
import { createReferenceTopic, referencePartitions } from './reference/reference-topic.ts';
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

/** Where pushes are kept that were acknowledged. */
interface Place {
  readonly where: string;
  /** The targets that keep them there. */
  readonly targets: readonly string[];
  readonly count: () => Promise<Kept>;
}

interface Kept {
  readonly records: number;
  /** Answered again without being kept again. */
  readonly repeated: number;
}

/** Something that takes pushes and says what CPU time it has used, and what it has kept. */
interface Target {
  readonly name: string;
  readonly port: number;
  readonly cpuSeconds: () => Promise<number>;
  /** Rejects when it ends. */
  readonly died: Promise<never>;
}

const bare = 'bare node:http';
const reference = 'reference';
const clients = ['kafkajs', 'platformatic'] as const;
const withClient = (client: (typeof clients)[number]): string => `ingress, ${client}`;
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
 * Kafka away, into the spool. Next to them, because absolute figures move with the machine, a bare HTTP server, and a
 * reference program that does what a receiver must do and nothing else. They take turns; of several rounds the middle one
 * counts.
 */
export async function benchIngress(run: BenchRun): Promise<BenchReport> {
  const { endpoints, stream, options, cleanups, progress } = run;
  const connection = { brokers: endpoints.kafkaBrokers, clientId: 'sluice-bench' };
  await applyStreamTopics(connection, stream, { replicas: 1 });
  await registerSchemas({ url: endpoints.registryUrl }, stream);
  const sourcesFile = await writeBenchSources(run.folder, stream);

  const referenceTopic = await createReferenceTopic(run);
  const gateway = await startGateway(run, sourcesFile, referenceTopic);

  const baseline = await startHelper<object, BaselineState>(fileOf('baseline-process.ts'), cores.measured);
  cleanups.add(() => baseline.stop());
  const sender = await startHelper<LoadQuestion, LoadResult>(fileOf('load-process.ts'), cores.driving);
  cleanups.add(() => sender.stop());
  const ingresses = await Promise.all(
    clients.map(async (client) => {
      const folder = join(run.folder, client);
      mkdirSync(folder);
      const env = { SLUICE_KAFKA_CLIENT: client };
      return { client, service: await startBenchService('ingress', { ...run, folder }, sourcesFile, env) };
    }),
  );
  const [{ service: ingress } = {}] = ingresses;
  if (!ingress) throw new Error('No client is measured.');
  const awayFolder = join(run.folder, 'kafka-away');
  mkdirSync(awayFolder);
  const spooling = await startBenchService('ingress', { ...run, folder: awayFolder }, sourcesFile, {
    SLUICE_KAFKA_BROKERS: noBroker,
  });
  const recordsIn = async (topic: string): Promise<number> =>
    Number([...(await endOffsets(connection, topic)).values()].reduce((sum, end) => sum + end, 0n));
  const targets: readonly Target[] = [
    {
      name: bare,
      port: (await baseline.ask({})).port,
      cpuSeconds: async () => (await baseline.ask({})).cpuSeconds,
      died: ingress.died,
    },
    {
      name: reference,
      port: (await gateway.ask({})).port,
      cpuSeconds: async () => (await gateway.ask({})).cpuSeconds,
      died: ingress.died,
    },
    ...ingresses.map(({ client, service }): Target => ({
      name: withClient(client),
      port: service.ingressPort,
      cpuSeconds: async () => (await readMetrics(service.opsPort)).cpuSeconds,
      died: service.died,
    })),
    {
      name: kafkaAway,
      port: spooling.ingressPort,
      cpuSeconds: async () => (await readMetrics(spooling.opsPort)).cpuSeconds,
      died: spooling.died,
    },
  ];
  const places: readonly Place[] = [
    {
      where: "The reference's topic",
      targets: [reference],
      count: async () => ({ records: await recordsIn(referenceTopic), repeated: 0 }),
    },
    {
      where: 'The raw topic',
      targets: clients.map(withClient),
      count: async () => ({
        records: await recordsIn(topicOf(stream, rawTopicOf(developmentVendors.first))),
        repeated: await repeatedBy(ingresses.map(({ service }) => service.opsPort)),
      }),
    },
    {
      where: 'The spool',
      targets: [kafkaAway],
      count: async () => ({
        records: (await readMetrics(spooling.opsPort)).sum('sluice_spool_records'),
        repeated: await repeatedBy([spooling.opsPort]),
      }),
    },
  ];

  const rows: Row[] = [];
  const answered = new Map(targets.map(({ name }) => [name, { acknowledged: 0, errors: 0 }]));
  let runs = 0;
  const send = async (target: Target, { connections, ratePerSecond }: Load, seconds: number) => {
    const seed = `${stream}/${(runs += 1)}`;
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
    const measured = new Map<string, Row[]>();
    for (let round = 1; round <= options.rounds; round += 1)
      for (const target of targets) {
        progress(`${target.name}: ${load.title} connections, round ${round} of ${options.rounds}…`);
        await send(target, load, warmUpSeconds);
        const before = await target.cpuSeconds();
        const result = await send(target, load, options.seconds);
        const cpuSeconds = (await target.cpuSeconds()) - before;
        const requests = result.acknowledged + result.errors;
        const perSecond = requests / result.seconds;
        const cpuUs = (cpuSeconds * 1e6) / requests;
        const row = { ...result, load: load.title, target: target.name, perSecond, cpuUs };
        measured.set(target.name, [...(measured.get(target.name) ?? []), row]);
      }
    // At a given rate the latency is what differs.
    const by = load.ratePerSecond === null ? 'perSecond' : 'p99Ms';
    for (const ofTarget of measured.values()) rows.push(middleOf(ofTarget, by));
  }
  const verdicts: Verdict[] = [];
  for (const { where, targets: names, count } of places) {
    const answers = names.map((name) => answered.get(name) ?? { acknowledged: 0, errors: 0 });
    const acknowledged = answers.reduce((sum, one) => sum + one.acknowledged, 0);
    const errors = answers.reduce((sum, one) => sum + one.errors, 0);
    verdicts.push({ where, ...(await count()), acknowledged, errors });
  }
  for (const { service } of ingresses) await service.stop();
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
    verdicts.every((one) => one.errors === 0 && one.records === one.acknowledged - one.repeated);
  return { text, figures: { rows, verdicts }, sound };
}

function ratios(rows: readonly Row[]): string[] {
  return loads.flatMap(({ title, ratePerSecond }) => {
    const rowOf = (name: string) => rows.find(({ load, target }) => load === title && target === name);
    const [server, least, spooling] = [bare, reference, kafkaAway].map(rowOf);
    const times = (one: number, other: number): string => (one / other).toFixed(2);
    return clients.flatMap((client) => {
      const ingress = rowOf(withClient(client));
      if (!server || !least || !ingress || !spooling) return [];
      const load = `${title} connections, ${client}`;
      if (ratePerSecond !== null)
        return [`${load}: ${times(ingress.p99Ms, least.p99Ms)} times the reference's p99.`];
      return [
        `${load}: ${times(ingress.perSecond, least.perSecond)} of the reference's requests/s, ` +
          `${times(ingress.cpuUs, least.cpuUs)} times its CPU; ${times(ingress.perSecond, server.perSecond)} of the bare ` +
          `server's requests/s; with Kafka away ${times(spooling.perSecond, ingress.perSecond)} of the requests/s with it.`,
      ];
    });
  });
}

interface Verdict extends Kept {
  readonly where: string;
  readonly acknowledged: number;
  readonly errors: number;
}

/** Acknowledged and kept, compared exactly. */
function verdictOf({ where, records, repeated, acknowledged, errors }: Verdict): string {
  const answers = `${whole(acknowledged)} acknowledged answers, ${whole(repeated)} of them to resends`;
  const counted = `${where} holds ${whole(records)} records for ${answers}`;
  const missing = acknowledged - repeated - records;
  if (missing === 0) return `${counted}: exactly as many.`;
  if (missing > 0) return `${counted}: ${whole(missing)} ARE LOST.`;
  return `${counted}, and there were ${whole(errors)} errors: ${whole(-missing)} were kept without an answer or twice.`;
}

/** Pushes that were answered from the cache of recent pushes. */
async function repeatedBy(opsPorts: readonly number[]): Promise<number> {
  const all = await Promise.all(opsPorts.map(readMetrics));
  const repeated = all.map((one) => one.sum('sluice_ingress_requests_total', { outcome: 'repeated' }));
  return repeated.reduce((sum, one) => sum + one, 0);
}

/** Starts the reference program, for the source that pushes. */
async function startGateway(
  { endpoints, cleanups }: BenchRun,
  sourcesFile: string,
  topic: string,
): Promise<HelperProcess<GatewayQuestion, GatewayState>> {
  const file = join(import.meta.dirname, 'reference/gateway-process.ts');
  const flags = ['--max-semi-space-size=2'];
  const gateway = await startHelper<GatewayQuestion, GatewayState>(file, cores.measured, 0, flags);
  cleanups.add(() => gateway.stop());
  const source = (await simulatedSources(sourcesFile)).find(({ id }) => id === 'bench');
  if (!source?.signingKey) throw new Error('The sources of the bench have no signed source.');
  const keys = { token: source.signingKey, aesKey: source.encryptionKey ?? null };
  const [brokers, partitions] = [endpoints.kafkaBrokers, referencePartitions];
  await gateway.ask({ start: { brokers, topic, partitions, vendor: source.vendor as VendorId, keys } });
  return gateway;
}

function fileOf(name: string): string {
  return join(import.meta.dirname, 'load', name);
}

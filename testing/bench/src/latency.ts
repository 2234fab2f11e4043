import { join } from 'node:path';
import { bySink, sinks, urlVariable, type SinkId } from '@sluice/cli/sinks';
import { readRange } from '@sluice/kafka/read-range';
import { withKafkajsAdmin } from '@sluice/kafka/testing/kafkajs-admin';
import { endOffsets } from '@sluice/kafka/topics-admin';
import { readRawHeaders } from '@sluice/raw-event/raw-headers';
import { rawTopicOf, topicOf, topicSettings } from '@sluice/schemas/topics';
import { developmentVendors } from '@sluice/start/development-sources';
import { setUpStream } from '@sluice/start/set-up-stream';
import { storeUrls } from '@sluice/start/store-addresses';
import { startAllServices, type AllServices } from './all-services.ts';
import type { BenchReport, BenchRun } from './bench-run.ts';
import { writeBenchSources } from './bench-sources.ts';
import { startHelper, type HelperProcess } from './helper-process.ts';
import {
  answerLatencies,
  rawRecordId,
  recordLatencies,
  storeLatencies,
  type Latencies,
  type RawRecordMoment,
} from './join-moments.ts';
import type { LoadAnswer, LoadQuestion } from './load/load-process.ts';
import { payloadBytes } from './load/prepare-requests.ts';
import type { WatchAnswer, WatchQuestion } from './load/watched-store-process.ts';
import { readMetrics } from './metrics.ts';
import { percentile } from './percentile.ts';
import { renderTable, tenths, whole, type Column } from './table.ts';

const rates = [100, 500, 1_000] as const;
const connections = 64;
const warmUp = { ratePerSecond: 200, seconds: 5 } as const;
const topic = rawTopicOf(developmentVendors.first);

const stages = [
  'answer',
  'Kafka, raw record',
  'ClickHouse, row',
  'Elasticsearch, written',
  'Elasticsearch, found',
] as const;
type Stage = (typeof stages)[number];

/** What a load of one rate took, by stage. */
interface Measured {
  readonly errors: number;
  readonly firstError: string | null;
  readonly latencies: Readonly<Record<Stage, Latencies>>;
}

interface Row {
  readonly rate: number;
  readonly stage: Stage;
  readonly pushes: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  readonly maxMs: number;
  readonly missing: number;
}

const columns: readonly Column<Row>[] = [
  { title: 'pushes/s', align: 'right', cell: ({ rate }) => whole(rate) },
  { title: 'push to', align: 'left', cell: ({ stage }) => stage },
  { title: 'pushes', align: 'right', cell: ({ pushes }) => whole(pushes) },
  { title: 'p50 ms', align: 'right', cell: ({ p50Ms }) => tenths(p50Ms) },
  { title: 'p99 ms', align: 'right', cell: ({ p99Ms }) => tenths(p99Ms) },
  { title: 'p99.9 ms', align: 'right', cell: ({ p999Ms }) => tenths(p999Ms) },
  { title: 'max ms', align: 'right', cell: ({ maxMs }) => tenths(maxMs) },
];

const method = [
  'Each time counts from when the push was due, on one clock: all processes run on one machine, and share its cores.',
  '- answer: in the process that sends, resolution 1 ms (its timer)',
  '- Kafka: the time at which the broker appended the raw record (LogAppendTime), resolution 1 ms, rounded down',
  '- ClickHouse: the answer to the insert, after which every query sees the row; read by a proxy before the sink has it',
  '- Elasticsearch, written: the answer to the bulk request, read by such a proxy; a search does not find it yet',
  '- Elasticsearch, found: a sample of two documents a second, asked for every 50 ms, so up to 50 ms late; its refresh decides (Default: 1 s)',
];

/**
 * How long pushes take to each place, at given rates, with all services running. Pushes are due at fixed moments, whether
 * or not the ones before were answered. Nothing is asked repeatedly but the samples of Elasticsearch: the moments are those
 * at which the stores answer.
 */
export async function benchLatency(run: BenchRun): Promise<BenchReport> {
  const { options, progress } = run;
  await stampByBroker(run);
  await setUpStream(run.endpoints, run.stream);
  const system = await startSystem(run);
  progress('warming up…');
  await measureRate(run, system, { ...warmUp, seed: 'warm' });
  const measured = new Map<number, Measured[]>();
  for (let round = 1; round <= options.rounds; round += 1)
    for (const ratePerSecond of rates) {
      progress(`${ratePerSecond} pushes/s, round ${round} of ${options.rounds}…`);
      const seed = `${round}/${ratePerSecond}`;
      const one = await measureRate(run, system, { ratePerSecond, seconds: options.seconds, seed });
      measured.set(ratePerSecond, [...(measured.get(ratePerSecond) ?? []), one]);
    }
  const deadLetters = await deadLettersOf(system.all);
  await system.all.stop();
  return reportOf(measured, deadLetters);
}

/** Makes the broker's clock the time of raw records: a topic that is there keeps such a setting. */
async function stampByBroker({ endpoints, stream }: BenchRun): Promise<void> {
  const { partitions: numPartitions } = topicSettings(topic);
  const configEntries = [{ name: 'message.timestamp.type', value: 'LogAppendTime' }];
  await withKafkajsAdmin({ brokers: endpoints.kafkaBrokers, clientId: 'sluice-bench' }, (admin) =>
    admin.createTopics({
      topics: [{ topic: topicOf(stream, topic), numPartitions, replicationFactor: 1, configEntries }],
    }),
  );
}

/** The services, what sends to them, and a proxy before each store. */
interface System {
  readonly all: AllServices;
  readonly sourcesFile: string;
  readonly sender: HelperProcess<LoadQuestion, LoadAnswer>;
  readonly watched: Readonly<Record<SinkId, HelperProcess<WatchQuestion, WatchAnswer>>>;
}

async function startSystem(run: BenchRun): Promise<System> {
  const { cleanups, endpoints } = run;
  const sourcesFile = await writeBenchSources(run.folder, run.stream);
  const helper = async <Question extends object, Answer>(name: string) => {
    const one = await startHelper<Question, Answer>(join(import.meta.dirname, 'load', name), null);
    cleanups.add(() => one.stop());
    return one;
  };
  const sender = await helper<LoadQuestion, LoadAnswer>('load-process.ts');
  const proxy = () => helper<WatchQuestion, WatchAnswer>('watched-store-process.ts');
  const watched = { clickhouse: await proxy(), elasticsearch: await proxy() };
  const urls = storeUrls(endpoints);
  const through = bySink(({ id }) =>
    watched[id].ask({ start: { url: urls[id], search: id === 'elasticsearch' } }),
  );
  const env: Partial<Record<(typeof sinks)[number]['service'], Record<string, string>>> = {};
  for (const sink of sinks) env[sink.service] = { [urlVariable(sink)]: (await through[sink.id]).url };
  return { all: await startAllServices(run, sourcesFile, env), sourcesFile, sender, watched };
}

interface Rate {
  readonly ratePerSecond: number;
  readonly seconds: number;
  readonly seed: string;
}

async function measureRate(
  run: BenchRun,
  { all, sourcesFile, sender, watched }: System,
  { ratePerSecond, seconds, seed }: Rate,
): Promise<Measured> {
  const connection = { brokers: run.endpoints.kafkaBrokers, clientId: 'sluice-bench' };
  const name = topicOf(run.stream, topic);
  const from = await endOffsets(connection, name);
  const { pushes, errors, firstError } = await Promise.race([
    sender.ask({
      ...{ port: all.ingressPort, connections, ratePerSecond, seconds, sourcesFile, sourceId: 'bench' },
      ...{ seed: `${run.stream}/${seed}`, each: true },
    }),
    all.died,
    run.interrupted,
  ]);
  await Promise.race([all.settled(), all.died, run.interrupted]);
  const records: RawRecordMoment[] = [];
  await readRange(connection, { topic: name, from, to: await endOffsets(connection, name) }, (record) => {
    const payloadHash = readRawHeaders(record.headers)?.payloadHash ?? '';
    const id = rawRecordId(name, record.partition, record.offset);
    records.push({ id, payloadHash, atMs: record.timestampMs });
  });
  const rows = (await watched.clickhouse.ask({ take: true })).written;
  const documents = await watched.elasticsearch.ask({ take: true });
  return {
    ...{ errors, firstError },
    latencies: {
      answer: answerLatencies(pushes),
      'Kafka, raw record': recordLatencies(pushes, records),
      'ClickHouse, row': storeLatencies(pushes, records, rows),
      'Elasticsearch, written': storeLatencies(pushes, records, documents.written),
      'Elasticsearch, found': storeLatencies(pushes, records, documents.found),
    },
  };
}

/** Of all services. Those of a sink say that the stores refused something. */
async function deadLettersOf({ services }: AllServices): Promise<number> {
  const all = await Promise.all(services.map(({ opsPort }) => readMetrics(opsPort)));
  return all.reduce((sum, one) => sum + one.sum('sluice_dead_letters_total'), 0);
}

function reportOf(measured: ReadonlyMap<number, readonly Measured[]>, deadLetters: number): BenchReport {
  const rows = [...measured].flatMap(([rate, rounds]) =>
    stages.map((stage) =>
      rowOf(
        rate,
        stage,
        rounds.map(({ latencies }) => latencies[stage]),
      ),
    ),
  );
  const all = [...measured.values()].flat();
  const errors = all.reduce((sum, one) => sum + one.errors, 0);
  const lost = all.reduce((sum, { latencies }) => sum + latencies['Kafka, raw record'].missing, 0);
  const withoutRow = all.reduce((sum, { latencies }) => sum + latencies['ClickHouse, row'].missing, 0);
  const withoutDocument = all.reduce((sum, one) => sum + one.latencies['Elasticsearch, written'].missing, 0);
  const firstError = all.find((one) => one.firstError !== null)?.firstError;
  const text = [
    `${whole(payloadBytes)}-byte pushes, each another one, signed and encrypted, over ${connections} connections; acks=all, one broker.`,
    '',
    renderTable(columns, rows),
    '',
    ...method,
    '',
    `${whole(errors)} errors; ${whole(lost)} acknowledged pushes are not in Kafka; ${whole(withoutRow)} have no row, ${whole(withoutDocument)} no document, ${whole(deadLetters)} records became dead letters (with the warm-up).`,
    ...(firstError === undefined ? [] : [`The first answer that was wrong: ${firstError}`]),
  ].join('\n');
  const sound = errors === 0 && lost === 0 && withoutRow === withoutDocument && withoutRow <= deadLetters;
  return { text, figures: { rows, errors, lost, withoutRow, withoutDocument, deadLetters }, sound };
}

/** All pushes of all rounds. */
function rowOf(rate: number, stage: Stage, rounds: readonly Latencies[]): Row {
  const sorted = rounds.flatMap((round) => round.sorted).toSorted((a, b) => a - b);
  return {
    ...{ rate, stage, pushes: sorted.length },
    p50Ms: percentile(sorted, 50),
    p99Ms: percentile(sorted, 99),
    p999Ms: percentile(sorted, 99.9),
    maxMs: percentile(sorted, 100),
    missing: rounds.reduce((sum, { missing }) => sum + missing, 0),
  };
}

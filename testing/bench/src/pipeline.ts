import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { kafkaClients } from '@sluice/kafka/client';
import { deleteGroup } from '@sluice/kafka/commit-alone';
import { endOffsets } from '@sluice/kafka/topics-admin';
import { groupLag } from '@sluice/kafka/group-lag';
import { canonicalTopics, topicOf, type TopicName } from '@sluice/schemas/topics';
import type { ServiceName } from '@sluice/start/services';
import { setUpStream } from '@sluice/start/set-up-stream';
import { rawTopics } from '@sluice/vendors/topics';
import type { BenchReport, BenchRun } from './bench-run.ts';
import { startBenchService, type BenchService } from './bench-service.ts';
import { writeBenchSources } from './bench-sources.ts';
import { cores } from './cores.ts';
import { fillRawTopics } from './fill-raw-topics.ts';
import { startHelper } from './helper-process.ts';
import { middleOf } from './middle-of.ts';
import { readMetrics, type MetricsSample } from './metrics.ts';
import type { NullStoreQuestion, NullStoreState } from './reference/null-store-process.ts';
import { createReferenceTopic } from './reference/reference-topic.ts';
import type { WorkerQuestion, WorkerState, WorkerTask } from './reference/worker-process.ts';
import { renderTable, tenths, whole, type Column } from './table.ts';

interface Row {
  readonly worker: string;
  readonly seconds: number;
  /** Records taken from its topics: raw records, or events. */
  readonly records: number;
  /** Canonical events made or written. */
  readonly events: number;
  readonly deadLetters: number;
  readonly cpuUsPerRecord: number;
  readonly perSecond: number;
}

const columns: readonly Column<Row>[] = [
  { title: 'worker', align: 'left', cell: ({ worker }) => worker },
  { title: 'seconds', align: 'right', cell: ({ seconds }) => tenths(seconds) },
  { title: 'records', align: 'right', cell: ({ records }) => whole(records) },
  { title: 'records/s', align: 'right', cell: ({ perSecond }) => whole(perSecond) },
  { title: 'CPU µs/record', align: 'right', cell: ({ cpuUsPerRecord }) => tenths(cpuUsPerRecord) },
  { title: 'events', align: 'right', cell: ({ events }) => whole(events) },
  { title: 'events/s', align: 'right', cell: ({ events, seconds }) => whole(events / seconds) },
  { title: 'dead letters', align: 'right', cell: ({ deadLetters }) => whole(deadLetters) },
];

const sampleEveryMs = 100;
const stallMs = 60_000;

/** Something that works through topics, and what it is compared with. */
interface Contest {
  readonly worker: ServiceName;
  readonly topics: readonly TopicName[];
  readonly reference: WorkerTask;
  /** Settings of the worker next to the usual ones. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * What one core normalizes, and what one core writes, each on a backlog that waits for it, from its first finished record
 * to its last. Start-up and joining the group are left out; the first seconds of cold code are not. Each takes turns with
 * a reference program that does the least of such a worker; of several rounds the middle one counts. Sinks write to a
 * store that answers and keeps nothing, so that they are measured alone, and at last to the real ones.
 */
export async function benchPipeline(run: BenchRun): Promise<BenchReport> {
  const { endpoints, stream, options, progress } = run;
  await setUpStream(endpoints, stream);
  const sourcesFile = await writeBenchSources(run.folder, stream);
  progress(`filling the raw topics with ${whole(options.records)} records…`);
  const bytes = await fillRawTopics(endpoints, stream, sourcesFile, options.records, options.type);
  const rowUrl = await nullStore(run, endpoints.clickhouseUrl);
  const documentUrl = await nullStore(run, endpoints.elasticsearchUrl);
  const referenceTopic = await createReferenceTopic(run);

  const rows: Row[] = [];
  const ratios: string[] = [];
  let made = 0;
  const compare = async ({ worker, topics, reference, env }: Contest): Promise<void> => {
    const theirs: Row[] = [];
    const ours = kafkaClients.map((client) => ({ client, rows: [] as Row[] }));
    for (let round = 1; round <= options.rounds; round += 1) {
      progress(`${worker} and its reference, round ${round} of ${options.rounds}…`);
      theirs.push(await measureReference(run, topics, reference));
      for (const { client, rows: own } of ours) {
        own.push(
          await measureService(run, sourcesFile, worker, topics, { ...env, SLUICE_KAFKA_CLIENT: client }),
        );
        if (worker === 'normalizer') made += own.at(-1)?.events ?? 0;
      }
    }
    const least = middleOf(theirs, 'perSecond');
    rows.push({ ...least, worker: `reference of ${worker}` });
    for (const { client, rows: all } of ours) {
      const own = { ...middleOf(all, 'perSecond'), worker: `${worker}, ${client}` };
      rows.push(own);
      ratios.push(ratioOf(own, least));
    }
  };
  const contests: readonly Contest[] = [
    {
      worker: 'normalizer',
      topics: rawTopics,
      reference: { is: 'normalize', into: referenceTopic },
      env: {},
    },
    {
      ...{ worker: 'sink-clickhouse', topics: canonicalTopics },
      reference: { is: 'write', as: 'rows', url: rowUrl },
      env: { SLUICE_CLICKHOUSE_URL: rowUrl },
    },
    {
      ...{ worker: 'sink-elasticsearch', topics: canonicalTopics },
      reference: { is: 'write', as: 'documents', url: documentUrl },
      env: { SLUICE_ELASTICSEARCH_URL: documentUrl },
    },
  ];
  for (const contest of contests) await compare(contest);
  const stored: Row[] = [];
  for (const worker of ['sink-clickhouse', 'sink-elasticsearch'] as const) {
    progress(`${worker}, into the real store…`);
    const row = await measureService(run, sourcesFile, worker, canonicalTopics, {});
    stored.push({ ...row, worker: `${worker}, real store` });
  }
  const sound = stored.every(({ records }) => records === made);
  const text = [
    `${whole(options.records)} raw records ${options.type === null ? 'of all vendors' : `of type ${options.type}`}, ${whole(bytes / options.records)} bytes on average. Each worker has one core; the stores run where there is room.`,
    '',
    renderTable(columns, [...rows, ...stored]),
    '',
    ...ratios,
    sound
      ? 'Both sinks finished every event that the normalizer made.'
      : 'A SINK FINISHED ANOTHER NUMBER OF EVENTS than the normalizer made.',
  ].join('\n');
  return { text, figures: { rows: [...rows, ...stored], bytes }, sound };
}

function ratioOf(own: Row, least: Row): string {
  const times = (figure: (row: Row) => number): string => (figure(own) / figure(least)).toFixed(2);
  return (
    `${own.worker}: ${times((row) => row.perSecond)} of the reference's records/s, ` +
    `${times((row) => row.events / row.seconds)} of its events/s, ${times((row) => row.cpuUsPerRecord)} times its CPU.`
  );
}

/** Starts a worker on its whole backlog, and forgets afterwards how far it came. */
async function measureService(
  run: BenchRun,
  sourcesFile: string,
  worker: ServiceName,
  topics: readonly TopicName[],
  env: Readonly<Record<string, string>>,
): Promise<Row> {
  const service = await startBenchService(worker, run, sourcesFile, env);
  const row = await Promise.race([measure(service, run, topics), service.died, run.interrupted]);
  await service.stop();
  await deleteGroup(connectionOf(run), `${run.stream}.${worker}`);
  return row;
}

async function measureReference(run: BenchRun, topics: readonly TopicName[], work: WorkerTask): Promise<Row> {
  const file = join(import.meta.dirname, 'reference/worker-process.ts');
  const worker = await startHelper<WorkerQuestion, WorkerState>(file, cores.measured);
  const stop = (): Promise<void> => worker.stop();
  run.cleanups.add(stop);
  const group = `${run.stream}.reference.${randomUUID()}`;
  const named = topics.map((topic) => [topicOf(run.stream, topic), topic] as const);
  const total = await sumOfEnds(
    connectionOf(run),
    named.map(([name]) => name),
  );
  let first = await worker.ask({
    start: { brokers: run.endpoints.kafkaBrokers, group, topics: named, work },
  });
  let last = first;
  for (let since = performance.now(); last.records < total;) {
    await Promise.race([delay(sampleEveryMs), run.interrupted]);
    const sample = await worker.ask({});
    if (sample.records === 0) first = sample;
    if (sample.records > last.records) since = performance.now();
    if (performance.now() - since > stallMs)
      throw new Error(`The reference does not move: ${sample.records} of ${total} records are finished.`);
    last = sample;
  }
  await stop();
  const [records, seconds] = [last.records, (last.atMs - first.atMs) / 1000];
  return {
    ...{ worker: 'reference', seconds, records, events: records, deadLetters: 0 },
    cpuUsPerRecord: ((last.cpuSeconds - first.cpuSeconds) * 1e6) / records,
    perSecond: records / seconds,
  };
}

/**
 * @param core null: it runs where there is room. Default: the core of what drives
 * @returns the URL of a store that answers everything but writes as the given one, and keeps nothing
 */
export async function nullStore(
  { cleanups }: BenchRun,
  url: string,
  core: number | null = cores.driving,
): Promise<string> {
  const file = join(import.meta.dirname, 'reference/null-store-process.ts');
  const store = await startHelper<NullStoreQuestion, NullStoreState>(file, core);
  cleanups.add(() => store.stop());
  return (await store.ask({ url })).url;
}

async function measure(
  { name, opsPort }: BenchService,
  { endpoints, stream }: BenchRun,
  topics: readonly TopicName[],
): Promise<Row> {
  const connection = connectionOf({ endpoints });
  const names = topics.map((topic) => topicOf(stream, topic));
  const total = await sumOfEnds(connection, names);
  const done = (sample: MetricsSample): number => sample.sum('sluice_records_total');
  let first = await readMetrics(opsPort);
  const until = async (reached: (sample: MetricsSample) => boolean): Promise<MetricsSample> => {
    let [most, since] = [0, performance.now()];
    for (;;) {
      const sample = await readMetrics(opsPort);
      if (reached(sample)) return sample;
      if (done(sample) === 0) first = sample;
      if (done(sample) > most) [most, since] = [done(sample), performance.now()];
      if (performance.now() - since > stallMs)
        throw new Error(`${name} does not move: ${done(sample)} of ${total} records are finished.`);
      await delay(sampleEveryMs);
    }
  };
  const last = await until((sample) => done(sample) >= total);
  // Committing comes last; what was counted must be committed too.
  const deadline = performance.now() + stallMs;
  while ((await groupLag(connection, `${stream}.${name}`, names)) > 0) {
    if (performance.now() > deadline) throw new Error(`${name} did not commit what it had finished.`);
    await delay(sampleEveryMs);
  }
  const records = done(last) - done(first);
  const events = name === 'normalizer' ? last.sum('sluice_events_total') : records;
  const seconds = (last.atMs - first.atMs) / 1000;
  return {
    ...{ worker: name, seconds, records, events },
    deadLetters: last.sum('sluice_dead_letters_total'),
    cpuUsPerRecord: ((last.cpuSeconds - first.cpuSeconds) * 1e6) / records,
    perSecond: records / seconds,
  };
}

/** How many records were written to topics, from their beginning on. */
export async function sumOfEnds(
  connection: Parameters<typeof endOffsets>[0],
  names: readonly string[],
): Promise<number> {
  let sum = 0n;
  for (const name of names) for (const end of (await endOffsets(connection, name)).values()) sum += end;
  return Number(sum);
}

/** How the bench connects to Kafka. */
export const connectionOf = ({ endpoints }: Pick<BenchRun, 'endpoints'>) => ({
  brokers: endpoints.kafkaBrokers,
  clientId: 'sluice-bench',
});

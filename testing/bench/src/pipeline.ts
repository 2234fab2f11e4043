import { setTimeout as delay } from 'node:timers/promises';
import { endOffsets } from '@sluice/kafka/topics-admin';
import { groupLag } from '@sluice/kafka/group-lag';
import { canonicalTopics, topicOf, type TopicName } from '@sluice/schemas/topics';
import type { ServiceName } from '@sluice/start/services';
import { setUpStream } from '@sluice/start/set-up-stream';
import { rawTopics } from '@sluice/vendors/topics';
import type { BenchReport, BenchRun } from './bench-run.ts';
import { startBenchService, type BenchService } from './bench-service.ts';
import { writeBenchSources } from './bench-sources.ts';
import { fillRawTopics } from './fill-raw-topics.ts';
import { readMetrics, type MetricsSample } from './metrics.ts';
import { renderTable, tenths, whole, type Column } from './table.ts';

interface Row {
  readonly worker: ServiceName;
  readonly seconds: number;
  /** Records taken from its topics: raw records, or events. */
  readonly records: number;
  /** Canonical events made or written. */
  readonly events: number;
  readonly deadLetters: number;
  readonly cpuUsPerEvent: number;
}

const columns: readonly Column<Row>[] = [
  { title: 'worker', align: 'left', cell: ({ worker }) => worker },
  { title: 'seconds', align: 'right', cell: ({ seconds }) => tenths(seconds) },
  { title: 'records', align: 'right', cell: ({ records }) => whole(records) },
  { title: 'records/s', align: 'right', cell: ({ records, seconds }) => whole(records / seconds) },
  { title: 'events', align: 'right', cell: ({ events }) => whole(events) },
  { title: 'events/s', align: 'right', cell: ({ events, seconds }) => whole(events / seconds) },
  { title: 'CPU µs/event', align: 'right', cell: ({ cpuUsPerEvent }) => tenths(cpuUsPerEvent) },
  { title: 'dead letters', align: 'right', cell: ({ deadLetters }) => whole(deadLetters) },
];

const sampleEveryMs = 100;
const stallMs = 60_000;

/**
 * What one core normalizes, and what one core writes to each store: the workers one after the other, each on a
 * backlog that waits for it, from its first finished record to its last. Start-up and joining the group are left
 * out; the first seconds of cold code are not.
 */
export async function benchPipeline(run: BenchRun): Promise<BenchReport> {
  const { endpoints, stream, options, progress } = run;
  await setUpStream(endpoints, stream);
  const sourcesFile = await writeBenchSources(run.folder, stream);
  progress(`filling the raw topics with ${whole(options.records)} records…`);
  const bytes = await fillRawTopics(endpoints, stream, sourcesFile, options.records);

  const rows: Row[] = [];
  for (const worker of ['normalizer', 'sink-clickhouse', 'sink-elasticsearch'] as const) {
    progress(`${worker}…`);
    const service = await startBenchService(worker, run, sourcesFile);
    const topics = worker === 'normalizer' ? rawTopics : canonicalTopics;
    rows.push(await Promise.race([measure(service, run, topics), service.died, run.interrupted]));
    await service.stop();
  }
  const [normalizer, ...sinks] = rows;
  const sound = sinks.every(({ records }) => records === normalizer?.events);
  const text = [
    `${whole(options.records)} raw records of both vendors, ${whole(bytes / options.records)} bytes on average. Each worker has one core; the stores run where there is room.`,
    '',
    renderTable(columns, rows),
    '',
    sound
      ? 'Both sinks finished every event that the normalizer made.'
      : 'A SINK FINISHED ANOTHER NUMBER OF EVENTS than the normalizer made.',
  ].join('\n');
  return { text, figures: { rows, bytes }, sound };
}

async function measure(
  { name, opsPort }: BenchService,
  { endpoints, stream }: BenchRun,
  topics: readonly TopicName[],
): Promise<Row> {
  const connection = { brokers: endpoints.kafkaBrokers, clientId: 'sluice-bench' };
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
  return {
    worker: name,
    seconds: (last.atMs - first.atMs) / 1000,
    records,
    events,
    deadLetters: last.sum('sluice_dead_letters_total'),
    cpuUsPerEvent: ((last.cpuSeconds - first.cpuSeconds) * 1e6) / events,
  };
}

async function sumOfEnds(
  connection: Parameters<typeof endOffsets>[0],
  names: readonly string[],
): Promise<number> {
  let sum = 0n;
  for (const name of names) for (const end of (await endOffsets(connection, name)).values()) sum += end;
  return Number(sum);
}

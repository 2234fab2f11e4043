import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { deleteGroup } from '@sluice/kafka/commit-alone';
import { canonicalTopics, topicOf, type TopicName } from '@sluice/schemas/topics';
import type { ServiceName } from '@sluice/start/services';
import { rawTopics } from '@sluice/vendors/topics';
import { clientSetting } from './all-services.ts';
import type { BenchRun } from './bench-run.ts';
import { startBenchService, type BenchService } from './bench-service.ts';
import { fillRawTopics } from './fill-raw-topics.ts';
import { middleOf } from './middle-of.ts';
import { readMetrics } from './metrics.ts';
import { connectionOf, nullStore, sumOfEnds } from './pipeline.ts';
import { totalOf, type Total } from './total.ts';

export interface WorkersRow {
  readonly worker: ServiceName;
  readonly processes: number;
  readonly seconds: number;
  readonly records: number;
  readonly perSecond: number;
  readonly cpuUsPerRecord: number;
}

const processCounts = [1, 2] as const;
const sampleEveryMs = 100;
const stallMs = 60_000;

/**
 * What one and two processes of a worker get through, on a backlog. Nothing is pinned to a core. The sink writes to a store
 * that answers and keeps nothing.
 */
export async function measureWorkers(run: BenchRun, sourcesFile: string): Promise<WorkersRow[]> {
  const { endpoints, stream, options, progress } = run;
  progress(`filling the raw topics with ${options.records} records…`);
  await fillRawTopics(endpoints, stream, sourcesFile, options.records, options.type);
  const store = { SLUICE_CLICKHOUSE_URL: await nullStore(run, endpoints.clickhouseUrl, null) };
  const contests = [
    { worker: 'normalizer', topics: rawTopics, env: {} },
    { worker: 'sink-clickhouse', topics: canonicalTopics, env: store },
  ] as const;
  const rows: WorkersRow[] = [];
  for (const { worker, topics, env } of contests) {
    const measured = processCounts.map((processes) => ({ processes, rounds: [] as WorkersRow[] }));
    for (let round = 1; round <= options.rounds; round += 1)
      for (const { processes, rounds } of measured) {
        progress(`${worker}, ${processes} at once, round ${round} of ${options.rounds}…`);
        const services = await startWorkers(
          run,
          sourcesFile,
          worker,
          { ...clientSetting(run), ...env },
          processes,
        );
        const row = await measure(run, services, topics);
        await deleteGroup(connectionOf(run), `${stream}.${worker}`);
        rounds.push({ worker, processes, ...row });
      }
    rows.push(...measured.map(({ rounds }) => middleOf(rounds, 'perSecond')));
  }
  return rows;
}

/** All at once, so that each has its partitions early. */
function startWorkers(
  run: BenchRun,
  sourcesFile: string,
  worker: ServiceName,
  env: Readonly<Record<string, string>>,
  processes: number,
): Promise<BenchService[]> {
  return Promise.all(
    Array.from({ length: processes }, (_, at) => {
      const folder = join(run.folder, `${worker}-${at}`);
      mkdirSync(folder, { recursive: true });
      return startBenchService(worker, { ...run, folder }, sourcesFile, env, null);
    }),
  );
}

/** From the moment on at which each process has finished a record, to the end of the backlog. It stops the services. */
async function measure(
  run: BenchRun,
  services: readonly BenchService[],
  topics: readonly TopicName[],
): Promise<Omit<WorkersRow, 'worker' | 'processes'>> {
  const total = await sumOfEnds(
    connectionOf(run),
    topics.map((topic) => topicOf(run.stream, topic)),
  );
  const died = services.map((service) => service.died);
  const [first, last] = await Promise.race([backlog(services, total), run.interrupted, ...died]);
  for (const service of services) await service.stop();
  const [records, seconds] = [last.records - first.records, (last.atMs - first.atMs) / 1000];
  return {
    ...{ seconds, records, perSecond: records / seconds },
    cpuUsPerRecord: ((last.cpuSeconds - first.cpuSeconds) * 1e6) / records,
  };
}

/** @returns the totals when the last process had just begun, and at the end */
async function backlog(
  services: readonly BenchService[],
  total: number,
): Promise<readonly [first: Total, last: Total]> {
  let [most, since] = [0, performance.now()];
  let first: Total | null = null;
  for (;;) {
    const all = totalOf(await Promise.all(services.map(({ opsPort }) => readMetrics(opsPort))));
    if (all.records >= total && first !== null) return [first, all];
    if (all.records >= total)
      throw new Error('A process found nothing left when it began: give more records (--records).');
    if (all.begun === services.length) first ??= all;
    if (all.records > most) [most, since] = [all.records, performance.now()];
    if (performance.now() - since > stallMs)
      throw new Error(`The workers do not move: ${all.records} of ${total} records are finished.`);
    await delay(sampleEveryMs);
  }
}

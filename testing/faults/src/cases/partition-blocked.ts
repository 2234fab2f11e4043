import { developmentSources } from '@sluice/start/development-sources';
import { setTimeout as delay } from 'node:timers/promises';
import { partitionProgress, type PartitionProgress } from '@sluice/kafka/group-lag';
import { readRange } from '@sluice/kafka/read-range';
import { storedTopics, topicOf } from '@sluice/schemas/topics';
import type { CaseContext, FaultCase, Finding } from '../fault-case.ts';
import type { HttpRule } from '../proxy/http-proxy.ts';
import { drained, judge } from '../system/judge.ts';
import { startLoad } from '../system/load.ts';
import { createSealer } from '../system/seal.ts';
import type { System } from '../system/system.ts';
import { waitFor } from '../system/wait-for.ts';
import { asSealed, probe } from './probe.ts';

const marker = 'refused-for-a-while';
const rate = 60;
/** How old the oldest unfinished record of a partition may be that nothing blocks, in seconds. */
const mostLateSeconds = 15;
/** The worker looks at the ends of the logs every 10 s. */
const lookedWithinMs = 20_000;

/** As a server answers that nobody knows: the whole insert fails for one row in it. */
const refuseInsert: HttpRule = ({ method, body }) =>
  method === 'POST' && body.includes(marker)
    ? { do: 'answer', status: 500, body: 'Code: 9999. DB::Exception: Unheard of. (UNHEARD_OF)' }
    : undefined;

/** One record that ClickHouse refuses for a while, and everything else continues. */
async function blockOne(context: CaseContext): Promise<Finding> {
  const clickhouse = await context.openHttpProxy(context.endpoints.clickhouseUrl);
  const system = await context.startSystem({ through: { clickhouseUrl: clickhouse.url } });
  clickhouse.setRule(refuseInsert);
  const load = await startLoad(system, { seed: context.seed, rate });
  await load.untilAcknowledged(200);
  const sealer = await createSealer(system.sourcesFile, developmentSources.plain, `${context.seed} marker`);
  const text = `<xml><msgId>1</msgId><chatRecordId>1_77</chatRecordId><chatScore>1</chatScore><scoreSuggest>${marker}</scoreSuggest></xml>`;
  const push = sealer.seal({ ...sealer.plain(), dataType: 'chatScore', text });
  const { sent: marked, problems } = await probe(system, [
    { name: 'the marked push', request: asSealed(push), expect: 'acknowledged', push },
  ]);
  const blocked = await untilBlocked(system);
  const before = await progressOf(system);
  const seen = await watch(context, system, blocked);
  problems.push(...seen.problems);
  const after = await progressOf(system);
  const others = after.filter((one) => !isSame(one, blocked));
  const moved = others.filter((one) => {
    const former = before.find((other) => isSame(other, one));
    return (one.committed ?? 0n) > (former?.committed ?? 0n);
  });
  const finished = sumOf(others) - sumOf(before.filter((one) => !isSame(one, blocked)));
  context.say(
    `${moved.length} other partitions went on: ${finished} records; the latest of them was ${seen.latest.toFixed(1)} s behind`,
  );
  if (moved.length < 20) problems.push(`Only ${moved.length} other partitions went on.`);
  const left = others.reduce((sum, { lag }) => sum + lag, 0);
  if (left > mostLateSeconds * rate * 5) problems.push(`The others have ${left} records left.`);

  clickhouse.setRule(null);
  const startedAt = performance.now();
  const sent = await load.finish();
  await drained(system);
  const recoveryMs = performance.now() - startedAt;
  const ended = system.all
    .filter((service) => service.restarts() > 0)
    .map(({ name }) => `${name} ended of it.`);
  return judge(
    system,
    { types: sent.types, acknowledged: [...sent.acknowledged, ...marked.acknowledged] },
    { recoveryMs, problems: [...problems, ...ended] },
  );
}

const isSame = (a: Pick<PartitionProgress, 'topic' | 'partition'>, b: typeof a): boolean =>
  a.topic === b.topic && a.partition === b.partition;

const sumOf = (partitions: readonly PartitionProgress[]): number =>
  partitions.reduce((sum, { committed }) => sum + Number(committed ?? 0n), 0);

const connectionOf = ({ endpoints }: System) => ({
  brokers: endpoints.kafkaBrokers,
  clientId: 'sluice-faults',
});

function progressOf(system: System): Promise<PartitionProgress[]> {
  const topics = storedTopics.map((topic) => topicOf(system.stream, topic));
  return partitionProgress(connectionOf(system), `${system.stream}.sink-clickhouse`, topics);
}

/** Waits until one record alone is known to block its partition. */
async function untilBlocked(system: System): Promise<PartitionProgress> {
  let found: PartitionProgress | undefined;
  const isFound = async (): Promise<boolean> => {
    found = (await progressOf(system)).find(({ metadata }) => /^blocked .*"records":1,/.test(metadata));
    return found !== undefined;
  };
  await waitFor('one record blocks its partition', isFound, 60_000);
  if (!found) throw new Error('Nothing is blocked.');
  return found;
}

/** Looks for as long as the case takes whether the worker's metrics say what is so. */
async function watch(
  context: CaseContext,
  system: System,
  blocked: PartitionProgress,
): Promise<{ problems: string[]; latest: number }> {
  const sink = system.service('sink-clickhouse');
  const writtenAtMs = await writtenAt(system, blocked);
  const labels = `topic="${blocked.topic}",partition="${blocked.partition}",`;
  const ofBlocked = (values: ReadonlyMap<string, number>): number =>
    [...values].find(([name]) => name.startsWith(labels))?.[1] ?? Number.NaN;
  const problems = new Set<string>();
  const lags: { readonly atMs: number; readonly lag: number }[] = [];
  let latest = 0;
  const until = performance.now() + context.pick(600, 45) * 1_000;
  for (let looks = 0; performance.now() < until; looks += 1) {
    const found = (await progressOf(system)).find((one) => isSame(one, blocked));
    lags.push({ atMs: performance.now(), lag: found?.lag ?? 0 });
    if (found?.committed !== blocked.committed)
      problems.add('Something behind the blocked record is committed.');
    const ages = await sink.metricByLabels('sluice_consumer_lag_seconds');
    const age = (Date.now() - writtenAtMs) / 1_000;
    if (!(Math.abs(ofBlocked(ages) - age) <= 1))
      problems.add(`The blocked record is ${age.toFixed(1)} s old, and its lag ${ofBlocked(ages)} s.`);
    const clock = ofBlocked(await sink.metricByLabels('sluice_retention_seconds'));
    const whole = 14 * 86_400;
    if (!(Math.abs(clock - (whole - age)) <= 1))
      problems.add(`The blocked partition's clock says ${clock} s.`);
    const others = [...ages].filter(([name]) => !name.startsWith(labels));
    latest = Math.max(latest, ...others.map(([, seconds]) => seconds));
    const shown = ofBlocked(await sink.metricByLabels('sluice_consumer_lag_records'));
    const former = lags.findLast(({ atMs }) => atMs <= performance.now() - lookedWithinMs)?.lag ?? 1;
    if (!(shown >= former && shown <= (lags.at(-1)?.lag ?? 0) + rate))
      problems.add(`The blocked partition is said to be ${shown} records behind, and was ${former}.`);
    await delay(1_000);
  }
  if (latest > mostLateSeconds) problems.add(`A partition that nothing blocks was ${latest} s behind.`);
  const first = lags[0]?.lag ?? 0;
  const last = lags.at(-1)?.lag ?? 0;
  context.say(`the blocked partition was ${first} records behind, then ${last}`);
  return { problems: [...problems].slice(0, 5), latest };
}

async function writtenAt(
  system: System,
  { topic, partition, committed }: PartitionProgress,
): Promise<number> {
  const from = committed ?? 0n;
  let found = Number.NaN;
  await readRange(
    connectionOf(system),
    { topic, from: new Map([[partition, from]]), to: new Map([[partition, from + 1n]]) },
    ({ offset, timestampMs }) => {
      if (BigInt(offset) === from) found = timestampMs;
    },
  );
  return found;
}

export const partitionBlockedCases: readonly FaultCase[] = [
  {
    name: 'one-partition-blocked',
    group: 'workers',
    fault:
      'one record that ClickHouse refuses for ten minutes with an unknown error (by the proxy), so that it blocks its partition, while 20 others and more carry load',
    expectation:
      'The others continue and are never late; lag and retention clock of the blocked one are right to a second, and all of it arrives afterwards.',
    run: blockOne,
  },
];

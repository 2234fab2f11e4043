import type { ServiceName } from '@sluice/start/services';
import type { CaseContext, FaultCase, Finding } from '../fault-case.ts';
import { backlogTopics, produceBacklog } from '../system/backlog.ts';
import { drained } from '../system/judge.ts';
import { limitMemory } from '../system/memory-limit.ts';
import type { System } from '../system/system.ts';

/** The chart's default for sinks (helm/sluice/values.yaml), in MiB. */
const limitMb = 1_024;
const sinks = ['sink-clickhouse', 'sink-elasticsearch'] as const satisfies readonly ServiceName[];

/** Both sinks start on what came while they were unavailable. */
async function backlogInLimit(context: CaseContext): Promise<Finding> {
  const events = context.pick(1_000_000, 50_000);
  const limits = new Map(sinks.map((name) => [name as ServiceName, limitMemory(name, limitMb)]));
  for (const limit of limits.values()) context.onEnd(() => limit.close());
  let startedAt = 0;
  const system = await context.startSystem({
    instances: { ingress: 0, normalizer: 0 },
    async beforeStart(stream) {
      const bytes = await produceBacklog(context.endpoints, stream, events);
      const size = `${Math.round(bytes / 1024 / 1024)} MiB of Avro in ${backlogTopics.length * 6} partitions`;
      context.say(`${events} events, ${size}`);
      startedAt = performance.now();
    },
    onLaunch: (name, pid) => limits.get(name)?.add(pid),
  });
  await drained(system);
  const recoveryMs = performance.now() - startedAt;
  const peaks = [...limits].map(([name, limit]) => `${name} ${limit.peakMb()} MiB`);
  context.say(`at most ${peaks.join(', ')} of ${limitMb}`);
  const killed = [...limits].filter(([, limit]) => limit.kills() > 0).map(([name]) => name);
  const ended = system.all.filter((service) => service.restarts() > 0);
  const shown = await Promise.all([shownByClickHouse(system), shownByElasticsearch(system)]);
  return {
    acknowledged: events,
    lost: shown.reduce((sum, { ids }) => sum + Math.max(0, events - ids), 0),
    duplicatesBefore: 0,
    duplicatesAfter: shown.reduce((sum, { ids, copies }) => sum + copies - ids, 0),
    recoverySeconds: Math.round(recoveryMs / 100) / 10,
    problems: [
      ...killed.map((name) => `The kernel ended ${name}: it had more than ${limitMb} MiB.`),
      ...ended.map(({ name }) => `${name} ended by itself.`),
    ],
  };
}

interface Shown {
  readonly ids: number;
  readonly copies: number;
}

async function shownByClickHouse({ endpoints, stream }: System): Promise<Shown> {
  const tables = backlogTopics.map((topic) => topic.replace('.v1', '').replaceAll('-', '_'));
  const union = tables.map((table) => `SELECT event_id FROM ${stream}.${table} FINAL`).join(' UNION ALL ');
  const body = `SELECT uniqExact(event_id) AS ids, count() AS copies FROM (${union}) FORMAT JSONEachRow`;
  const answer = await fetch(endpoints.clickhouseUrl, { method: 'POST', body });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`ClickHouse did not count its events: ${text}`);
  const { ids, copies } = JSON.parse(text) as Record<keyof Shown, string | number>;
  return { ids: Number(ids), copies: Number(copies) };
}

/** An id is a document's name within its index, and all events are of one month. */
async function shownByElasticsearch({ endpoints, stream }: System): Promise<Shown> {
  await fetch(`${endpoints.elasticsearchUrl}/${stream}-*/_refresh`, { method: 'POST' });
  const answer = await fetch(`${endpoints.elasticsearchUrl}/${stream}-*/_count`);
  if (!answer.ok) throw new Error(`Elasticsearch did not count its documents: ${await answer.text()}`);
  const { count } = (await answer.json()) as { count: number };
  return { ids: count, copies: count };
}

export const backlogCases: readonly FaultCase[] = [
  {
    name: 'backlog-in-limit',
    group: 'workers',
    fault: `sinks that were down start on a backlog of a million events with every field set, each within a memory limit of ${limitMb} MiB that the kernel enforces (a control group)`,
    expectation: 'None is killed or ends, and all of it arrives.',
    run: backlogInLimit,
  },
];

import { developmentSources, developmentVendors } from '@sluice/start/development-sources';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { CaseContext, FaultCase, Finding } from '../fault-case.ts';
import { drained, judge } from '../system/judge.ts';
import { startLoad } from '../system/load.ts';
import { startSluice, type RunningSluice } from '../system/run-sluice.ts';
import type { System } from '../system/system.ts';

const stores = ['clickhouse', 'elasticsearch'] as const;
type Store = (typeof stores)[number];

/** Both stores are rebuilt under load; the first attempt at each is killed at a random moment. */
async function rebuildStores(context: CaseContext): Promise<Finding> {
  const system = await context.startSystem();
  const load = await startLoad(system, { seed: context.seed, rate: 60 });
  await load.untilAcknowledged(context.pick(3_000, 300), 120_000);
  const stale = randomUUID();
  await plantStale(system, stale);
  const problems: string[] = [];
  const startedAt = performance.now();
  for (const store of stores) {
    const killed = startRebuild(system, store);
    await delay(context.random.integer(1_000, 8_000));
    killed.kill();
    const first = await killed.ended;
    const { code, output } = await startRebuild(system, store).ended;
    if (code !== 0) problems.push(`The rebuild of ${store} ended with ${code ?? 'a signal'}: ${output}`);
    const last = first.output.trimEnd().split('\n').at(-1) ?? '';
    context.say(
      `${store}: ${first.code === 0 ? 'ended before the kill' : `killed behind "${last}"`}, and rebuilt`,
    );
  }
  const recoveryMs = performance.now() - startedAt;
  await load.untilAcknowledged(50, 60_000);
  const sent = await load.finish();
  await drained(system);
  for (const store of stores)
    if (await shows(system, store, stale)) problems.push(`${store} still shows an event that nobody makes.`);
  return judge(system, sent, { recoveryMs, problems });
}

/** `sluice rebuild` from the raw topics, as an operator runs it. */
function startRebuild({ endpoints, stream, sourcesFile }: System, store: Store): RunningSluice {
  return startSluice([
    ...['rebuild', store, '--stream', stream, '--from-raw', '--sources', sourcesFile],
    ...['--brokers', endpoints.kafkaBrokers.join(','), '--schema-registry', endpoints.registryUrl],
    ...(store === 'clickhouse'
      ? ['--clickhouse', endpoints.clickhouseUrl]
      : ['--elasticsearch', endpoints.elasticsearchUrl]),
  ]);
}

/** An event of no present mapping, as if an older one had made it of the first record of a raw topic. */
async function plantStale({ endpoints, stream }: System, id: string): Promise<void> {
  const origin = {
    source_id: developmentSources.encrypted,
    raw_topic: `${stream}.raw.${developmentVendors.first}`,
    raw_partition: 0,
    raw_offset: 0,
  };
  // Received with its record: what was received before is of a former topic, and carried over.
  const receivedAt = new Date();
  const received_at = receivedAt.toISOString().replace('T', ' ').replace('Z', '');
  const row = { event_id: id, entity_key: 'stale', version: '1', received_at, ...origin };
  await send(endpoints.clickhouseUrl, {
    method: 'POST',
    body: `INSERT INTO ${stream}.rating FORMAT JSONEachRow ${JSON.stringify(row)}`,
  });
  await send(`${endpoints.elasticsearchUrl}/${stream}-rating-undated/_doc/${id}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ meta: { event_id: id, received_at: receivedAt.getTime(), ...origin } }),
  });
}

async function shows({ endpoints, stream }: System, store: Store, id: string): Promise<boolean> {
  if (store === 'clickhouse') {
    const body = `SELECT count() FROM ${stream}.rating_latest WHERE event_id = '${id}'`;
    return (await send(endpoints.clickhouseUrl, { method: 'POST', body })).trim() !== '0';
  }
  const indices = `${endpoints.elasticsearchUrl}/${stream}-*`;
  await send(`${indices}/_refresh`, { method: 'POST' });
  const answer = await send(`${indices}/_count?q=_id:${id}`, { method: 'GET' });
  return (JSON.parse(answer) as { count: number }).count !== 0;
}

async function send(url: string, init: RequestInit): Promise<string> {
  const answer = await fetch(url, init);
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${text}`);
  return text;
}

export const rebuildCases: readonly FaultCase[] = [
  {
    name: 'rebuild-stores',
    group: 'workers',
    fault: 'both stores rebuilt from the raw topics under load; the first attempt at each is killed with -9',
    expectation:
      'Readers see every event once, those that came meanwhile too, and none that is no longer made.',
    run: rebuildStores,
  },
];

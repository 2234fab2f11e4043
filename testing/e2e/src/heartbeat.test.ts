import { hostname } from 'node:os';
import { waitUntil } from '@sluice/kafka/testing/wait-until';
import { canonicalTopics } from '@sluice/schemas/topics';
import { startSystem, type System } from './system.ts';

let system: System;
beforeAll(async () => {
  system = await startSystem();
}, 120_000);
afterAll(() => system.close(), 60_000);

const stages = ['normalizer', 'sink-clickhouse', 'sink-elasticsearch'] as const;

/** Age of the newest heartbeat that passed a stage, in seconds. */
async function ageAt(stage: (typeof stages)[number]): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${system.plan.opsPorts[stage]}/metrics`);
  return Number(/^sluice_heartbeat_age_seconds\{[^}]*\} (\S+)$/m.exec(await answer.text())?.[1]);
}

async function beatsIn(store: 'clickhouse' | 'elasticsearch'): Promise<number[]> {
  const { clickhouseUrl, elasticsearchUrl } = system.endpoints;
  if (store === 'clickhouse') {
    const body = `SELECT ingress, beat FROM ${system.stream}.heartbeat_latest FORMAT JSONEachRow`;
    const text = await (await fetch(clickhouseUrl, { method: 'POST', body })).text();
    const rows = text.split('\n').filter((line) => line !== '');
    return rows.map((line) => JSON.parse(line) as Beat).map(beatOf);
  }
  const indices = `${elasticsearchUrl}/${system.stream}_heartbeat-*`;
  await fetch(`${indices}/_refresh?allow_no_indices=true`, { method: 'POST' });
  const answer = await fetch(`${indices}/_search?allow_no_indices=true`);
  const { hits } = (await answer.json()) as { hits: { hits: { _source: Beat }[] } };
  return hits.hits.map(({ _source }) => beatOf(_source));
}

interface Beat {
  readonly ingress: string;
  readonly beat: number | string;
}

function beatOf({ ingress, beat }: Beat): number {
  expect(ingress).toBe(hostname());
  return Number(beat);
}

test('without a push every stage sees heartbeats, and each store holds one of this ingress', async () => {
  for (const store of ['clickhouse', 'elasticsearch'] as const) {
    // A later one takes the place of the one before.
    await waitUntil(`${store} has the third`, async () => ((await beatsIn(store))[0] ?? 0) >= 3, 60_000);
    expect(await beatsIn(store)).toHaveLength(1);
  }
  for (const stage of stages) expect(await ageAt(stage)).toBeLessThan(30);
}, 90_000);

test('no table and no index of events has any of it', async () => {
  const { clickhouseUrl, elasticsearchUrl } = system.endpoints;
  const tables = canonicalTopics.map((topic) => topic.replace('.v1', '').replaceAll('-', '_'));
  const counts = tables.map((table) => `(SELECT count() FROM ${system.stream}.${table})`);
  const body = `SELECT ${counts.join(' + ')}`;
  expect(await (await fetch(clickhouseUrl, { method: 'POST', body })).text()).toBe('0\n');
  const all = `${elasticsearchUrl}/${system.stream}-*`;
  await fetch(`${all}/_refresh?allow_no_indices=true`, { method: 'POST' });
  const found = (await (await fetch(`${all}/_count?allow_no_indices=true`)).json()) as { count: number };
  expect(found.count).toBe(0);
});

test('behind a stage that stands still the age grows, and falls when it continues', async () => {
  await system.kill('normalizer');
  await waitUntil('the sinks wait', async () => (await ageAt('sink-clickhouse')) > 8, 30_000);
  expect(await ageAt('sink-elasticsearch')).toBeGreaterThan(7);
  await system.restart('normalizer');
  const isFresh = async (stage: (typeof stages)[number]): Promise<boolean> => (await ageAt(stage)) < 6;
  for (const stage of stages) await waitUntil(`${stage} is fresh`, () => isFresh(stage), 60_000);
}, 150_000);

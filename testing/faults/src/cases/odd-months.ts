import { storedTopics, type StoredTopic } from '@sluice/schemas/topics';
import { monthWindowOf } from '@sluice/sink/month';
import type { CaseContext, FaultCase, Finding } from '../fault-case.ts';
import { attackersWith } from '../system/attackers.ts';
import { drained, judge } from '../system/judge.ts';
import { startLoad } from '../system/load.ts';
import { createSealer } from '../system/seal.ts';
import type { System } from '../system/system.ts';
import { asSealed, probe, type Probe } from './probe.ts';
import { sendBatches } from './staff-batches.ts';

/** The middle of every month of a century, epoch ms. */
const months = Array.from({ length: 1_188 }, (_, at) => Date.UTC(2002, at, 15));

/** Clocks that are wrong, one month for each event, among ordinary traffic. */
async function oddMonths(context: CaseContext): Promise<Finding> {
  const system = await context.startSystem();
  const load = await startLoad(system, { seed: context.seed, rate: 20 });
  await load.untilAcknowledged(20);
  const every = context.pick(1, 12);
  const times = months.filter((_, at) => at % every === 0);
  const { sent: odd, problems } = await probe(system, await oddPushes(context, system, times));
  const actions = times.map((at) => ({
    id: `odd-${at}`,
    session: 's',
    action: 'connect',
    result: 'done',
    at,
  }));
  const halves = [actions.slice(0, actions.length / 2), actions.slice(actions.length / 2)];
  const batches = halves.map((half) => Buffer.from(JSON.stringify({ sdk: '1', actions: half })));
  const pages = await sendBatches(system, batches);
  await load.untilAcknowledged(50);
  const startedAt = performance.now();
  const sent = await load.finish();
  await drained(system);
  const places = [...(await partitionsOf(system)), ...(await indicesOf(system))];
  const most = places.toSorted((a, b) => b.count - a.count)[0];
  context.say(
    `${times.length} months; at most ${most?.count ?? 0} places of one topic (${most?.what ?? 'none'})`,
  );
  const tooMany = places.filter(({ count, topic }) => count > placesOf(topic));
  return judge(
    system,
    {
      types: sent.types,
      acknowledged: [...sent.acknowledged, ...odd.acknowledged, ...pages.sent.acknowledged],
    },
    {
      recoveryMs: performance.now() - startedAt,
      problems: [
        ...problems,
        ...pages.problems,
        ...tooMany.map(({ what, count, topic }) => `${what} has ${count}, more than ${placesOf(topic)}.`),
      ],
    },
  );
}

/** Documents of every vendor that dates its events itself. */
async function oddPushes({ seed }: CaseContext, system: System, times: readonly number[]): Promise<Probe[]> {
  const probes: Probe[] = [];
  for (const { attack, plain } of await attackersWith('eventsAt')) {
    const sealer = await createSealer(system.sourcesFile, plain, seed);
    for (const content of attack(times)) {
      const push = sealer.seal({ ...sealer.plain(), ...content });
      probes.push({ name: 'an odd clock', request: asSealed(push), expect: 'acknowledged', push });
    }
  }
  return probes;
}

/** The months of a topic's window at the receipt, the receipt's own among them, and the undated place. */
function placesOf(topic: StoredTopic): number {
  const { before, after } = monthWindowOf(topic);
  return before + 1 + after + 1;
}

interface Places {
  readonly topic: StoredTopic;
  readonly what: string;
  readonly count: number;
}

async function partitionsOf({ endpoints, stream }: System): Promise<Places[]> {
  const body = `SELECT table, uniqExact(partition) AS count FROM system.parts WHERE active AND database = '${stream}' GROUP BY table FORMAT JSONEachRow`;
  const answer = await fetch(endpoints.clickhouseUrl, { method: 'POST', body });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`ClickHouse did not tell its partitions: ${text}`);
  const rows = text.split('\n').filter((line) => line !== '');
  const counts = new Map(
    rows.map((line) => {
      const { table, count } = JSON.parse(line) as { table: string; count: string | number };
      return [table, Number(count)];
    }),
  );
  return storedTopics.map((topic) => {
    const table = nameOf(topic).replaceAll('-', '_');
    return { topic, what: `ClickHouse's table ${table}`, count: counts.get(table) ?? 0 };
  });
}

async function indicesOf({ endpoints, stream }: System): Promise<Places[]> {
  const answer = await fetch(`${endpoints.elasticsearchUrl}/_cat/indices/${stream}-*?h=index&format=json`);
  const found = (await answer.json()) as { index: string }[];
  if (!answer.ok) throw new Error(`Elasticsearch did not tell its indices: ${JSON.stringify(found)}`);
  return storedTopics.map((topic) => {
    const form = new RegExp(`^${stream}-${nameOf(topic)}-(\\d{4}-\\d{2}|undated)`);
    const count = found.filter(({ index }) => form.test(index)).length;
    return { topic, what: `Elasticsearch's ${nameOf(topic)}`, count };
  });
}

const nameOf = (topic: StoredTopic): string => topic.replace('.v1', '');

export const oddMonthCases: readonly FaultCase[] = [
  {
    name: 'odd-months',
    group: 'abuse',
    fault: `events of ${months.length} different months, by the vendors' documents and by staff pages`,
    expectation:
      'A topic has at most 27 partitions and indices (24 months before the receipt, one after, undated), staff actions 4; today’s events are in both stores.',
    run: oddMonths,
  },
];

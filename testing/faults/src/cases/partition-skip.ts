import { developmentSources } from '@sluice/start/development-sources';
import { topicOf } from '@sluice/schemas/topics';
import { collect } from '@sluice/start/collect';
import type { CaseContext, FaultCase, Finding } from '../fault-case.ts';
import type { HttpRule } from '../proxy/http-proxy.ts';
import { drained, judge } from '../system/judge.ts';
import { startLoad } from '../system/load.ts';
import { startSluice } from '../system/run-sluice.ts';
import { createSealer } from '../system/seal.ts';
import type { System } from '../system/system.ts';
import { waitFor } from '../system/wait-for.ts';
import { asSealed, probe } from './probe.ts';
import { editItems, refusedAs } from './refuse-items.ts';

const marker = 'refused-for-ever';
const groups = ['sink-clickhouse', 'sink-elasticsearch'] as const;

/** As a server answers that nobody knows: the whole insert fails for one row in it. */
const refuseInsert: HttpRule = ({ method, body }) =>
  method === 'POST' && body.includes(marker)
    ? {
        do: 'answer',
        status: 500,
        body: 'Code: 9999. DB::Exception: Unheard of. (UNHEARD_OF) (version 26.7)',
      }
    : undefined;

/** The item alone fails, in a way that says nothing about it. */
const refuseItem: HttpRule = ({ url, body }) => {
  if (!url.includes('_bulk') || !body.includes(marker)) return undefined;
  const lines = body.toString().split('\n');
  const ids = lines.flatMap((line, at) => {
    if (!line.includes(marker)) return [];
    const head = JSON.parse(lines[at - 1] ?? '{}') as { index?: { _id?: string } };
    return [head.index?._id ?? ''];
  });
  return editItems(body, (id) => (ids.includes(id) ? refusedAs(500, 'unheard_of_exception') : undefined));
};

interface Listed {
  readonly group: string;
  readonly blocked: { readonly place: string; readonly isExact: boolean } | null;
}

/** One record that both stores refuse for ever and for no reason that anybody knows, and an operator who looks. */
async function skipBlocked(context: CaseContext): Promise<Finding> {
  const { endpoints } = context;
  const clickhouse = await context.openHttpProxy(endpoints.clickhouseUrl);
  const elasticsearch = await context.openHttpProxy(endpoints.elasticsearchUrl);
  const system = await context.startSystem({
    through: { clickhouseUrl: clickhouse.url, elasticsearchUrl: elasticsearch.url },
  });
  clickhouse.setRule(refuseInsert);
  elasticsearch.setRule(refuseItem);
  const load = await startLoad(system, { seed: context.seed, rate: 30 });
  await load.untilAcknowledged(100);
  const sealer = await createSealer(system.sourcesFile, developmentSources.plain, `${context.seed} marker`);
  const text = `<xml><msgId>1</msgId><chatRecordId>1_77</chatRecordId><chatScore>1</chatScore><scoreSuggest>${marker}</scoreSuggest></xml>`;
  const push = sealer.seal({ ...sealer.plain(), dataType: 'chatScore', text });
  const { sent: marked, problems } = await probe(system, [
    { name: 'the marked push', request: asSealed(push), expect: 'acknowledged', push },
  ]);

  let places: readonly { group: string; place: string }[] = [];
  const isListed = async (): Promise<boolean> => {
    places = (await list(system)).flatMap(({ group, blocked }) =>
      blocked?.isExact === true ? [{ group, place: blocked.place }] : [],
    );
    return groups.every((group) => places.some((one) => one.group === group));
  };
  await waitFor('both sinks name the record that blocks them', isListed, 180_000);
  await load.untilAcknowledged(context.pick(500, 50));
  const startedAt = performance.now();
  for (const group of groups) {
    const place = places.find((one) => one.group === group)?.place ?? '';
    if (!place.startsWith(`${topicOf(system.stream, 'rating.v1')}/`))
      problems.push(`${group} is blocked at ${place}.`);
    const { code, output } = await sluice(system, ['skip', place, '--group', group, '--to-dead-letters']);
    context.say(`${group}: ${output.trim()}`);
    if (code !== 0) problems.push(`Skipping ${place} ended with ${code ?? 'a signal'}: ${output}`);
  }
  const sent = await load.finish();
  await drained(system);
  const recoveryMs = performance.now() - startedAt;
  if ((await list(system)).some(({ blocked }) => blocked !== null))
    problems.push('A partition is blocked still.');
  const { deadLetters } = await collect(endpoints, system.stream, system.since);
  const skipped = deadLetters.map(({ stage, reason }) => `${stage} ${reason}`).sort();
  if (skipped.join() !== 'SINK_CLICKHOUSE SKIPPED,SINK_ELASTICSEARCH SKIPPED')
    problems.push(`The dead letters are: ${skipped.slice(0, 5).join(', ')}.`);
  const ended = system.all
    .filter((service) => service.restarts() > 0)
    .map(({ name }) => `${name} ended of it.`);
  return judge(
    system,
    { types: sent.types, acknowledged: [...sent.acknowledged, ...marked.acknowledged] },
    { recoveryMs, problems: [...problems, ...ended] },
  );
}

/** @returns what `sluice partitions list` says, whether or not it ends with the code for a blocked one */
async function list(system: System): Promise<Listed[]> {
  const { output } = await sluice(system, ['list', '--json']);
  try {
    const lines = output.split('\n').filter((line) => line !== '');
    return lines
      .map((line) => JSON.parse(line) as Listed & { of: string })
      .filter(({ of }) => of === 'partition');
  } catch (cause) {
    throw new Error(`sluice partitions list said: ${output}`, { cause });
  }
}

function sluice({ endpoints, stream }: System, args: readonly string[]) {
  const place = ['--brokers', endpoints.kafkaBrokers.join(','), '--stream', stream];
  return startSluice(['partitions', ...args, ...place]).ended;
}

export const partitionSkipCases: readonly FaultCase[] = [
  {
    name: 'partition-skip',
    group: 'workers',
    fault:
      'one record that ClickHouse and Elasticsearch refuse for ever with an unknown error (by the proxy), so that it blocks its partition in both sinks; `sluice partitions list` and `skip` under load',
    expectation:
      'It is listed with its place; skipping moves it alone to the dead letters while the workers run, and the rest of its partition arrives.',
    run: skipBlocked,
  },
];

import { setTimeout as delay } from 'node:timers/promises';
import { topicOf } from '@sluice/schemas/topics';
import type { CaseContext, FaultCase, Finding } from '../fault-case.ts';
import type { HttpRule } from '../proxy/http-proxy.ts';
import { drained, judge } from '../system/judge.ts';
import { startLoad } from '../system/load.ts';
import type { System } from '../system/system.ts';

/** How old the oldest unfinished record of a table may be that answers, in seconds. */
const mostLateSeconds = 15;

type Store = 'clickhouse' | 'elasticsearch';

/** What writes messages gets no answer, as from a server that waits for a lock or for a replica. */
const hangMessages = (stream: string): Record<Store, HttpRule> => ({
  clickhouse: ({ method, url, body }) =>
    method === 'POST' && /INSERT INTO \S+\.`message`\s/.test(url + body.toString('latin1', 0, 200))
      ? { do: 'hang' }
      : undefined,
  elasticsearch: ({ url, body }) =>
    url.includes('_bulk') && body.includes(`"_index":"${stream}-message-`) ? { do: 'hang' } : undefined,
});

/** One table or index that never answers, while the others are written. */
async function hangOne(context: CaseContext, store: Store): Promise<Finding> {
  const proxy = await context.openHttpProxy(context.endpoints[`${store}Url`]);
  const system = await context.startSystem({ through: { [`${store}Url`]: proxy.url } });
  const load = await startLoad(system, { seed: context.seed, rate: 60 });
  await load.untilAcknowledged(200);
  proxy.setRule(hangMessages(system.stream)[store]);
  const problems = await watch(context, system, store);
  if (proxy.befallen() === 0) problems.push('No write met the fault: the case proves nothing.');
  context.say(`${proxy.befallen()} writes got no answer`);
  // Those that wait for it still time out.
  proxy.setRule(null);
  const startedAt = performance.now();
  const sent = await load.finish();
  await drained(system);
  return judge(system, sent, { recoveryMs: performance.now() - startedAt, problems });
}

/** Looks for as long as the case takes how late the tables are. */
async function watch(context: CaseContext, system: System, store: Store): Promise<string[]> {
  const sink = system.service(`sink-${store}`);
  const ofMessages = `topic="${topicOf(system.stream, 'message.v1')}",`;
  const startedAt = performance.now();
  const elapsed = (): number => (performance.now() - startedAt) / 1_000;
  let [others, messages] = [0, 0];
  while (elapsed() < context.pick(300, 75)) {
    const ages = [...(await sink.metricByLabels('sluice_consumer_lag_seconds'))];
    const [ofIt = [], ofOthers = []] = [true, false].map((isIt) =>
      ages.flatMap(([labels, seconds]) => (labels.startsWith(ofMessages) === isIt ? [seconds] : [])),
    );
    others = Math.max(others, ...ofOthers);
    messages = Math.max(...ofIt);
    await delay(1_000);
  }
  context.say(`the others were ${others.toFixed(1)} s late, messages ${messages.toFixed(0)} s`);
  return [
    ...(others > mostLateSeconds ? [`What answers was ${others} s late.`] : []),
    ...(messages < elapsed() - mostLateSeconds
      ? [`Messages are said to be ${messages} s late after ${elapsed()} s.`]
      : []),
  ];
}

const expectation = 'The others are written as usual, and messages arrive afterwards.';

export const tableHangsCases: readonly FaultCase[] = [
  {
    name: 'one-table-hangs',
    group: 'workers',
    fault: 'ClickHouse never answers what is inserted into the table of messages, for 5 min',
    expectation,
    run: (context) => hangOne(context, 'clickhouse'),
  },
  {
    name: 'one-index-hangs',
    group: 'workers',
    fault: 'Elasticsearch never answers what is written into an index of messages, for 5 min',
    expectation,
    run: (context) => hangOne(context, 'elasticsearch'),
  },
];

import { setTimeout as delay } from 'node:timers/promises';
import type { CaseContext, FaultCase, Finding } from '../fault-case.ts';
import type { HttpFault, HttpRule, SeenRequest } from '../proxy/http-proxy.ts';
import { drained, judge } from '../system/judge.ts';
import { startLoad } from '../system/load.ts';
import { refuseItems } from './refuse-items.ts';

type Store = 'clickhouse' | 'elasticsearch';
const urlOf = { clickhouse: 'clickhouseUrl', elasticsearch: 'elasticsearchUrl' } as const;

function isWrite({ url, method, body }: SeenRequest): boolean {
  if (method !== 'POST' && method !== 'PUT') return false;
  return (
    url.includes('_bulk') ||
    /INSERT INTO/i.test(url) ||
    /^\s*INSERT INTO/i.test(body.toString('latin1', 0, 200))
  );
}

/** Some of the writes, drawn from the seed, meet a fault; then none does. */
async function withBadWrites(context: CaseContext, store: Store, rule: HttpRule): Promise<Finding> {
  const proxy = await context.openHttpProxy(context.endpoints[urlOf[store]]);
  const system = await context.startSystem({ through: { [urlOf[store]]: proxy.url } });
  proxy.setRule((request) => (isWrite(request) && context.random.chance(0.5) ? rule(request) : undefined));
  const load = await startLoad(system, { seed: context.seed, rate: 60 });
  await load.untilAcknowledged(context.pick(2_000, 300));
  proxy.setRule(null);
  const startedAt = performance.now();
  const sent = await load.finish();
  await drained(system);
  const problems = proxy.befallen() === 0 ? ['No write met the fault: the case proves nothing.'] : [];
  context.say(`${proxy.befallen()} writes met the fault`);
  return judge(system, sent, { recoveryMs: performance.now() - startedAt, problems });
}

/** The server is gone for a while: every connection is reset, and new ones are. */
async function withStoreGone(context: CaseContext, store: Store): Promise<Finding> {
  const { proxy, url } = await context.openTcpProxy(context.endpoints[urlOf[store]]);
  const system = await context.startSystem({ through: { [urlOf[store]]: url } });
  const load = await startLoad(system, { seed: context.seed, rate: 60 });
  await load.untilAcknowledged(100);
  for (let round = 0; round < context.pick(5, 1); round += 1) {
    proxy.setMode('refuse');
    await delay(context.pick(8, 4) * 1_000);
    proxy.setMode('pass');
    await delay(context.random.integer(200, 2_000));
  }
  const startedAt = performance.now();
  const sent = await load.finish();
  await drained(system);
  return judge(system, sent, { recoveryMs: performance.now() - startedAt });
}

/** A setting of the store makes every write fail, and is taken back. */
async function withSetting(
  context: CaseContext,
  change: { begin: (stream: string) => Promise<void>; end: (stream: string) => Promise<void> },
): Promise<Finding> {
  const system = await context.startSystem();
  const load = await startLoad(system, { seed: context.seed, rate: 60 });
  await load.untilAcknowledged(200);
  await change.begin(system.stream);
  await delay(context.pick(20, 6) * 1_000);
  await change.end(system.stream);
  const startedAt = performance.now();
  const sent = await load.finish();
  await drained(system);
  return judge(system, sent, { recoveryMs: performance.now() - startedAt });
}

async function command(url: string, init: RequestInit): Promise<void> {
  const answer = await fetch(url, init);
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
}

function clickhouse(context: CaseContext, statement: string): Promise<void> {
  return command(context.endpoints.clickhouseUrl, { method: 'POST', body: statement });
}

/** @param value as Elasticsearch takes it; null takes the setting back */
function blockIndices(
  context: CaseContext,
  stream: string,
  block: string,
  value: true | null,
): Promise<void> {
  return command(`${context.endpoints.elasticsearchUrl}/${stream}-*/_settings?allow_no_indices=true`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ [`index.blocks.${block}`]: value }),
  });
}

const busy = JSON.stringify({
  error: { type: 'es_rejected_execution_exception', reason: 'rejected by the fault suite' },
  status: 429,
});

const badWrites = (
  name: string,
  store: Store,
  fault: string,
  expectation: string,
  rule: HttpRule,
): FaultCase => ({
  ...{ name, group: 'workers', fault, expectation },
  run: (context) => withBadWrites(context, store, rule),
});

const blocked = 'The partition is blocked, the write is done again, and each event is visible once.';

const exception =
  'Code: 241. DB::Exception: Memory limit (total) exceeded. (MEMORY_LIMIT_EXCEEDED) (version 26.7)';
/** As a server writes it that began to answer before it knew how the insert ends. */
const bodiesOf200 = [
  exception,
  `\r\n{"read_rows":"20","written_rows":"20"}\r\n${exception}`,
  `__exception__\r\n${exception}\r\n__exception__`,
];

/** Status 200 with an exception in the body: behind rows that are written, and behind rows that are not. */
function exceptionIn200({ random }: CaseContext, { body }: SeenRequest): HttpFault {
  const said = random.pick(bodiesOf200);
  return random.chance(0.5)
    ? { do: 'answer', status: 200, body: said }
    : { do: 'edit', request: body, answer: () => said };
}

export const storeCases: readonly FaultCase[] = [
  badWrites('clickhouse-killed-mid-insert', 'clickhouse', 'every second insert broken off half-way', blocked, () => ({ do: 'cut-request' })), // prettier-ignore
  badWrites('clickhouse-answer-cut', 'clickhouse', 'every second insert done, its answer cut off', blocked, () => ({ do: 'cut-answer' })), // prettier-ignore
  {
    name: 'clickhouse-200-exception',
    group: 'workers',
    fault:
      'every second insert answered 200 with an exception in the body, alone, behind progress, or between markers; half of those inserts never reach the server',
    expectation:
      'No status is believed alone: the write is done again until it is one, and every row is there.',
    run: (context) => withBadWrites(context, 'clickhouse', (request) => exceptionIn200(context, request)),
  },
  {
    name: 'clickhouse-away',
    group: 'workers',
    fault: 'ClickHouse resets and refuses connections for 8 s, 5 times',
    expectation: blocked,
    run: (context) => withStoreGone(context, 'clickhouse'),
  },
  {
    name: 'clickhouse-table-missing',
    group: 'workers',
    fault: 'the table of conversations renamed away for 20 s',
    expectation: 'That is the server’s fault: the partition is blocked, and nothing is a dead letter for it.',
    run: (context) =>
      withSetting(context, {
        begin: (stream) =>
          clickhouse(context, `RENAME TABLE ${stream}.conversation TO ${stream}.conversation_away`),
        end: (stream) =>
          clickhouse(context, `RENAME TABLE ${stream}.conversation_away TO ${stream}.conversation`),
      }),
  },
  badWrites('elasticsearch-killed-mid-bulk', 'elasticsearch', 'every second bulk request broken off half-way', blocked, () => ({ do: 'cut-request' })), // prettier-ignore
  badWrites('elasticsearch-answer-cut', 'elasticsearch', 'every second bulk request done, its answer cut off', blocked, () => ({ do: 'cut-answer' })), // prettier-ignore
  badWrites('elasticsearch-429-request', 'elasticsearch', 'every second bulk request answered 429', 'The request is sent again; no dead letter for it.', () => ({ do: 'answer', status: 429, body: busy })), // prettier-ignore
  badWrites('elasticsearch-429-item', 'elasticsearch', 'some items of every second bulk request answered 429', 'The items are sent again; no dead letter for it.', ({ body }) => refuseItems(body)), // prettier-ignore
  {
    name: 'elasticsearch-away',
    group: 'workers',
    fault: 'Elasticsearch resets and refuses connections for 8 s, 5 times',
    expectation: blocked,
    run: (context) => withStoreGone(context, 'elasticsearch'),
  },
  {
    name: 'elasticsearch-index-blocked',
    group: 'workers',
    fault: 'all indices read-only (index.blocks.read_only_allow_delete) for 20 s',
    expectation: 'That is the server’s fault: the partition is blocked, and nothing is a dead letter for it.',
    run: (context) =>
      withSetting(context, {
        begin: (stream) => blockIndices(context, stream, 'read_only_allow_delete', true),
        end: (stream) => blockIndices(context, stream, 'read_only_allow_delete', null),
      }),
  },
];

import { createHash } from 'node:crypto';
import { collect } from '@sluice/start/collect';
import type { CaseContext, FaultCase, Finding } from '../fault-case.ts';
import type { HttpRule } from '../proxy/http-proxy.ts';
import { drained, judge } from '../system/judge.ts';
import { startLoad } from '../system/load.ts';
import { editItems, refusedAs } from './refuse-items.ts';

/** ClickHouse itself refuses one row in fifty of messages, for what is in it. */
async function refusedRows(context: CaseContext): Promise<Finding> {
  const system = await context.startSystem();
  const constraint = `ALTER TABLE ${system.stream}.message ADD CONSTRAINT faults CHECK cityHash64(event_id) % 50 != 0`;
  const answer = await fetch(context.endpoints.clickhouseUrl, { method: 'POST', body: constraint });
  if (!answer.ok) throw new Error(`The constraint was refused: ${await answer.text()}`);
  const load = await startLoad(system, { seed: context.seed, rate: 60 });
  await load.untilAcknowledged(context.pick(3_000, 400));
  const sent = await load.finish();
  await drained(system);
  return judge(system, sent);
}

/** Of the items of a bulk request one in twenty is refused permanently, others for now, the rest is written. */
async function mixedItems(context: CaseContext): Promise<Finding> {
  const proxy = await context.openHttpProxy(context.endpoints.elasticsearchUrl);
  const system = await context.startSystem({ through: { elasticsearchUrl: proxy.url } });
  const rule: HttpRule = ({ url, body }) => {
    if (!url.includes('_bulk')) return undefined;
    return editItems(body, (id) => {
      // A permanent refusal: the same item is refused every time.
      if (digestOf(id) % 20 === 0) return refusedAs(400, 'document_parsing_exception');
      return context.random.chance(0.2) ? refusedAs(429, 'es_rejected_execution_exception') : undefined;
    });
  };
  proxy.setRule(rule);
  const load = await startLoad(system, { seed: context.seed, rate: 60 });
  await load.untilAcknowledged(context.pick(2_000, 300));
  const sent = await load.finish();
  await drained(system);
  context.say(`${proxy.befallen()} bulk requests had mixed answers`);
  return judge(system, sent);
}

/**
 * The index of this month stands already, made by hand, and holds a yes or no where the messages of one vendor have the id
 * of their sender. The other's have none, and fit.
 */
async function conflictingIndex(context: CaseContext): Promise<Finding> {
  const { elasticsearchUrl, clickhouseUrl } = context.endpoints;
  const month = new Date().toISOString().slice(0, 7);
  const system = await context.startSystem({
    async beforeSetUp(stream) {
      const index = `${elasticsearchUrl}/${stream}-message-${month}`;
      const body = { mappings: { properties: { sender_id: { type: 'boolean' } } } };
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(index, { method: 'PUT', headers, body: JSON.stringify(body) });
      if (!answer.ok) throw new Error(`The index was refused: ${await answer.text()}`);
    },
  });
  const load = await startLoad(system, { seed: context.seed, rate: 60 });
  await load.untilAcknowledged(context.pick(2_000, 300));
  const sent = await load.finish();
  await drained(system);

  const query = `SELECT toString(event_id) FROM ${system.stream}.message_latest WHERE notEmpty(toString(sender_id)) AND formatDateTime(occurred_at, '%Y-%m', 'UTC') = '${month}' FORMAT TSV`;
  const answer = await fetch(clickhouseUrl, { method: 'POST', body: query });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`ClickHouse did not tell the senders: ${text}`);
  const conflicting = new Set(text.split('\n').filter((line) => line !== ''));
  const { deadLetters } = await collect(system.endpoints, system.stream, system.since);
  const refused = new Set(
    deadLetters.filter(({ stage }) => stage === 'SINK_ELASTICSEARCH').map(({ id }) => id),
  );
  context.say(`${conflicting.size} messages conflict, ${refused.size} dead letters`);
  const kept = [...conflicting].filter((id) => !refused.has(id)).length;
  const innocent = [...refused].filter((id) => !conflicting.has(id)).length;
  const problems = [
    ...(conflicting.size === 0 ? ['No message conflicts: the case proves nothing.'] : []),
    ...(kept > 0 ? [`${kept} conflicting messages are no dead letters.`] : []),
    ...(innocent > 0 ? [`${innocent} dead letters are of messages that do not conflict.`] : []),
  ];
  return judge(system, sent, { problems });
}

function digestOf(id: string): number {
  return createHash('sha256').update(id).digest().readUInt16BE(0);
}

/** As ClickHouse words it: a code, and a name in brackets. */
async function answeredBy(context: CaseContext, code: number, text: string): Promise<Finding> {
  const proxy = await context.openHttpProxy(context.endpoints.clickhouseUrl);
  const system = await context.startSystem({ through: { clickhouseUrl: proxy.url } });
  const body = `Code: ${code}. DB::Exception: ${text} (version 26.7)`;
  proxy.setRule(({ url, body: sent }) => {
    const isInsert = /INSERT INTO/i.test(url) || /^\s*INSERT INTO/i.test(sent.toString('latin1', 0, 200));
    return isInsert && context.random.chance(0.7) ? { do: 'answer', status: 500, body } : undefined;
  });
  const load = await startLoad(system, { seed: context.seed, rate: 60 });
  await load.untilAcknowledged(context.pick(2_000, 300));
  proxy.setRule(null);
  const startedAt = performance.now();
  const sent = await load.finish();
  await drained(system);
  context.say(`${proxy.befallen()} inserts were refused`);
  return judge(system, sent, { recoveryMs: performance.now() - startedAt });
}

const blocked = 'The partition is blocked, the write is done again, and nothing is a dead letter for it.';

export const refusalCases: readonly FaultCase[] = [
  {
    name: 'clickhouse-too-many-parts',
    group: 'workers',
    fault: 'most inserts answered TOO_MANY_PARTS (252) by the proxy',
    expectation: blocked,
    run: (context) => answeredBy(context, 252, 'Too many parts (300). Merges are processing significantly slower than inserts. (TOO_MANY_PARTS)'), // prettier-ignore
  },
  {
    name: 'clickhouse-read-only',
    group: 'workers',
    fault: 'most inserts answered READONLY (164) by the proxy',
    expectation: blocked,
    run: (context) => answeredBy(context, 164, 'Cannot execute query in readonly mode. (READONLY)'),
  },
  {
    name: 'clickhouse-type-error',
    group: 'workers',
    fault: 'ClickHouse refuses one row in 50 for what is in it (a constraint on the table)',
    expectation: 'That row alone is a dead letter; its neighbours are written.',
    run: refusedRows,
  },
  {
    name: 'elasticsearch-mixed-items',
    group: 'workers',
    fault: 'bulk answers in which items are written, refused permanently (400) and refused for now (429)',
    expectation: 'Each by its id: written, a dead letter, sent again.',
    run: mixedItems,
  },
  {
    name: 'elasticsearch-mapping-conflict',
    group: 'workers',
    fault: 'an index made by hand, whose mapping of one field conflicts with some messages',
    expectation: 'Those messages alone are dead letters of the sink; all others are written.',
    run: conflictingIndex,
  },
];

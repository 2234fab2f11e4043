import { developmentVendors } from '@sluice/start/development-sources';
import { setTimeout as delay } from 'node:timers/promises';
import { applyStreamTopics } from '@sluice/cli/apply-stream-topics';
import { deleteTopics, findTopics } from '@sluice/kafka/topics-admin';
import { canonicalTopics, topicOf, type TopicName, rawTopicOf } from '@sluice/schemas/topics';
import { collect } from '@sluice/start/collect';
import { rawTopics } from '@sluice/vendors/topics';
import type { CaseContext, FaultCase, Finding } from '../fault-case.ts';
import { drained, judge, type Sent } from '../system/judge.ts';
import { startLoad } from '../system/load.ts';
import type { System } from '../system/system.ts';
import { waitFor } from '../system/wait-for.ts';
import { withAdmin } from '../system/with-admin.ts';

async function addPartitions(context: CaseContext): Promise<Finding> {
  const system = await context.startSystem();
  const load = await startLoad(system, { seed: context.seed, rate: 60 });
  await load.untilAcknowledged(100);
  const grown = [...rawTopics, 'conversation.v1' as const, 'message.v1' as const].map((name) => ({
    topic: topicOf(system.stream, name),
    count: 9,
  }));
  await withAdmin(system, (admin) => admin.createPartitions({ topicPartitions: grown }));
  // The publisher looks for partitions every 30 s; the groups every 5 min, or at the next rebalance.
  await load.untilAcknowledged(context.pick(3_000, 2_400));
  const startedAt = performance.now();
  const sent = await load.finish();
  await drained(system, 330_000);
  return judge(system, sent, { recoveryMs: performance.now() - startedAt });
}

/**
 * Topics deleted by an operator's slip, and made again as `sluice topics apply` does. What only they held is gone by
 * that hand; what is acknowledged after the deletion is another load, and is judged alone.
 */
async function deleteTopic(context: CaseContext, names: readonly TopicName[]): Promise<Finding> {
  const system = await context.startSystem();
  const { endpoints, stream } = system;
  const connection = { brokers: endpoints.kafkaBrokers, clientId: 'sluice-faults' };
  const before = await startLoad(system, { seed: context.seed, rate: 60 });
  await before.untilAcknowledged(context.pick(1_000, 300));
  const fullNames = names.map((name) => topicOf(stream, name));
  await deleteTopics(connection, fullNames);
  const gone = async (): Promise<boolean> => (await findTopics(connection, fullNames)).size === 0;
  await waitFor('the topics are gone', gone, 60_000);
  const deletedAtMs = Date.now();
  const load = await startLoad(system, { seed: `${context.seed} after`, rate: 60 });
  await load.untilAcknowledged(50);
  await delay(context.pick(30, 5) * 1_000);
  context.say(`${load.counts().acknowledged} acknowledged without ${fullNames.join(' and ')}`);
  await applyStreamTopics(connection, stream, { replicas: 1 });
  const startedAt = performance.now();
  await before.finish();
  await load.untilAcknowledged(100);
  const sent = await load.finish();
  await drained(system);
  const recoveryMs = performance.now() - startedAt;
  const missing = await pushesWithoutEvents(system, sent, deletedAtMs);
  const problems = missing > 0 ? [`${missing} pushes acknowledged after the deletion have no event.`] : [];
  return judge(system, sent, { recoveryMs, problems, scope: 'acknowledged' });
}

/**
 * Counts pushes whose raw record became no event and no dead letter. By time too: the records of a topic that was
 * made again are at offsets that others had before them, which a worker could take for done.
 */
async function pushesWithoutEvents(
  { endpoints, stream, since }: System,
  { acknowledged }: Sent,
  receivedSinceMs: number,
): Promise<number> {
  const tables = canonicalTopics.map((topic) => topic.replace('.v1', '').replaceAll('-', '_'));
  const positions = tables.map(
    (table) =>
      `SELECT concat(raw_topic, '/', toString(raw_partition), '/', toString(raw_offset)) AS position FROM ${stream}.${table} WHERE received_at >= fromUnixTimestamp64Milli(${receivedSinceMs})`,
  );
  const query = `SELECT DISTINCT position FROM (${positions.join(' UNION ALL ')}) FORMAT TSV`;
  const answer = await fetch(endpoints.clickhouseUrl, { method: 'POST', body: query });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`ClickHouse did not tell the positions: ${text}`);
  const { raw, deadLetters } = await collect(endpoints, stream, since);
  const ended = new Set([...text.split('\n'), ...deadLetters.map(({ position }) => position)]);
  return acknowledged.filter(({ sourceId, payloadHash }) => {
    const found = raw.get(`${sourceId}/${payloadHash}`);
    return found && ![...found.positions].some((position) => ended.has(position));
  }).length;
}

export const topicCases: readonly FaultCase[] = [
  {
    name: 'partitions-added',
    group: 'kafka',
    fault: 'partitions added to the raw and to two canonical topics under load',
    expectation: 'Within 5 min records in the new partitions are read, from their first on.',
    run: addPartitions,
  },
  {
    name: 'topic-deleted',
    group: 'kafka',
    fault: 'a raw topic and a canonical one deleted under load, and made again after a while',
    expectation:
      'Ingress spools and the workers hold, or end and are started again. What only the deleted topics held is gone by the hand that deleted them; everything acknowledged after the deletion is kept and ends in both stores.',
    run: (context) => deleteTopic(context, [rawTopicOf(developmentVendors.first), 'message.v1']),
  },
];

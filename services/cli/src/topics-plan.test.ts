import type { FoundTopic, PlannedTopic, TopicsPlan } from '@sluice/kafka/topics-admin';
import { byHand, isPending, planLine, planSum, risksOfPlan } from './topics-plan.ts';

const day = 86_400_000;
const create = (name: string, replicas: number, retentionMs = day): PlannedTopic => ({
  outcome: 'create',
  retentionMs,
  topic: {
    ...{ name, partitions: 6, replicas },
    settings: [
      { name: 'retention.ms', value: String(retentionMs) },
      { name: 'min.insync.replicas', value: String(Math.min(2, replicas)) },
    ],
  },
});
const retention = (name: string, from: number, to: number): PlannedTopic => ({
  ...{ outcome: 'change', name, partitions: null },
  settings: [{ name: 'retention.ms', from: String(from), value: String(to), isOwn: true }],
});
const found = (change: Partial<FoundTopic> = {}): FoundTopic => ({
  ...{ partitions: 6, replicas: 3, minInSyncReplicas: 2, maxMessageBytes: 1 },
  ...{ retentionMs: day, uncleanElection: false, ...change },
});
const planWith = (
  planned: readonly PlannedTopic[],
  topics: Record<string, FoundTopic> = {},
  brokers = 3,
): TopicsPlan => ({ planned, now: { topics: new Map(Object.entries(topics)), brokers, unread: null } });

const oneCopy = { replicas: 1, minInSyncReplicas: 1 };
test.each<[string, TopicsPlan, string[], string[]]>([
  ['three replicas', planWith([create('a', 3)]), [], []],
  ['a new topic with one replica', planWith([create('a', 1)]), ['one-replica'], []],
  ['one replica on the only broker', planWith([create('a', 1)], {}, 1), [], []],
  ['one replica of a topic that is there', planWith([{ outcome: 'unchanged', name: 'a' }], { a: found(oneCopy) }), [], ['one-replica']], // prettier-ignore
  ['a new topic with a short retention', planWith([create('a', 3, 1)]), ['short-retention'], []],
  [
    'a retention that becomes short',
    planWith([retention('a', day, 1)], { a: found() }),
    ['short-retention'],
    [],
  ],
  ['a short retention that becomes shorter', planWith([retention('a', 2, 1)], { a: found({ retentionMs: 2 }) }), [], ['short-retention']], // prettier-ignore
  ['a short retention that becomes long', planWith([retention('a', 1, day)], { a: found({ retentionMs: 1 }) }), [], []], // prettier-ignore
  ['unclean elections', planWith([{ outcome: 'unchanged', name: 'a' }], { a: found({ uncleanElection: true }) }), [], ['unclean-election']], // prettier-ignore
])('risks of a plan: %s', (_name, plan, caused, present) => {
  const risks = risksOfPlan(plan, []);
  expect(risks.caused.map(({ risk }) => risk)).toEqual(caused);
  expect(risks.present.map(({ risk }) => risk)).toEqual(present);
});

test('a risk that min.insync.replicas of the plan ends is not told', () => {
  const raise: PlannedTopic = {
    ...{ outcome: 'change', name: 'a', partitions: null },
    settings: [{ name: 'min.insync.replicas', from: '1', value: '2', isOwn: true }],
  };
  const now = { a: found({ minInSyncReplicas: 1 }) };
  expect(risksOfPlan(planWith([raise], now), [])).toEqual({ caused: [], present: [] });
});

test('one risk may be old for a topic and new for another', () => {
  const plan = planWith([create('a', 1), { outcome: 'unchanged', name: 'b' }], { b: found(oneCopy) });
  expect(risksOfPlan(plan, [])).toEqual({
    caused: [{ risk: 'one-replica', topics: ['a'] }],
    present: [{ risk: 'one-replica', topics: ['b'] }],
  });
  expect(risksOfPlan(plan, ['one-replica'])).toEqual({ caused: [], present: [] });
});

const unknown: PlannedTopic = { outcome: 'unknown', name: 'a', settings: [{ name: 'x', value: '1' }] };
const change: PlannedTopic = {
  ...{ outcome: 'change', name: 'a', partitions: { from: 3, to: 6 } },
  settings: [
    { name: 'x', from: '1', value: '2', isOwn: true },
    { name: 'y', from: '3', value: '4', isOwn: false },
  ],
};
test.each<[PlannedTopic, string, string]>([
  [create('a', 3), 'a: create, partitions=6 replicas=3 retention.ms=86400000 min.insync.replicas=2', 'a: partitions=6 replicas=3 retention.ms=86400000 min.insync.replicas=2'], // prettier-ignore
  [change, 'a: partitions 3 → 6, x 1 → 2, y 3 (inherited) → 4', 'a: partitions=6 x=2 y=4'],
  [unknown, 'a: its settings are not known', 'a: x=1'],
])('$outcome: the line of the plan, and what is set by hand', (plan, line, hand) => {
  expect([planLine(plan), byHand(plan)]).toEqual([line, hand]);
});

test('what is left to be set by hand depends on what Kafka refused', () => {
  const left = (call: 'CreateTopics' | 'CreatePartitions' | 'IncrementalAlterConfigs' | 'DescribeConfigs') =>
    [create('a', 3), change, unknown].filter((one) => isPending(one, new Set([call]))).map(({ outcome }) => outcome); // prettier-ignore
  expect(left('CreateTopics')).toEqual(['create', 'unknown']);
  expect(left('CreatePartitions')).toEqual(['change', 'unknown']);
  expect(left('IncrementalAlterConfigs')).toEqual(['change', 'unknown']);
  expect(left('DescribeConfigs')).toEqual(['unknown']);
});

test('the sum counts each kind', () => {
  expect(planSum([create('a', 3), change, unknown])).toBe(
    'Nothing was changed. To create: 1. To change: 1. Unchanged: 0. Not known: 1.',
  );
});

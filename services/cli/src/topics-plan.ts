import { risksOf, type FoundRisk, type TopicRisk } from '@sluice/kafka/topic-risks';
import type { AdminRefused, FoundTopic, PlannedTopic, TopicsPlan } from '@sluice/kafka/topics-admin';

/**
 * The risks of topics as a plan leaves them, without those that the operator accepts.
 * @returns `caused`: the plan brings it; `present`: the topics have it already
 */
export function risksOfPlan(
  { planned, now }: TopicsPlan,
  allowed: readonly TopicRisk[],
): { caused: FoundRisk[]; present: FoundRisk[] } {
  const after = new Map(planned.flatMap((one) => afterOf(one, now.topics)));
  const before = new Map(risksOf(now.topics, now.brokers).map(({ risk, topics }) => [risk, new Set(topics)]));
  const split = { caused: [] as FoundRisk[], present: [] as FoundRisk[] };
  for (const { risk, topics } of risksOf(after, now.brokers)) {
    if (allowed.includes(risk)) continue;
    const isNew = (topic: string): boolean => !(before.get(risk)?.has(topic) ?? false);
    const [caused, present] = [topics.filter(isNew), topics.filter((topic) => !isNew(topic))];
    if (caused.length > 0) split.caused.push({ risk, topics: caused });
    if (present.length > 0) split.present.push({ risk, topics: present });
  }
  return split;
}

/** A topic as it is when the plan is done. */
function afterOf(plan: PlannedTopic, topics: ReadonlyMap<string, FoundTopic>): [string, FoundTopic][] {
  if (plan.outcome === 'create') {
    const { name, partitions, replicas, settings } = plan.topic;
    const valueOf = (setting: string): number => Number(settings.find((one) => one.name === setting)?.value);
    return [
      [
        name,
        {
          ...{ partitions, replicas, retentionMs: plan.retentionMs, uncleanElection: null },
          minInSyncReplicas: valueOf('min.insync.replicas'),
          maxMessageBytes: valueOf('max.message.bytes'),
        },
      ],
    ];
  }
  const found = topics.get(plan.name);
  if (!found) return [];
  const changed = plan.outcome === 'change' ? plan.settings : [];
  const valueOf = (setting: string, now: number | null): number | null => {
    const change = changed.find((one) => one.name === setting);
    return change ? Number(change.value) : now;
  };
  const minInSyncReplicas = valueOf('min.insync.replicas', found.minInSyncReplicas);
  return [
    [plan.name, { ...found, minInSyncReplicas, retentionMs: valueOf('retention.ms', found.retentionMs) }],
  ];
}

/** What is to be done with a topic, in one line. */
export function planLine(plan: PlannedTopic): string {
  switch (plan.outcome) {
    case 'create':
      return `${plan.topic.name}: create, ${wholeOf(plan)}`;
    case 'unchanged':
      return `${plan.name}: unchanged`;
    case 'unknown':
      return `${plan.name}: its settings are not known`;
    case 'change': {
      const { partitions, settings } = plan;
      const parts = [
        ...(partitions ? [`partitions ${partitions.from} → ${partitions.to}`] : []),
        ...settings.map(
          ({ name, from, isOwn, value }) => `${name} ${from}${isOwn ? '' : ' (inherited)'} → ${value}`,
        ),
      ];
      return `${plan.name}: ${parts.join(', ')}`;
    }
  }
}

/** How a topic must be, for somebody who sets it by hand. */
export function byHand(plan: PlannedTopic): string {
  if (plan.outcome === 'create') return `${plan.topic.name}: ${wholeOf(plan)}`;
  const partitions = plan.outcome === 'change' && plan.partitions ? [`partitions=${plan.partitions.to}`] : [];
  const settings = plan.outcome === 'unchanged' ? [] : plan.settings;
  return `${plan.name}: ${[...partitions, ...settings.map(({ name, value }) => `${name}=${value}`)].join(' ')}`;
}

const wholeOf = ({ topic }: Extract<PlannedTopic, { outcome: 'create' }>): string =>
  [
    `partitions=${topic.partitions} replicas=${topic.replicas}`,
    ...topic.settings.map(({ name, value }) => `${name}=${value}`),
  ].join(' ');

/** Whether a topic still lacks something when Kafka refused these requests. */
export function isPending(plan: PlannedTopic, refused: ReadonlySet<AdminRefused['call']>): boolean {
  switch (plan.outcome) {
    case 'create':
      return refused.has('CreateTopics');
    case 'unchanged':
      return false;
    case 'unknown':
      return true;
    case 'change':
      return (
        (plan.partitions !== null && refused.has('CreatePartitions')) ||
        (plan.settings.length > 0 && refused.has('IncrementalAlterConfigs'))
      );
  }
}

/** How many topics are in which state. */
export function planSum(planned: readonly PlannedTopic[]): string {
  const count = (outcome: PlannedTopic['outcome']): number =>
    planned.filter((one) => one.outcome === outcome).length;
  const unknown = count('unknown');
  return (
    `Nothing was changed. To create: ${count('create')}. To change: ${count('change')}. ` +
    `Unchanged: ${count('unchanged')}.${unknown > 0 ? ` Not known: ${unknown}.` : ''}`
  );
}

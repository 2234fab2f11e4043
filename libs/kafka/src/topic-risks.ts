import type { FoundTopic } from './topics-admin.ts';

/**
 * Ways in which topics may lose records:
 * - `one-replica`: a record is lost with its broker, although the cluster has others
 * - `one-in-sync`: acks=all may acknowledge a record that only one broker has
 * - `unclean-election`: a copy that lacks acknowledged records may become the leader
 * - `short-retention`: Kafka may delete unread records before SluiceRetentionClock warns of it
 */
export const topicRisks = ['one-replica', 'one-in-sync', 'unclean-election', 'short-retention'] as const;

export type TopicRisk = (typeof topicRisks)[number];

/** How long before Kafka deletes unread records the alert SluiceRetentionClock fires, in ms. */
export const retentionAlertMs = 86_400_000;

/** A risk and the topics that have it. */
export interface FoundRisk {
  readonly risk: TopicRisk;
  readonly topics: readonly string[];
}

/**
 * The risks of topics, each once. What Kafka does not show is no risk.
 * @param brokers how many the cluster has: with only one, one replica is all that a topic can have
 */
export function risksOf(topics: ReadonlyMap<string, FoundTopic>, brokers: number): FoundRisk[] {
  return topicRisks.flatMap((risk) => {
    const having = [...topics].filter(([, topic]) => has[risk](topic, brokers));
    return having.length === 0 ? [] : [{ risk, topics: having.map(([name]) => name) }];
  });
}

const has: Readonly<Record<TopicRisk, (topic: FoundTopic, brokers: number) => boolean>> = {
  'one-replica': ({ replicas }, brokers) => replicas === 1 && brokers > 1,
  'one-in-sync': ({ replicas, minInSyncReplicas }) => replicas > 1 && minInSyncReplicas === 1,
  'unclean-election': ({ replicas, uncleanElection }) => replicas > 1 && uncleanElection === true,
  'short-retention': ({ retentionMs }) => retentionMs !== null && retentionMs < retentionAlertMs,
};

/** What each means, and how to end it. */
const texts: Readonly<Record<TopicRisk, readonly [meaning: string, remedy: string]>> = {
  'one-replica': [
    'These topics have one replica, although the cluster has several brokers: an acknowledged record is lost with ' +
      'its broker',
    'Give them 3 replicas by a reassignment',
  ],
  'one-in-sync': [
    'These topics have several replicas and min.insync.replicas 1: acks=all may acknowledge a record that only one ' +
      'broker has',
    'Run "sluice topics apply", or set min.insync.replicas to 2',
  ],
  'unclean-election': [
    'These topics have unclean.leader.election.enable=true: a replica that lacks acknowledged records may become ' +
      'the leader',
    'Set it to false',
  ],
  'short-retention': [
    'These topics keep records for less than 24 hours: Kafka may delete unread records before the alert ' +
      'SluiceRetentionClock can warn of it',
    'Raise their retention.ms',
  ],
};

/** What a risk is, how to end it, and the topics that have it: one line. */
export const riskText = ({ risk, topics }: FoundRisk): string =>
  `${texts[risk].join('. ')}: ${someOf(topics)}.`;

/** The same in two parts: what it means, and how to end it. */
export function riskParts({ risk, topics }: FoundRisk): {
  readonly meaning: string;
  readonly remedy: string;
} {
  const [meaning, remedy] = texts[risk];
  return { meaning: `${meaning}.`, remedy: `${remedy}: ${someOf(topics)}.` };
}

/** The first of some names, and how many others there are. */
function someOf(names: readonly string[]): string {
  const [shown, more] = [names.slice(0, 3).join(', '), names.length - 3];
  return more > 0 ? `${shown} and ${more} more` : shown;
}

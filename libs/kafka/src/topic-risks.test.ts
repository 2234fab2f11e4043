import { risksOf, riskText, topicRisks } from './topic-risks.ts';
import type { FoundTopic } from './topics-admin.ts';

const safe: FoundTopic = {
  ...{ partitions: 6, replicas: 3, minInSyncReplicas: 2, maxMessageBytes: 2_000_000 },
  ...{ retentionMs: 86_400_000, uncleanElection: false },
};
const one: Partial<FoundTopic> = { replicas: 1, minInSyncReplicas: 1 };

test.each<[string, Partial<FoundTopic>, number, string[]]>([
  ['three replicas', {}, 3, []],
  ['one replica', one, 3, ['one-replica']],
  ['one replica on the only broker', { ...one, uncleanElection: true }, 1, []],
  ['one copy in sync', { minInSyncReplicas: 1 }, 3, ['one-in-sync']],
  ['unclean elections', { uncleanElection: true }, 3, ['unclean-election']],
  ['a retention below 24 hours', { retentionMs: 86_399_999 }, 1, ['short-retention']],
  ['an infinite retention', { retentionMs: Number.POSITIVE_INFINITY }, 3, []],
  [
    'settings that Kafka does not show',
    { minInSyncReplicas: null, retentionMs: null, uncleanElection: null },
    3,
    [],
  ],
])('%s', (_name, change, brokers, expected) => {
  const found = risksOf(new Map([['t', { ...safe, ...change }]]), brokers);
  expect(found.map(({ risk }) => risk)).toEqual(expected);
});

test('a risk of many topics is one line', () => {
  const topics = new Map(Array.from({ length: 20 }, (_, index) => [`t${index}`, { ...safe, ...one }]));
  const [risk, ...others] = risksOf(topics, 3);
  expect(others).toEqual([]);
  expect(riskText(risk!)).toMatch(/^These topics have one replica, .*: t0, t1, t2 and 17 more\.$/);
});

test.each(topicRisks)('%s says what to do, in one line', (risk) => {
  expect(riskText({ risk, topics: ['t'] })).toMatch(/^These topics .+: .+\. \S+ .+: t\.$/);
});

import { sinks } from './sinks.ts';
import { storedTopics } from '@sluice/schemas/topics';
import { rawTopics } from '@sluice/vendors/topics';

/** What a user may do with a topic, a group or the cluster; names begin with the stream, written `<stream>`. */
export interface Acl {
  readonly type: 'topic' | 'group' | 'cluster';
  readonly name?: string;
  readonly pattern?: 'literal' | 'prefix';
  readonly operations: readonly string[];
}

export interface KafkaUser {
  /** The component's name, as of its pods. */
  readonly name: string;
  readonly acls: readonly Acl[];
}

const topic = (name: string, ...operations: string[]): Acl => ({
  type: 'topic',
  name: `<stream>.${name}`,
  pattern: 'literal',
  operations,
});
const group = (name: string): Acl => ({
  type: 'group',
  name: `<stream>.${name}`,
  pattern: 'literal',
  operations: ['Read', 'Describe'],
});
/** By which an operator asks a worker to skip a record: the worker looks at it. */
const skipGroup = (name: string): Acl => ({ ...group(`${name}.skip`), operations: ['Describe'] });
const raw = [...rawTopics, 'raw.heartbeat'];
/** Retention and the largest record are looked up when a service starts. */
const read = ['Read', 'Describe', 'DescribeConfigs'];
const write = ['Write', 'Describe', 'DescribeConfigs'];

const sink = (name: string): KafkaUser => ({
  name,
  acls: [
    ...storedTopics.map((one) => topic(one, ...read)),
    topic('dead-letter', ...write),
    group(name),
    skipGroup(name),
  ],
});

/** The least that each component needs. */
export const kafkaUsers: readonly KafkaUser[] = [
  {
    name: 'ingress',
    acls: [...raw, 'dead-letter'].map((one) => topic(one, ...write)),
  },
  {
    name: 'normalizer',
    acls: [
      ...raw.map((one) => topic(one, ...read)),
      ...[...storedTopics, 'dead-letter'].map((one) => topic(one, ...write)),
      group('normalizer'),
      skipGroup('normalizer'),
      // Up to where somebody has seen the dead letters.
      { ...group('dead-letter.seen'), operations: ['Describe'] },
    ],
  },
  ...sinks.map(({ service }) => sink(service)),
  {
    // `sluice topics apply`, and `sluice migrate`, which asks whether a rebuild runs.
    name: 'release',
    acls: [
      {
        type: 'topic',
        name: '<stream>.',
        pattern: 'prefix',
        operations: ['Create', 'Describe', 'DescribeConfigs', 'AlterConfigs'],
      },
      {
        type: 'group',
        name: '<stream>.rebuild.',
        pattern: 'prefix',
        operations: ['Read', 'Describe', 'Delete'],
      },
    ],
  },
  {
    // A person with `sluice dlq`, `partitions`, `replay` or `rebuild`, which have groups of their own and delete them.
    name: 'operator',
    acls: [
      {
        type: 'topic',
        name: '<stream>.',
        pattern: 'prefix',
        operations: ['Read', 'Write', 'Describe', 'DescribeConfigs'],
      },
      ...['sluice-read-', '<stream>.'].map((name): Acl => ({
        type: 'group',
        name,
        pattern: 'prefix',
        operations: ['Read', 'Describe', 'Delete'],
      })),
    ],
  },
];

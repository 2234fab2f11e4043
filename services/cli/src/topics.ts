import { Option, type Command } from 'commander';
import { riskText, topicRisks, type FoundRisk, type TopicRisk } from '@sluice/kafka/topic-risks';
import type { AppliedPlan, PlannedTopic, TopicsPlan } from '@sluice/kafka/topics-admin';
import { kafkaAt } from './access.ts';
import { Undone, UsageError } from './exit-codes.ts';
import { withServerContext } from './with-server-context.ts';
import {
  brokers,
  json,
  needed,
  oneOf,
  partitionCount,
  positiveInteger,
  retention,
  stream,
} from './options.ts';
import { sayer, type Print } from './say.ts';
import { checkNames } from './topic-groups.ts';
import { byHand, isPending, planLine, planSum, risksOfPlan } from './topics-plan.ts';

interface ApplyOptions {
  readonly brokers: string[];
  readonly stream: string;
  readonly replicas: number;
  readonly retention: Map<string, number>;
  readonly partitions: Map<string, number>;
  readonly allow: TopicRisk[];
  readonly dryRun: boolean;
  readonly json: boolean;
}

/** `sluice topics apply` */
export function defineTopics(command: Command, print: Print): void {
  command
    .command('apply')
    .description('create missing topics, and give all of them the settings that the services need')
    .addOption(needed(brokers()))
    .addOption(stream())
    .option('--dry-run', 'show what would change, and change nothing', false)
    .option('--replicas <n>', 'copies of each partition, of topics that are created', positiveInteger, 3)
    .option(
      '--retention <name=duration>',
      'retention of a topic, or of raw, canonical or dead-letter: raw=3d; can be repeated',
      retention,
      new Map<string, number>(),
    )
    .option(
      '--partitions <name=n>',
      'the fewest partitions of a topic, or of raw, canonical or dead-letter: raw=12; can be repeated',
      partitionCount,
      new Map<string, number>(),
    )
    .addOption(allow())
    .addOption(json())
    .addHelpText(
      'after',
      `
What is not named stays as it is: other settings of a topic, retention, larger sizes, more partitions.

Examples:
  sluice topics apply --dry-run
  sluice topics apply --brokers kafka:9092 --retention raw=14d --retention canonical=90d
  sluice topics apply --partitions raw=12
  sluice topics apply --replicas 1 --allow one-replica`,
    )
    .hook('preAction', (apply) => {
      const options = apply.opts<ApplyOptions>();
      checkNames('retention', options.retention);
      checkNames('number of partitions', options.partitions);
    })
    .action(applyTopics(print));
}

const allow = () =>
  new Option('--allow <risk>', `accept a risk: ${topicRisks.join(', ')}; can be repeated`)
    .default([], 'none')
    .argParser((text: string, before: TopicRisk[]) => [...before, oneOf('risk', topicRisks)(text)]);

const applyTopics =
  (print: Print) =>
  async (options: ApplyOptions): Promise<void> => {
    const { wantedTopics } = await import('./apply-stream-topics.ts');
    const { applyPlan, planTopics } = await import('@sluice/kafka/topics-admin');
    const connection = kafkaAt(options.brokers);
    const ask = <T>(work: () => Promise<T>): Promise<T> =>
      withServerContext('Kafka', '--brokers', options.brokers.join(','), work);
    const wanted = wantedTopics(options.stream, {
      ...{ replicas: options.replicas, retentionMs: options.retention, minPartitions: options.partitions },
    });
    const say = sayer(print, options.json);
    const plan = await ask(() => planTopics(connection, wanted));
    const { caused, present } = risksOfPlan(plan, options.allow);
    if (options.dryRun || caused.length > 0) {
      say(dryRunLines(plan, present), {
        dryRun: true,
        planned: plan.planned,
        risks: [...caused, ...present],
      });
      refuse(caused);
      return;
    }
    const applied = await ask(() => applyPlan(connection, wanted, plan.planned));
    const otherReplicas = otherReplicasOf(plan, options.replicas);
    say(appliedLines(plan, applied, otherReplicas, present, options), {
      ...{ created: applied.created, replicas: options.replicas, planned: plan.planned, risks: present },
      otherReplicas: Object.fromEntries(otherReplicas),
    });
    failOnRefusals(plan, applied);
  };

/** @throws UsageError about risks that nobody accepted */
function refuse(risks: readonly FoundRisk[]): void {
  if (risks.length === 0) return;
  const texts = risks.map((one) => `${riskText(one)}\nIf you accept this, give --allow ${one.risk}.`);
  throw new UsageError(`Nothing was changed, because records could be lost.\n${texts.join('\n')}`);
}

/** @throws errors about what Kafka does not do for this user, with all that is to be set by hand */
function failOnRefusals({ planned, now }: TopicsPlan, { refused }: AppliedPlan): void {
  const all = [...(now.unread ? [now.unread] : []), ...refused];
  if (all.length === 0) return;
  const calls = new Set(all.map(({ call }) => call));
  const open = planned.filter((one) => isPending(one, calls));
  const lines = [
    ...all.map(({ message }) => message),
    'Permit this, or have these topics set by hand:',
    ...open.map((one) => `  ${byHand(one)}`),
  ];
  throw calls.has('CreateTopics') ? new Error(lines.join('\n')) : new Undone(lines.join('\n'));
}

/** Topics that have another number of copies than was asked for. */
const otherReplicasOf = ({ now }: TopicsPlan, replicas: number): [string, number][] =>
  [...now.topics].flatMap(([name, topic]): [string, number][] =>
    topic.replicas === replicas ? [] : [[name, topic.replicas]],
  );

function dryRunLines({ planned, now }: TopicsPlan, risks: readonly FoundRisk[]): string[] {
  const tooMany = planned.flatMap((one) =>
    one.outcome === 'create' && one.topic.replicas > now.brokers ? [one.topic.replicas] : [],
  );
  return [
    ...planned.map(planLine),
    ...(now.unread ? [now.unread.message] : []),
    ...tooMany
      .slice(0, 1)
      .map((n) => `Kafka cannot create topics with ${n} replicas: it has ${now.brokers} broker(s).`),
    ...risks.map(riskText),
    planSum(planned),
  ];
}

function appliedLines(
  { planned, now }: TopicsPlan,
  { created, refused }: AppliedPlan,
  otherReplicas: readonly [string, number][],
  risks: readonly FoundRisk[],
  { replicas, allow: allowed }: ApplyOptions,
): string[] {
  const isWhole = refused.length === 0 && now.unread === null;
  const isChanged = (one: PlannedTopic): boolean => one.outcome === 'change';
  return [
    ...(created.length > 0 ? [`Created ${created.join(', ')}.`] : []),
    ...(isWhole ? planned.filter(isChanged).map(planLine) : []),
    ...(created.length === 0 && isWhole ? ['All topics existed; their retention and sizes are set.'] : []),
    ...otherReplicas.map(
      ([name, count]) =>
        `${name}: replicas stay ${count} (asked: ${replicas}). Kafka changes them only by a reassignment.`,
    ),
    ...risks.map(riskText),
    ...(replicas === 1 && !allowed.includes('one-replica')
      ? [
          'With one replica acks=all means one copy: an acknowledged record is lost with its broker. Use 3 in production.',
        ]
      : []),
  ];
}

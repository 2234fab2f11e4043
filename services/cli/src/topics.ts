import type { Command } from 'commander';
import { topicOf } from '@sluice/schemas/topics';
import { allTopics } from '@sluice/vendors/topics';
import { kafkaAt } from './access.ts';
import { withServerContext } from './with-server-context.ts';
import { brokers, json, needed, positiveInteger, retention, stream } from './options.ts';
import { sayer, type Print } from './say.ts';
import { checkRetention } from './topic-groups.ts';

interface ApplyOptions {
  readonly brokers: string[];
  readonly stream: string;
  readonly replicas: number;
  readonly retention: Map<string, number>;
  readonly json: boolean;
}

/** `sluice topics apply` */
export function defineTopics(command: Command, print: Print): void {
  command
    .command('apply')
    .description('create missing topics; set retention and sizes of all')
    .addOption(needed(brokers()))
    .addOption(stream())
    .option('--replicas <n>', 'copies of each partition', positiveInteger, 3)
    .option(
      '--retention <name=duration>',
      'retention of a topic, or of raw, canonical or dead-letter: raw=3d; can be repeated',
      retention,
      new Map<string, number>(),
    )
    .addOption(json())
    .addHelpText(
      'after',
      `
Examples:
  sluice topics apply --brokers kafka:9092 --retention raw=14d --retention canonical=90d
  sluice topics apply --replicas 1`,
    )
    .hook('preAction', (apply) => checkRetention(apply.opts<ApplyOptions>().retention))
    .action(applyTopics(print));
}

const applyTopics =
  (print: Print) =>
  async ({ brokers, stream, replicas, retention, json }: ApplyOptions): Promise<void> => {
    const { applyStreamTopics } = await import('./apply-stream-topics.ts');
    const { findTopics } = await import('@sluice/kafka/topics-admin');
    const say = sayer(print, json);
    const connection = kafkaAt(brokers);
    const [created, found] = await withServerContext('Kafka', '--brokers', brokers.join(','), async () => [
      await applyStreamTopics(connection, stream, { replicas, retentionMs: retention }),
      await findTopics(
        connection,
        allTopics.map((name) => topicOf(stream, name)),
      ),
    ]);
    const otherReplicas = [...found].flatMap(([name, topic]): [string, number][] =>
      topic.replicas === replicas ? [] : [[name, topic.replicas]],
    );
    const lines = [
      created.length > 0
        ? `Created ${created.join(', ')}.`
        : 'All topics existed; their retention and sizes are set.',
      ...otherReplicas.map(
        ([name, count]) =>
          `${name}: replicas stay ${count} (asked: ${replicas}). Kafka changes them only by a reassignment.`,
      ),
      ...(replicas === 1
        ? [
            'With one replica acks=all means one copy: an acknowledged record is lost with its broker. Use 3 in production.',
          ]
        : []),
    ];
    say(lines, { created, replicas, otherReplicas: Object.fromEntries(otherReplicas) });
  };

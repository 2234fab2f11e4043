import { Command } from 'commander';
import { registerSchemas } from '@sluice/canonical-event/registry';
import { installTemplates } from '@sluice/sink-elasticsearch/install-templates';
import { migrateClickHouse } from '@sluice/sink-clickhouse/migrate';
import { registerSimCommand } from '@sluice/simulator/command';
import { applyStreamTopics } from './apply-stream-topics.ts';
import { asking } from './asking.ts';
import { registerDlqCommand } from './dlq/command.ts';
import {
  brokers,
  clickhouse,
  clickhouseUser,
  elasticsearch,
  elasticsearchUser,
  password,
  positiveInteger,
  registry,
  stream,
} from './options.ts';
import { registerRebuildCommand } from './rebuild/command.ts';
import { registerReplayCommand } from './replay/command.ts';

/** The command line `sluice`: the steps of a release, what mends a stream, and the simulator. */
export function createProgram(print: (line: string) => void): Command {
  const program = new Command('sluice').description(
    'Steps of a release, and tools around the gateway. docs/replay.md tells of replay and rebuild.',
  );

  program
    .command('topics')
    .description('topics of a stream')
    .command('apply')
    .description('create the topics that are missing; set retention and sizes of all')
    .addOption(brokers())
    .addOption(stream())
    .option('--replicas <n>', 'copies of each partition', positiveInteger, 3)
    .action(
      async ({ brokers, stream, replicas }: { brokers: string[]; stream: string; replicas: number }) => {
        const created = await asking('Kafka', '--brokers', brokers.join(','), () =>
          applyStreamTopics({ brokers, clientId: 'sluice-cli' }, stream, { replicas }),
        );
        print(
          created.length > 0
            ? `Created ${created.join(', ')}.`
            : 'All topics were there; their settings are applied.',
        );
      },
    );

  program
    .command('schemas')
    .description('schemas of a stream')
    .command('register')
    .description('register the newest schema of every topic, with FULL_TRANSITIVE compatibility')
    .addOption(registry())
    .addOption(stream())
    .action(async ({ schemaRegistry, stream }: { schemaRegistry: string; stream: string }) => {
      const ids = await asking('The schema registry', '--schema-registry', schemaRegistry, () =>
        registerSchemas({ url: schemaRegistry }, stream),
      );
      for (const [topic, id] of ids) print(`${stream}.${topic} is schema ${id}.`);
    });

  program
    .command('migrate')
    .description(
      "create a stream's ClickHouse tables and views and Elasticsearch templates, or add what they lack",
    )
    .addOption(clickhouse())
    .addOption(clickhouseUser())
    .addOption(elasticsearch())
    .addOption(elasticsearchUser())
    .addOption(stream())
    .action(async (options: MigrateOptions) => {
      if (!options.clickhouse && !options.elasticsearch) {
        throw new Error('Nothing to migrate: give --clickhouse, --elasticsearch, or both.');
      }
      await migrate(options, print);
    });

  registerDlqCommand(program, () => [brokers(), registry(), stream()], print);
  registerReplayCommand(program, print);
  registerRebuildCommand(program, print);
  registerSimCommand(program);
  return program;
}

interface MigrateOptions {
  clickhouse?: string;
  clickhouseUser: string;
  elasticsearch?: string;
  elasticsearchUser?: string;
  stream: string;
}

async function migrate(options: MigrateOptions, print: (line: string) => void): Promise<void> {
  const { clickhouse, elasticsearch, stream } = options;
  if (clickhouse) {
    const changes = await asking('ClickHouse', '--clickhouse', clickhouse, () =>
      migrateClickHouse({
        url: clickhouse,
        username: options.clickhouseUser,
        password: password('CLICKHOUSE'),
        database: stream,
      }),
    );
    for (const change of changes) print(`ClickHouse: ${change}.`);
    if (changes.length === 0) print('ClickHouse: everything is there.');
  }
  if (elasticsearch) {
    const { elasticsearchUser: username } = options;
    const { analyzer } = await asking('Elasticsearch', '--elasticsearch', elasticsearch, () =>
      installTemplates({
        url: elasticsearch,
        stream,
        ...(username ? { auth: { username, password: password('ELASTICSEARCH') } } : {}),
      }),
    );
    print(`Elasticsearch: templates installed, texts are analyzed with ${analyzer}.`);
  }
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { registerSchemas } from '@sluice/canonical-event/registry';
import { installTemplates } from '@sluice/sink-elasticsearch/install-templates';
import { migrateClickHouse } from '@sluice/sink-clickhouse/migrate';
import { registerSimCommand } from '@sluice/simulator/command';
import { kafkaAt, password, registryAt } from './access.ts';
import { applyStreamTopics } from './apply-stream-topics.ts';
import { asking } from './asking.ts';
import { registerCheckCommand } from './check/command.ts';
import { registerDlqCommand } from './dlq/command.ts';
import { registerEraseCommand } from './erase.ts';
import { registerExpireCommand } from './expire.ts';
import {
  brokers,
  clickhouse,
  clickhouseUser,
  duration,
  elasticsearch,
  elasticsearchUser,
  positiveInteger,
  registry,
  retention,
  stream,
  wholeNumber,
} from './options.ts';
import { registerPartitionsCommand } from './partitions/command.ts';
import { withoutRebuild, type SinkName } from './rebuild/alone.ts';
import { registerRebuildCommand } from './rebuild/command.ts';
import { registerReplayCommand } from './replay/command.ts';
import { registerSbomCommand } from './sbom/command.ts';
import { registerSpoolCommand } from './spool.ts';
import { registerTailCommand } from './tail/command.ts';

/** The command line `sluice`: the steps of a release, what mends a stream, and the simulator. */
export function createProgram(print: (line: string) => void): Command {
  const program = new Command('sluice')
    .description(
      'Steps of a release, and tools around the gateway. docs/replay.md tells of replay and rebuild.',
    )
    .version(version());

  program
    .command('topics')
    .description('topics of a stream')
    .command('apply')
    .description('create the topics that are missing; set retention and sizes of all')
    .addOption(brokers())
    .addOption(stream())
    .option('--replicas <n>', 'copies of each partition', positiveInteger, 3)
    .option(
      '--retention <name=duration>',
      'how long a topic, or raw, canonical or dead-letter, is kept: raw=3d; may be given again',
      retention,
      new Map<string, number>(),
    )
    .action(async ({ brokers, stream, replicas, retention }: TopicsApplyOptions) => {
      const created = await asking('Kafka', '--brokers', brokers.join(','), () =>
        applyStreamTopics(kafkaAt(brokers), stream, { replicas, retentionMs: retention }),
      );
      print(
        created.length > 0
          ? `Created ${created.join(', ')}.`
          : 'All topics were there; their settings are applied.',
      );
      if (replicas === 1)
        print(
          'With one replica acks=all means one copy: an acknowledged record is lost with its broker. Use 3 in production.',
        );
    });

  program
    .command('schemas')
    .description('schemas of a stream')
    .command('register')
    .description(
      'register the newest schema of every topic (every version where a subject has no schema yet), with FULL_TRANSITIVE compatibility',
    )
    .addOption(registry())
    .addOption(stream())
    .action(async ({ schemaRegistry, stream }: { schemaRegistry: string; stream: string }) => {
      const ids = await asking('The schema registry', '--schema-registry', schemaRegistry, () =>
        registerSchemas(registryAt(schemaRegistry), stream),
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
    .option(
      '--clickhouse-retention <duration>',
      'how long rows are kept after they were received, e.g. 365d; left as it is unless told',
      duration,
    )
    .option(
      '--elasticsearch-shards <n>',
      'of each new index. Default: as its template has it, else 1',
      positiveInteger,
    )
    .option(
      '--elasticsearch-replicas <n>',
      'of each new index, 0 or more. Default: as its template has it, else 1',
      wholeNumber,
    )
    .addOption(brokers().makeOptionMandatory(false).default(undefined))
    .action(async (options: MigrateOptions) => {
      if (!options.clickhouse && !options.elasticsearch) {
        throw new Error('Nothing to migrate: give --clickhouse, --elasticsearch, or both.');
      }
      await migrate(options, print);
    });

  registerDlqCommand(program, () => [brokers(), registry(), stream()], print);
  registerPartitionsCommand(program, print);
  registerTailCommand(program, print);
  registerReplayCommand(program, print);
  registerRebuildCommand(program, print);
  registerSpoolCommand(program, print);
  registerEraseCommand(program, print);
  registerExpireCommand(program, print);
  registerCheckCommand(program, print);
  registerSbomCommand(program, print);
  registerSimCommand(program);
  return program;
}

function version(): string {
  const file = join(import.meta.dirname, '../package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

interface TopicsApplyOptions {
  brokers: string[];
  stream: string;
  replicas: number;
  retention: Map<string, number>;
}

interface MigrateOptions {
  clickhouse?: string;
  clickhouseRetention?: number;
  clickhouseUser: string;
  elasticsearch?: string;
  elasticsearchUser?: string;
  elasticsearchShards?: number;
  elasticsearchReplicas?: number;
  /** With them a rebuild that runs is seen. */
  brokers?: string[];
  stream: string;
}

async function migrate(options: MigrateOptions, print: (line: string) => void): Promise<void> {
  const {
    clickhouse,
    elasticsearch,
    stream,
    elasticsearchShards: shards,
    elasticsearchReplicas: replicas,
  } = options;
  const alone = <T>(sink: SinkName, work: () => Promise<T>): Promise<T> =>
    options.brokers ? withoutRebuild(kafkaAt(options.brokers), stream, sink, work) : work();
  if (clickhouse) {
    const changes = await alone('sink-clickhouse', () =>
      asking('ClickHouse', '--clickhouse', clickhouse, () =>
        migrateClickHouse(
          {
            url: clickhouse,
            username: options.clickhouseUser,
            password: password('CLICKHOUSE'),
            database: stream,
          },
          { retentionMs: options.clickhouseRetention },
        ),
      ),
    );
    for (const change of changes) print(`ClickHouse: ${change}.`);
    if (changes.length === 0) print('ClickHouse: everything is there.');
  }
  if (elasticsearch) {
    const { elasticsearchUser: username } = options;
    const { analyzer } = await alone('sink-elasticsearch', () =>
      asking('Elasticsearch', '--elasticsearch', elasticsearch, () =>
        installTemplates({
          url: elasticsearch,
          stream,
          ...(shards === undefined ? {} : { shards }),
          ...(replicas === undefined ? {} : { replicas }),
          ...(username ? { auth: { username, password: password('ELASTICSEARCH') } } : {}),
        }),
      ),
    );
    print(`Elasticsearch: templates installed, texts are analyzed with ${analyzer}.`);
  }
}

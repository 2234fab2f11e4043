import { Command, Option } from 'commander';
import { registerSchemas } from '@sluice/canonical-event/registry';
import { installTemplates } from '@sluice/sink-elasticsearch/install-templates';
import { migrateClickHouse } from '@sluice/sink-clickhouse/migrate';
import { registerSimCommand } from '@sluice/simulator/command';
import { applyStreamTopics } from './apply-stream-topics.ts';

const stream = () =>
  new Option('--stream <name>', 'prefix of topics, tables and indices')
    .default('sluice')
    .env('SLUICE_STREAM');
const brokers = () =>
  new Option('--brokers <list>', 'Kafka brokers, host:port, separated by commas')
    .env('SLUICE_KAFKA_BROKERS')
    .makeOptionMandatory();
const registry = () =>
  new Option('--registry <url>', 'schema registry').env('SLUICE_REGISTRY_URL').makeOptionMandatory();
const password = (name: string) => process.env[`SLUICE_${name}_PASSWORD`] ?? '';

/** The command line `sluice`: the steps of a release, and the simulator. */
export function createProgram(print: (line: string) => void): Command {
  const program = new Command('sluice').description('Steps of a release, and tools around the gateway.');

  program
    .command('topics')
    .description('topics of a stream')
    .command('apply')
    .description('create the topics that are missing; set retention and sizes of all')
    .addOption(brokers())
    .addOption(stream())
    .option('--replicas <n>', 'copies of each partition', positiveInteger, 3)
    .action(async (options: { brokers: string; stream: string; replicas: number }) => {
      const connection = { brokers: options.brokers.split(','), clientId: 'sluice-cli' };
      const created = await applyStreamTopics(connection, options.stream, { replicas: options.replicas });
      print(
        created.length > 0
          ? `Created ${created.join(', ')}.`
          : 'All topics were there; their settings are applied.',
      );
    });

  program
    .command('schemas')
    .description('schemas of a stream')
    .command('register')
    .description('register the newest schema of every topic, with FULL_TRANSITIVE compatibility')
    .addOption(registry())
    .addOption(stream())
    .action(async (options: { registry: string; stream: string }) => {
      const ids = await registerSchemas({ url: options.registry }, options.stream);
      for (const [topic, id] of ids) print(`${options.stream}.${topic} is schema ${id}.`);
    });

  program
    .command('migrate')
    .description("create or change a stream's ClickHouse tables and Elasticsearch templates")
    .addOption(new Option('--clickhouse <url>', 'ClickHouse over HTTP').env('SLUICE_CLICKHOUSE_URL'))
    .addOption(new Option('--clickhouse-user <name>').default('default').env('SLUICE_CLICKHOUSE_USERNAME'))
    .addOption(new Option('--elasticsearch <url>', 'Elasticsearch').env('SLUICE_ELASTICSEARCH_URL'))
    .addOption(new Option('--elasticsearch-user <name>').env('SLUICE_ELASTICSEARCH_USERNAME'))
    .addOption(stream())
    .action(async (options: MigrateOptions) => {
      if (!options.clickhouse && !options.elasticsearch) {
        throw new Error('Nothing to migrate: give --clickhouse, --elasticsearch, or both.');
      }
      await migrate(options, print);
    });

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
  if (options.clickhouse) {
    const applied = await migrateClickHouse({
      url: options.clickhouse,
      username: options.clickhouseUser,
      password: password('CLICKHOUSE'),
      database: options.stream,
    });
    print(
      applied.length > 0 ? `ClickHouse: applied ${applied.join(', ')}.` : 'ClickHouse: nothing to apply.',
    );
  }
  if (options.elasticsearch) {
    const { elasticsearchUser: username } = options;
    const { analyzer } = await installTemplates({
      url: options.elasticsearch,
      stream: options.stream,
      ...(username ? { auth: { username, password: password('ELASTICSEARCH') } } : {}),
    });
    print(`Elasticsearch: templates installed, texts are analyzed with ${analyzer}.`);
  }
}

function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new Error(`"${text}" is not a whole number above zero.`);
  return value;
}

import { Command, InvalidArgumentError, Option } from 'commander';
import { registerSchemas } from '@sluice/canonical-event/registry';
import { installTemplates } from '@sluice/sink-elasticsearch/install-templates';
import { migrateClickHouse } from '@sluice/sink-clickhouse/migrate';
import { registerSimCommand } from '@sluice/simulator/command';
import { registerDlqCommand } from './dlq/command.ts';
import { applyStreamTopics } from './apply-stream-topics.ts';

const stream = () =>
  new Option('--stream <name>', 'prefix of topics, tables and indices')
    .default('sluice')
    .env('SLUICE_STREAM');
const brokers = () =>
  new Option('--brokers <list>', 'Kafka brokers, host:port, separated by commas')
    .env('SLUICE_KAFKA_BROKERS')
    .argParser(brokerList)
    .makeOptionMandatory();
const registry = () =>
  new Option('--schema-registry <url>', 'schema registry')
    .env('SLUICE_REGISTRY_URL')
    .argParser(httpUrl)
    .makeOptionMandatory();
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
    .addOption(
      new Option('--clickhouse <url>', 'ClickHouse over HTTP')
        .env('SLUICE_CLICKHOUSE_URL')
        .argParser(httpUrl),
    )
    .addOption(new Option('--clickhouse-user <name>').default('default').env('SLUICE_CLICKHOUSE_USERNAME'))
    .addOption(
      new Option('--elasticsearch <url>', 'Elasticsearch').env('SLUICE_ELASTICSEARCH_URL').argParser(httpUrl),
    )
    .addOption(new Option('--elasticsearch-user <name>').env('SLUICE_ELASTICSEARCH_USERNAME'))
    .addOption(stream())
    .action(async (options: MigrateOptions) => {
      if (!options.clickhouse && !options.elasticsearch) {
        throw new Error('Nothing to migrate: give --clickhouse, --elasticsearch, or both.');
      }
      await migrate(options, print);
    });

  registerDlqCommand(program, () => [brokers(), registry(), stream()], print);
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

/** The clients' errors do not say whom they asked: this one does, and where that was set. */
async function asking<T>(server: string, option: string, place: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new Error(`${server} at ${place} (${option}) did not do it: ${reasonsOf(error).join('; ')}`, {
      cause: error,
    });
  }
}

/** kafkajs tells why a topic was not created in a list of errors behind the one that it throws. */
function reasonsOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [String(error)];
  const { errors } = error as { errors?: unknown };
  if (!Array.isArray(errors) || errors.length === 0) return [error.message];
  return [...new Set(errors.flatMap(reasonsOf))];
}

function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new InvalidArgumentError('It must be a whole number above zero.');
  return value;
}

function brokerList(text: string): string[] {
  const brokers = text.split(',').map((broker) => broker.trim());
  if (!brokers.every((broker) => /^[^\s:]+:\d{1,5}$|^\[[^\s\]]+\]:\d{1,5}$/.test(broker)))
    throw new InvalidArgumentError('It must be host:port, several separated by commas.');
  return brokers;
}

function httpUrl(text: string): string {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text))
    throw new InvalidArgumentError('It must be a URL such as http://localhost:8123.');
  return text;
}

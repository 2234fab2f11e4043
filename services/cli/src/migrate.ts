import type { Command } from 'commander';
import { kafkaAt } from './access.ts';
import { withServerContext } from './with-server-context.ts';
import { UsageError } from './exit-codes.ts';
import {
  brokers,
  clickhouse,
  clickhouseUser,
  duration,
  elasticsearch,
  elasticsearchUser,
  json,
  positiveInteger,
  stream,
  wholeNumber,
} from './options.ts';
import type { SinkName } from './rebuild/alone.ts';
import { sayer, type Print, type Say } from './say.ts';
import { clickHouseAt, elasticsearchAt, type StoreOptions } from './stores.ts';

interface MigrateOptions extends StoreOptions {
  readonly clickhouseRetention?: number;
  readonly elasticsearchShards?: number;
  readonly elasticsearchReplicas?: number;
  /** With them a rebuild that runs is seen. */
  readonly brokers?: string[];
  readonly json: boolean;
}

/** `sluice migrate` */
export function defineMigrate(command: Command, print: Print): void {
  command
    .addOption(clickhouse())
    .addOption(clickhouseUser())
    .addOption(elasticsearch())
    .addOption(elasticsearchUser())
    .addOption(stream())
    .option(
      '--clickhouse-retention <duration>',
      'how long rows are kept after they were received, e.g. 365d. Default: as it is',
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
    .addOption(brokers())
    .addOption(json())
    .addHelpText(
      'after',
      `
Example:
  sluice migrate --clickhouse http://clickhouse:8123 --elasticsearch http://elasticsearch:9200 --brokers kafka:9092`,
    )
    .hook('preAction', () => checkStores(command.opts()))
    .action(async (options: MigrateOptions) => migrate(options, sayer(print, options.json)));
}

function checkStores({ clickhouse, elasticsearch }: Partial<MigrateOptions>): void {
  if (!clickhouse && !elasticsearch)
    throw new UsageError('Nothing to migrate: give --clickhouse, --elasticsearch, or both.');
}

async function migrate(options: MigrateOptions, say: Say): Promise<void> {
  const {
    clickhouse,
    elasticsearch,
    stream,
    elasticsearchShards: shards,
    elasticsearchReplicas: replicas,
  } = options;
  const { withoutRebuild } = await import('./rebuild/alone.ts');
  const alone = <T>(sink: SinkName, work: () => Promise<T>): Promise<T> =>
    options.brokers ? withoutRebuild(kafkaAt(options.brokers), stream, sink, work) : work();
  if (clickhouse) {
    const { migrateClickHouse } = await import('@sluice/sink-clickhouse/migrate');
    const changes = await alone('sink-clickhouse', () =>
      withServerContext('ClickHouse', '--clickhouse', clickhouse, () =>
        migrateClickHouse(clickHouseAt(clickhouse, options), { retentionMs: options.clickhouseRetention }),
      ),
    );
    const lines = changes.map((change) => `ClickHouse: ${change}.`);
    say(lines.length > 0 ? lines : 'ClickHouse: everything is there.', { store: 'clickhouse', changes });
  }
  if (elasticsearch) {
    const { installTemplates } = await import('@sluice/sink-elasticsearch/install-templates');
    const { analyzer } = await alone('sink-elasticsearch', () =>
      withServerContext('Elasticsearch', '--elasticsearch', elasticsearch, () =>
        installTemplates({
          ...elasticsearchAt(elasticsearch, options),
          ...(shards === undefined ? {} : { shards }),
          ...(replicas === undefined ? {} : { replicas }),
        }),
      ),
    );
    say(`Elasticsearch: templates installed, texts are analyzed with ${analyzer}.`, {
      store: 'elasticsearch',
      analyzer,
    });
  }
}

import type { Command } from 'commander';
import { password } from '../access.ts';
import {
  clickhouse,
  clickhouseUser,
  elasticsearch,
  elasticsearchUser,
  httpUrl,
  positiveInteger,
  stream,
} from '../options.ts';
import { checkPath, type StoreToAsk } from './check-path.ts';
import { eventsWithDocuments } from '@sluice/sink-elasticsearch/find-events';
import { eventsWithRows } from '@sluice/sink-clickhouse/find-events';

interface PathOptions {
  readonly url: string;
  readonly sources: string;
  readonly source: string;
  readonly stream: string;
  readonly within: number;
  readonly clickhouse?: string;
  readonly clickhouseUser: string;
  readonly elasticsearch?: string;
  readonly elasticsearchUser?: string;
}

/** `sluice check path` */
export function registerCheckCommand(program: Command, print: (line: string) => void): void {
  program
    .command('check')
    .description('see that a system works')
    .command('path')
    .description('push a sample through a source that is for tests alone, and wait until it is in the stores')
    .requiredOption('--url <url>', 'the gateway', httpUrl)
    .requiredOption('--sources <file>', 'the sources file, as the gateway has it')
    .requiredOption('--source <id>', 'the source: its sample becomes a row and a document')
    .addOption(stream())
    .addOption(clickhouse())
    .addOption(clickhouseUser())
    .addOption(elasticsearch())
    .addOption(elasticsearchUser())
    .option('--within <seconds>', 'how long the whole path may take', positiveInteger, 60)
    .action(async (options: PathOptions) => {
      const stores = storesOf(options);
      if (stores.length === 0)
        throw new Error('Say where the sample must arrive: give --clickhouse, --elasticsearch, or both.');
      const { url, sources, source, within } = options;
      await checkPath({
        ...{ url, sourcesFile: sources, sourceId: source, withinMs: within * 1000 },
        ...{ env: process.env, stores, say: print },
      });
    });
}

function storesOf(options: PathOptions): StoreToAsk[] {
  const { stream, clickhouse, clickhouseUser, elasticsearch, elasticsearchUser: username } = options;
  const stores: StoreToAsk[] = [];
  if (clickhouse) {
    const access = { username: clickhouseUser, password: password('CLICKHOUSE') };
    const connection = { url: clickhouse, database: stream, ...access };
    stores.push({ name: 'ClickHouse', find: (topic, ids) => eventsWithRows(connection, topic, ids) });
  }
  if (elasticsearch) {
    const auth = username ? { auth: { username, password: password('ELASTICSEARCH') } } : {};
    const connection = { url: elasticsearch, stream, ...auth };
    stores.push({ name: 'Elasticsearch', find: (topic, ids) => eventsWithDocuments(connection, topic, ids) });
  }
  return stores;
}

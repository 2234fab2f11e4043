import type { Command } from 'commander';
import { password } from '../access.ts';
import {
  clickhouse,
  clickhouseUser,
  elasticsearch,
  elasticsearchUser,
  gateway,
  positiveInteger,
  sources,
  stream,
} from '../options.ts';
import { readSources } from '@sluice/sources/read-sources';
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

/** `sluice check path` and `sluice check sources` */
export function registerCheckCommand(program: Command, print: (line: string) => void): void {
  const check = program.command('check').description('see that a system works, or that it would');
  check
    .command('sources')
    .description(
      'see that services would take a sources file and the secrets that it names; nothing is started',
    )
    .addOption(sources('as services will have it'))
    .option('--without-secrets', 'check the file alone: the secrets are somewhere else', false)
    .action((options: { sources: string; withoutSecrets: boolean }) => {
      const found = readSources(options.sources, options.withoutSecrets ? 'unread' : process.env);
      for (const { id, vendor, stream: of, token, aesKey } of found) {
        const how = [token ? 'signed' : 'unsigned', aesKey ? 'encrypted' : 'plain'];
        print(`${id}: ${vendor}, stream ${of}, ${how.join(', ')}`);
      }
      print(`${options.sources} is right: ${found.length} ${found.length === 1 ? 'source' : 'sources'}.`);
    });
  check
    .command('path')
    .description('push a sample through a source that is for tests alone, and wait until it is in the stores')
    .addOption(gateway())
    .addOption(sources('as the gateway has it'))
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
      const { url, source, within } = options;
      await checkPath({
        ...{ url, sourcesFile: options.sources, sourceId: source, withinMs: within * 1000 },
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

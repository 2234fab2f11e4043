import type { Command } from 'commander';
import { gateway, json, needed, positiveInteger, sources, stream } from '../options.ts';
import { sayer, type Print } from '../say.ts';
import { allStoreOptions, needOneStore, openStores, type StoreOptions } from '../stores.ts';

type PathOptions = StoreOptions & {
  readonly url: string;
  readonly sources: string;
  readonly source: string;
  readonly within: number;
  readonly json: boolean;
};

interface SourcesOptions {
  readonly sources: string;
  readonly withoutSecrets: boolean;
  readonly json: boolean;
}

/** `sluice check path` and `sluice check sources` */
export function defineCheck(command: Command, print: Print): void {
  defineSources(command, print);
  definePath(command, print);
}

function defineSources(command: Command, print: Print): void {
  command
    .command('sources')
    .description('check a sources file and its secrets as services do; nothing is started')
    .addOption(needed(sources('the sources file of the services')))
    .option('--without-secrets', 'check only the file, if the secrets are on another machine', false)
    .addOption(json())
    .addHelpText(
      'after',
      `
Examples:
  sluice check sources --sources config/sources.yaml
  sluice check sources --sources values/sources.yaml --without-secrets`,
    )
    .action(async (options: SourcesOptions) => {
      const { readSources } = await import('@sluice/sources/read-sources');
      const { vendors } = await import('@sluice/vendors');
      const say = sayer(print, options.json);
      const found = readSources(options.sources, options.withoutSecrets ? 'unread' : process.env, vendors);
      for (const { id, vendor, stream: of, token, aesKey } of found) {
        const how = [token ? 'signed' : 'unsigned', aesKey ? 'encrypted' : 'plain'];
        say(`${id}: ${vendor}, stream ${of}, ${how.join(', ')}`, {
          of: 'source',
          ...{ id, vendor, stream: of, signed: token !== null, encrypted: aesKey !== null },
        });
      }
      say(`${options.sources} is right: ${found.length} ${found.length === 1 ? 'source' : 'sources'}.`, {
        of: 'sum',
        ...{ file: options.sources, sources: found.length },
      });
    });
}

function definePath(command: Command, print: Print): void {
  const path = command.command('path');
  for (const option of allStoreOptions()) path.addOption(option);
  path
    .description('push a sample through a source that is only for tests, and wait until the stores have it')
    .addOption(needed(gateway()))
    .addOption(needed(sources('the sources file of the gateway')))
    .requiredOption('--source <id>', 'the source: its sample becomes a row and a document')
    .addOption(stream())
    .option('--within <seconds>', 'maximum time for the whole path', positiveInteger, 60)
    .addOption(json())
    .addHelpText(
      'after',
      `
Examples:
  sluice check path --source shop-east
  sluice check path --source test --sources config/sources.yaml --url https://push.example.com --clickhouse http://clickhouse:8123`,
    )
    .hook('preAction', () => needOneStore(path.opts<PathOptions>(), 'Say where the sample must arrive'))
    .action(async (options: PathOptions) => {
      const { checkPath } = await import('./check-path.ts');
      const { url, source, within } = options;
      await checkPath({
        ...{ url, sourcesFile: options.sources, sourceId: source, withinMs: within * 1000 },
        ...{ env: process.env, stores: await openStores(options), say: sayer(print, options.json) },
      });
    });
}

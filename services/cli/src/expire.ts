import type { Command } from 'commander';
import { withServerContext } from './with-server-context.ts';
import { duration, elasticsearch, elasticsearchUser, json, needed, stream } from './options.ts';
import { sayer, type Print } from './say.ts';
import { elasticsearchAt, type StoreOptions } from './stores.ts';

interface ExpireOptions extends StoreOptions {
  readonly elasticsearch: string;
  readonly olderThan: number;
  readonly json: boolean;
}

/** `sluice expire elasticsearch`: ClickHouse forgets by itself, by the rule that `sluice migrate` gives it. */
export function defineExpire(command: Command, print: Print): void {
  command
    .command('elasticsearch')
    .description("delete a stream's documents that were received long ago")
    .addOption(needed(elasticsearch()))
    .addOption(elasticsearchUser())
    .addOption(stream())
    .requiredOption('--older-than <duration>', 'since they were received, e.g. 365d', duration)
    .addOption(json())
    .addHelpText('after', '\nExample:\n  sluice expire elasticsearch --older-than 365d')
    .action(async (options: ExpireOptions) => {
      const { expireDocuments } = await import('@sluice/sink-elasticsearch/expire-documents');
      const { elasticsearch: url, olderThan, json } = options;
      const before = Date.now() - olderThan;
      const deleted = await withServerContext('Elasticsearch', '--elasticsearch', url, () =>
        expireDocuments(elasticsearchAt(url, options), before),
      );
      const receivedBefore = new Date(before).toISOString();
      sayer(print, json)(`Deleted ${deleted} documents that were received before ${receivedBefore}.`, {
        deleted,
        receivedBefore,
      });
    });
}

import type { Command } from 'commander';
import { expireDocuments } from '@sluice/sink-elasticsearch/expire-documents';
import { password } from './access.ts';
import { asking } from './asking.ts';
import { duration, elasticsearch, elasticsearchUser, stream } from './options.ts';

interface ExpireOptions {
  readonly elasticsearch: string;
  readonly elasticsearchUser?: string;
  readonly stream: string;
  readonly olderThan: number;
}

/** `sluice expire elasticsearch`: ClickHouse forgets by itself, by the rule that `sluice migrate` gives it. */
export function registerExpireCommand(program: Command, print: (line: string) => void): void {
  program
    .command('expire')
    .description('delete what is older than you keep')
    .command('elasticsearch')
    .description("delete a stream's documents that were received long ago")
    .addOption(elasticsearch().makeOptionMandatory())
    .addOption(elasticsearchUser())
    .addOption(stream())
    .requiredOption('--older-than <duration>', 'since they were received, e.g. 365d', duration)
    .action(async ({ elasticsearch: url, elasticsearchUser: username, stream, olderThan }: ExpireOptions) => {
      const auth = username ? { auth: { username, password: password('ELASTICSEARCH') } } : {};
      const before = Date.now() - olderThan;
      const deleted = await asking('Elasticsearch', '--elasticsearch', url, () =>
        expireDocuments({ url, stream, ...auth }, before),
      );
      print(`Deleted ${deleted} documents that were received before ${new Date(before).toISOString()}.`);
    });
}

import type { Command } from 'commander';
import {
  brokers,
  ingressOps,
  json,
  moment,
  needed,
  positiveInteger,
  registry,
  sources,
  stream,
} from '../options.ts';
import { sayer, type Print } from '../say.ts';
import { allStoreOptions } from '../stores.ts';
import type { FindOptions } from './options.ts';

/** `sluice find <id>` */
export function defineFind(command: Command, print: Print): void {
  for (const option of allStoreOptions()) command.addOption(option);
  command
    .argument(
      '<id>',
      'of a request, event, conversation, visitor or message, a telephone number, a payload hash',
    )
    .addOption(needed(brokers()))
    .addOption(needed(registry()))
    .addOption(stream())
    .addOption(sources('the sources file, to show which events a push becomes'))
    .addOption(ingressOps())
    .option(
      '--since <time>',
      'read raw records from this time on: 1h (ago), or 2026-01-31T08:00:00Z',
      moment,
      moment('1d'),
    )
    .option('--limit <n>', 'show at most this many pushes', positiveInteger, 20)
    .addOption(json())
    .addHelpText(
      'after',
      `
Raw records are read from --since on. What the stores have is found whenever it came, and so is its raw record.

Examples:
  sluice find 1_2052986
  sluice find 7f3c0c9e-6f0e-4c39-9a51-0f3f4b5d2a11 --since 7d
  sluice find 13800138000 --json | jq .events`,
    )
    .action(async (id: string, options: FindOptions) => {
      const { find } = await import('./find.ts');
      await find(id, options, sayer(print, options.json));
    });
}

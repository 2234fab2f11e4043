import type { Command } from 'commander';
import { canonicalTopics } from '@sluice/schemas/topics';
import { kafkaAt } from './access.ts';
import { UsageError } from './exit-codes.ts';
import { brokers, json, needed, stream } from './options.ts';
import { sayer, type Print, type Say } from './say.ts';
import { allStoreOptions, needOneStore, openStores, type StoreOptions } from './stores.ts';

type EraseOptions = StoreOptions & {
  readonly brokers: string[];
  readonly source: string;
  readonly dryRun: boolean;
  readonly json: boolean;
};

/** `sluice erase`. */
export function defineErase(command: Command, print: Print): void {
  for (const option of allStoreOptions()) command.addOption(option);
  command
    .argument('<id...>', 'id, account, telephone number or e-mail address, as the vendor sends it')
    .addOption(needed(brokers()))
    .addOption(stream())
    .requiredOption('--source <id>', 'the source of the events, because ids are unique only within a source')
    .option('--dry-run', 'show how many events it would erase, and change nothing', false)
    .addOption(json())
    .addHelpText(
      'after',
      `
Example:
  sluice erase 13800138000 --source shop-east --dry-run`,
    )
    .hook('preAction', (_command, { args }) => {
      if (args.some((id) => id.trim() === ''))
        throw new UsageError('An id is empty. It would match most events.');
      needOneStore(command.opts<EraseOptions>(), 'Nothing to erase from');
    })
    .action(async (ids: string[], options: EraseOptions) => erase(ids, options, sayer(print, options.json)));
}

async function erase(ids: readonly string[], options: EraseOptions, say: Say): Promise<void> {
  const { withoutRebuild } = await import('./rebuild/alone.ts');
  const stores = (await openStores(options)).map(({ sink, at, commands, ask }) => ({
    sink,
    ask,
    eraser: commands.eraser(at),
  }));
  const { stream, source, dryRun } = options;
  try {
    // One store may hold events that the other one lacks.
    const cases = new Set<string>();
    for (const { ask, eraser } of stores)
      for (const id of await ask(() => eraser.casesOf(source, ids))) cases.add(id);
    const all = [...new Set([...ids, ...cases])];
    say(
      `${ids.length} ${ids.length === 1 ? 'id' : 'ids'}, and ${cases.size} of their conversations, visits, calls and tickets.`,
      { of: 'ids', ids: ids.length, cases: cases.size },
    );
    for (const { sink, ask, eraser } of stores) {
      const work = async (): Promise<void> => {
        for (const topic of canonicalTopics) {
          const events = await ask(() => eraser[dryRun ? 'count' : 'erase'](topic, source, all));
          if (events === 0) continue;
          say(`${sink.title}, ${topic}: ${events} events ${dryRun ? 'would be erased' : 'erased'}.`, {
            of: 'erased',
            ...{ store: sink.title, topic, events, dryRun },
          });
        }
      };
      // A rebuild would bring back what it copied before.
      await (dryRun ? work() : withoutRebuild(kafkaAt(options.brokers), stream, sink.service, work));
    }
    say(
      dryRun
        ? 'Nothing was changed.'
        : 'Kafka keeps the original records until its retention ends; erased events stay erased if they are written again. Run the command again later for events that were not stored yet.',
      { of: 'end', dryRun },
    );
  } finally {
    for (const { eraser } of stores) await eraser.close();
  }
}

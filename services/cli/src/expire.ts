import type { Command } from 'commander';
import { duration, json, needed, stream } from './options.ts';
import { sayer, type Print } from './say.ts';
import { sinks } from './sinks.ts';
import { openStore, storeOptions, type StoreOptions } from './stores.ts';

type ExpireOptions = StoreOptions & {
  readonly olderThan: number;
  readonly json: boolean;
};

/** `sluice expire elasticsearch`: other stores forget by themselves, by the rule that `sluice migrate` gives them. */
export function defineExpire(command: Command, print: Print): void {
  for (const sink of sinks.filter(({ expiresByCommand }) => expiresByCommand)) {
    const [url, user] = storeOptions(sink);
    command
      .command(sink.id)
      .description(`delete a stream's ${sink.noun}s that were received long ago`)
      .addOption(needed(url))
      .addOption(user)
      .addOption(stream())
      .requiredOption('--older-than <duration>', 'since they were received, e.g. 365d', duration)
      .addOption(json())
      .addHelpText('after', `\nExample:\n  sluice expire ${sink.id} --older-than 365d`)
      .action(async (options: ExpireOptions) => {
        const { at, commands, ask } = await openStore(sink, options[sink.id] ?? '', options);
        const before = Date.now() - options.olderThan;
        const deleted = await ask(async () => (await commands.expire?.(at, before)) ?? 0);
        const receivedBefore = new Date(before).toISOString();
        sayer(print, options.json)(
          `Deleted ${deleted} ${sink.noun}s that were received before ${receivedBefore}.`,
          { deleted, receivedBefore },
        );
      });
  }
}

import { Argument, type Command } from 'commander';
import type { CanonicalTopic } from '@sluice/schemas/topics';
import { canonicalTopics } from '@sluice/schemas/topics';
import { UsageError } from '../exit-codes.ts';
import {
  brokers,
  json,
  needed,
  newerSchemas,
  oneOf,
  percent,
  registry,
  sessionTimeout,
  stream,
} from '../options.ts';
import type { Print } from '../say.ts';
import { sinks } from '../sinks.ts';
import { storeOptions } from '../stores.ts';
import type { RebuildOptions } from './options.ts';

/** `sluice rebuild clickhouse | elasticsearch`. */
export function defineRebuild(command: Command, print: Print): void {
  for (const sink of sinks) {
    const [url, ...others] = storeOptions(sink);
    const places = [needed(brokers()), needed(registry()), stream(), needed(url), ...others];
    const rebuild = command
      .command(sink.id)
      .addArgument(oneTopic())
      .description('rebuild all topics, or one')
      .option('--from-raw', 'map the raw records again, instead of reading the canonical topics', false)
      .option('--sources <file>', 'with --from-raw: the sources file of the normalizer')
      .option('--bring-back', 'also if events come back that a rebuild with --from-raw removed', false)
      .addOption(newerSchemas())
      .addOption(sessionTimeout())
      .option('--dry-run', 'show what would be done, and change nothing', false)
      .addOption(json())
      .option(
        '--max-gone <percent>',
        'do not swap if readers would see this much less of a topic',
        percent,
        10,
      )
      .addHelpText(
        'after',
        `
Examples:
  sluice rebuild ${sink.id} --dry-run
  sluice rebuild ${sink.id} rating.v1
  sluice rebuild ${sink.id} --from-raw --sources config/sources.yaml`,
      )
      .hook('preAction', (called) => checkOptions(called.opts()))
      .action(async (topic: CanonicalTopic | undefined, options: RebuildOptions) => {
        const { runRebuild } = await import('./run-rebuild.ts');
        await runRebuild(sink, topic === undefined ? canonicalTopics : [topic], options, print);
      });
    for (const option of places) rebuild.addOption(option);
  }
}

function oneTopic(): Argument {
  return new Argument('[topic]', 'only this topic')
    .choices(canonicalTopics)
    .argParser(oneOf('topic', canonicalTopics));
}

/** @throws an error about options that do not go together */
function checkOptions({ fromRaw, sources }: RebuildOptions): void {
  if (fromRaw !== (sources !== undefined))
    throw new UsageError(
      '--from-raw and --sources go together: the mapping of raw records needs the sources file.',
    );
}

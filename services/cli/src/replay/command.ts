import { Option, type Command } from 'commander';
import { UsageError } from '../exit-codes.ts';
import {
  brokers,
  json,
  moment,
  nameList,
  needed,
  positiveInteger,
  registry,
  sources,
  stream,
} from '../options.ts';
import type { Print } from '../say.ts';
import { readPositions } from './positions.ts';
import { vendors } from '@sluice/vendors';
import type { ReplayOptions } from './options.ts';

/** `sluice replay`. */
export function defineReplay(command: Command, print: Print): void {
  withFilter(withTarget(command))
    .option('--rate <n>', 'records a second, at most', positiveInteger)
    .option('--start-at <positions>', 'continue where a replay stopped, as it printed', readPositions)
    .option(
      '--max-consecutive-rejects <n>',
      'stop after more consecutive records that cannot be mapped',
      positiveInteger,
      500,
    )
    .addOption(json())
    .addHelpText(
      'after',
      `
Examples:
  sluice replay --dry-run --from 1h --vendor ${Object.keys(vendors)[0] ?? ''}
  sluice replay --to-stream trial --from 2026-01-31 --to 2026-02-01
  sluice replay --live --source shop-east --data-type conversation --from 7d`,
    )
    .hook('preAction', () => checkOptions(command.opts()))
    .action(async (options: ReplayOptions) => {
      const { runReplay } = await import('./run-replay.ts');
      await runReplay(options, print);
    });
}

/** Which stream is read, and where its events go. */
function withTarget(command: Command): Command {
  return command
    .addOption(needed(brokers()))
    .addOption(needed(registry()))
    .addOption(stream())
    .addOption(needed(sources('the sources file of the normalizer')))
    .option('--to-stream <name>', 'write to the topics of this stream, which "sluice topics apply" created')
    .option('--live', "write to the stream's own topics, each event marked as replayed", false)
    .option('--dry-run', 'show what would become of each record, and write nothing', false)
    .option('--dead-letters', 'with --live: write what cannot be mapped to the dead letters again', false);
}

/** Which raw records are replayed. */
function withFilter(command: Command): Command {
  return command
    .addOption(new Option('--vendor <name>', 'only of this vendor').choices(Object.keys(vendors)))
    .option('--source <ids>', 'only of these sources, separated by commas', nameList)
    .option('--data-type <names>', 'only of these data types, separated by commas', nameList)
    .option(
      '--from <time>',
      'from this time on: 2026-01-31T08:00:00Z, UTC without a zone, or an age: 1h',
      moment,
    )
    .option('--to <time>', 'before this time', moment)
    .addOption(
      new Option('--by <time>', 'which time --from and --to mean: of receipt, or of the record in Kafka')
        .choices(['received', 'record'])
        .default('received'),
    );
}

/** @throws an error about options that do not go together */
function checkOptions({
  stream,
  toStream,
  live,
  dryRun,
  deadLetters,
  from,
  to,
  startAt,
}: ReplayOptions): void {
  if (live && toStream !== undefined)
    throw new UsageError(
      'Give --to-stream or --live, not both: the events go to another stream, or to the live topics.',
    );
  if (!live && toStream === undefined && !dryRun)
    throw new UsageError(
      'Say where the events go: --to-stream <name>, or --live for the live topics, or --dry-run.',
    );
  if (toStream === stream)
    throw new UsageError(
      `--to-stream ${stream} is the stream itself: use --live to write to the live topics.`,
    );
  if (deadLetters && !live)
    throw new UsageError('--dead-letters needs --live: another stream always gets the dead letters.');
  if (from !== undefined && to !== undefined && from >= to)
    throw new UsageError('--from must be before --to.');
  if (startAt && dryRun)
    throw new UsageError('--start-at resumes a replay and cannot be combined with --dry-run.');
}

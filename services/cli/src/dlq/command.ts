import { Option, type Command } from 'commander';
import { avroSchemas } from '@sluice/schemas/avro-schemas';
import type { Reason, Stage } from '@sluice/schemas/schemas';
import {
  brokers,
  json,
  needed,
  oneOf,
  positiveInteger,
  registry,
  since,
  sources,
  stream,
  until,
} from '../options.ts';
import { sayer, type Print } from '../say.ts';
import { readPlace, readPlaces, type DeadLetterPosition } from './place.ts';
import type { DlqOptions, FilterOptions, RedriveCommandOptions } from './options.ts';

/** The names that the newest dead-letter schema has for a field. */
function namesOf(field: string): readonly string[] {
  const fields: readonly { readonly name: string; readonly type: unknown }[] =
    avroSchemas['dead-letter'].at(-1)?.fields ?? [];
  return (fields.find(({ name }) => name === field)?.type as { symbols: string[] }).symbols;
}
const stages = namesOf('stage') as readonly Stage[];
/** Older names: dead letters with them are read as `POISON_PILL` and `UNLISTED_ID`. */
const olderReasons: readonly Reason[] = ['KILLS_PROCESSES', 'FOREIGN_ID'];
const reasons = (namesOf('reason') as readonly Reason[]).filter((name) => !olderReasons.includes(name));

/** `sluice dlq list | show | redrive | seen`. */
export function defineDlq(command: Command, print: Print): void {
  defineList(command, print);
  defineShow(command, print);
  defineRedrive(command, print);
  defineSeen(command, print);
}

function defineList(command: Command, print: Print): void {
  withFilter(command.command('list'))
    .description('list dead letters, one line each, with totals')
    .addHelpText(
      'after',
      `
Examples:
  sluice dlq list --open --since 1h
  sluice dlq list --reason UNDECRYPTABLE --source shop-west
  sluice dlq list --open --json | jq -r .place`,
    )
    .action(async (options: DlqOptions & FilterOptions) => {
      const { listDeadLetters } = await import('./list-dead-letters.ts');
      await listDeadLetters(options, sayer(print, options.json));
    });
}

function defineShow(command: Command, print: Print): void {
  withPlace(command.command('show'))
    .argument('<place>', 'its position: the first word of its line', readPlace)
    .description('show one dead letter in full')
    .addHelpText(
      'after',
      `
Examples:
  sluice dlq show 0/17
  sluice dlq show 0/17 --json | jq -r .payload | base64 -d`,
    )
    .action(async (place: DeadLetterPosition, options: DlqOptions) => {
      const { showDeadLetter } = await import('./list-dead-letters.ts');
      await showDeadLetter(place, options, sayer(print, options.json));
    });
}

function defineRedrive(command: Command, print: Print): void {
  withFilter(command.command('redrive'))
    .argument('[places...]', 'these alone', readPlaces)
    .description('send dead letters back to where they failed; exits with 3 if some are left')
    .addOption(needed(sources('the sources file with the current keys')))
    .option('--max-attempts <n>', 'skip dead letters with this many attempts', positiveInteger, 5)
    .option('--rate <n>', 'dead letters a second', positiveInteger, 100)
    .option('--dry-run', 'show what would become of each, and change nothing', false)
    .addHelpText(
      'after',
      `
Examples:
  sluice dlq redrive --dry-run --reason UNDECRYPTABLE --sources config/sources.yaml
  sluice dlq redrive 0/17 1/4 --sources config/sources.yaml`,
    )
    .action(async (places: DeadLetterPosition[] | undefined, options: RedriveCommandOptions) => {
      const { redriveDeadLetters } = await import('./redrive-dead-letters.ts');
      await redriveDeadLetters(places ?? [], options, sayer(print, options.json));
    });
}

function defineSeen(command: Command, print: Print): void {
  withPlace(command.command('seen'))
    .description('mark all present dead letters as seen: the alert ends until new ones come')
    .addHelpText('after', '\nExample:\n  sluice dlq seen')
    .action(async (options: DlqOptions) => {
      const { noteSeen } = await import('./list-dead-letters.ts');
      await noteSeen(options, sayer(print, options.json));
    });
}

function withPlace(command: Command): Command {
  return command
    .addOption(needed(brokers()))
    .addOption(needed(registry()))
    .addOption(stream())
    .addOption(json());
}

function withFilter(command: Command): Command {
  return withPlace(command)
    .option('--open', 'only those that were not redriven', false)
    .addOption(new Option('--stage <name>').choices(stages).argParser(oneOf('stage', stages)))
    .addOption(
      new Option('--reason <name>', 'docs/reference/dead-letters.md describes them')
        .choices(reasons)
        .argParser(oneOf('reason', reasons)),
    )
    .option('--source <id>', 'only of this source')
    .option('--contains <text>', 'only those that contain this text: a conversation, a request id')
    .addOption(since())
    .addOption(until());
}

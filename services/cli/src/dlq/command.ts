import type { Command, Option } from 'commander';
import { findSchemaIds } from '@sluice/canonical-event/registry';
import { createPublisher } from '@sluice/kafka/publisher';
import { topicOf, topics, type TopicName } from '@sluice/schemas/topics';
import { readSources } from '@sluice/sources/read-sources';
import type { Source } from '@sluice/sources/source';
import { createDeadLetterWriter } from '@sluice/stream/dead-letters';
import { kafkaAt, registryAt } from '../access.ts';
import { epochMs, positiveInteger } from '../options.ts';
import { printable, printableLine } from '../printable.ts';
import { untilReady } from '../until-ready.ts';
import {
  readLetters,
  type FoundLetters,
  type KeptLetter,
  type LetterFilter,
  type StrayRecord,
} from './read-letters.ts';
import { redrive, type RedriveOutcome } from './redrive.ts';

interface Place {
  readonly brokers: string[];
  readonly schemaRegistry: string;
  readonly stream: string;
}

interface FilterOptions {
  readonly stage?: string;
  readonly reason?: string;
  readonly source?: string;
  readonly since?: number;
  readonly until?: number;
}

interface RedriveCommandOptions extends Place, FilterOptions {
  readonly sources: string;
  readonly maxAttempts: number;
  readonly rate: number;
  readonly dryRun: boolean;
}

/** `sluice dlq list | show | redrive`. */
export function registerDlqCommand(
  program: Command,
  placeOptions: () => Option[],
  print: (line: string) => void,
): void {
  const dlq = program.command('dlq').description('dead letters of a stream');
  const withPlace = (command: Command): Command =>
    placeOptions().reduce((built, option) => built.addOption(option), command);
  const withFilter = (command: Command): Command =>
    withPlace(command)
      .option('--stage <name>', 'INGRESS, NORMALIZER, SINK_CLICKHOUSE or SINK_ELASTICSEARCH')
      .option('--reason <name>', 'as in docs/dead-letters.md')
      .option('--source <id>', 'of this source alone')
      .option('--since <time>', 'first seen at or after, e.g. 2026-01-31T08:00:00Z', epochMs)
      .option('--until <time>', 'first seen before', epochMs);

  withFilter(dlq.command('list').description('one line for each letter')).action(
    async (options: Place & FilterOptions) => {
      const { letters, strays } = await lettersOf(options, filterOf(options));
      for (const letter of letters) print(lineOf(letter));
      print(`Dead letters: ${letters.length}.`);
      failFor(strays);
    },
  );

  withPlace(
    dlq
      .command('show <place>')
      .description('everything of one letter; <place> is the first word of its line'),
  ).action(async (place: string, options: Place) => {
    const { letters, strays } = await lettersOf(options, { place });
    failFor(strays.filter((stray) => stray.place === place));
    const [letter] = letters;
    if (!letter)
      throw new Error(`There is no dead letter at ${place}: "sluice dlq list" shows which there are.`);
    for (const line of wholeOf(letter)) print(line);
  });

  withFilter(dlq.command('redrive [places...]').description('put letters back to where they came from'))
    .requiredOption('--sources <file>', 'the sources file, with the keys of now')
    .option('--max-attempts <n>', 'skip letters that were tried as often', positiveInteger, 5)
    .option('--rate <n>', 'letters a second', positiveInteger, 100)
    .option('--dry-run', 'say what would become of each, and do nothing', false)
    .action(async (places: string[], options: RedriveCommandOptions) => {
      const { sources, stream } = options;
      const known = readSources(sources, process.env).filter((source) => source.stream === stream);
      const { letters, strays } = await lettersOf(options, filterOf(options));
      const isWanted = ({ place }: { place: string }): boolean =>
        places.length === 0 || places.includes(place);
      await redriveAll(letters.filter(isWanted), known, options, print);
      failFor(strays.filter(isWanted));
    });
}

async function redriveAll(
  letters: readonly KeptLetter[],
  sources: readonly Source[],
  { brokers, schemaRegistry, stream, maxAttempts, rate, dryRun }: RedriveCommandOptions,
  print: (line: string) => void,
): Promise<void> {
  const written = Object.keys(topics) as TopicName[];
  const publisher = createPublisher(
    kafkaAt(brokers),
    written.map((name) => topicOf(stream, name)),
  );
  const counts = new Map<RedriveOutcome['outcome'], number>();
  try {
    await untilReady(publisher);
    const ids = await findSchemaIds(registryAt(schemaRegistry), stream, ['dead-letter']);
    const schemaId = ids.get('dead-letter');
    if (schemaId === undefined)
      throw new Error(`The registry has no dead-letter schema of ${stream}: run "sluice schemas register".`);
    const options = {
      stream,
      sources: new Map(sources.map((source) => [source.id, source])),
      maxAttempts,
      rate,
      isDryRun: dryRun,
      writeLetter: createDeadLetterWriter(publisher, stream, schemaId),
    };
    await redrive(letters, publisher, options, (letter, result) => {
      counts.set(result.outcome, (counts.get(result.outcome) ?? 0) + 1);
      const what =
        result.outcome === 'redriven'
          ? `${dryRun ? 'would go' : 'went'} to ${result.topic}`
          : `${result.outcome}: ${result.why}`;
      print(printableLine(`${letter.place} ${letter.reason} ${what}`));
    });
  } finally {
    await publisher.close();
  }
  const sum = (outcome: RedriveOutcome['outcome']): number => counts.get(outcome) ?? 0;
  print(
    `${sum('redriven')} ${dryRun ? 'would be redriven' : 'redriven'}, ${sum('skipped')} skipped, ${sum('unusable')} still unusable.`,
  );
}

function lettersOf({ brokers, schemaRegistry, stream }: Place, filter: LetterFilter): Promise<FoundLetters> {
  return readLetters(kafkaAt(brokers), registryAt(schemaRegistry), stream, filter);
}

/** @throws a line for each record that is no dead letter, when everything else is done: the command ends with 1 */
function failFor(strays: readonly StrayRecord[]): void {
  if (strays.length > 0)
    throw new Error(
      strays
        .map(({ place, why }) => `${place} is no dead letter, so it was passed over: ${printableLine(why)}`)
        .join('\n'),
    );
}

function filterOf({ stage, reason, source, since, until }: FilterOptions): LetterFilter {
  return {
    ...(stage === undefined ? {} : { stage: stage.toUpperCase() }),
    ...(reason === undefined ? {} : { reason: reason.toUpperCase() }),
    ...(source === undefined ? {} : { source }),
    ...(since === undefined ? {} : { sinceMs: since }),
    ...(until === undefined ? {} : { untilMs: until }),
  };
}

const timeOf = (epoch: number): string => new Date(epoch).toISOString();

function lineOf(letter: KeptLetter): string {
  const redriven = letter.redrivenAtMs === null ? '' : `redriven ${timeOf(letter.redrivenAtMs)}`;
  return [
    letter.place.padEnd(8),
    timeOf(letter.first_seen),
    letter.stage.padEnd(18),
    letter.reason.padEnd(16),
    letter.source_id,
    letter.data_type,
    `${letter.payload.length} bytes`,
    redriven,
  ]
    .filter((cell) => cell !== '')
    .map(printableLine)
    .join('  ');
}

function wholeOf(letter: KeptLetter): string[] {
  const { payload, headers, key, redrivenAtMs, first_seen, ...plain } = letter;
  return [
    ...Object.entries(plain).map(([name, value]) => `${name}: ${printableLine(String(value))}`),
    `first_seen: ${timeOf(first_seen)}`,
    `redriven: ${redrivenAtMs === null ? 'no' : timeOf(redrivenAtMs)}`,
    `key: ${printableLine(key?.toString() ?? '')}`,
    'headers:',
    ...headers.map(({ name, value }) => `  ${printableLine(name)}: ${printableLine(value)}`),
    `payload (${payload.length} bytes):`,
    printable(payload.toString()),
  ];
}

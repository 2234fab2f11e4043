import type { Command, Option } from 'commander';
import { findSchemaIds } from '@sluice/canonical-event/registry';
import { createPublisher } from '@sluice/kafka/publisher';
import { avroSchemas, type Reason, type Stage } from '@sluice/schemas/schemas';
import { topicOf, topics, type TopicName } from '@sluice/schemas/topics';
import { readSources } from '@sluice/sources/read-sources';
import type { Source } from '@sluice/sources/source';
import { noteLettersSeen } from '@sluice/stream/unseen-letters';
import { kafkaAt, registryAt } from '../access.ts';
import { epochMs, oneOf, positiveInteger, sources as sourcesFile } from '../options.ts';
import { printable, printableLine, timeOf } from '../printable.ts';
import { Undone } from '../undone.ts';
import { untilReady } from '../until-ready.ts';
import { placeOf, readPlace, readPlaces, type Place } from './place.ts';
import { readLetters, type KeptLetter, type LetterFilter, type LetterReader } from './read-letters.ts';
import { redrive, type RedriveOutcome } from './redrive.ts';

interface Stream {
  readonly brokers: string[];
  readonly schemaRegistry: string;
  readonly stream: string;
}

interface FilterOptions {
  readonly stage?: Stage;
  readonly reason?: Reason;
  readonly source?: string;
  readonly since?: number;
  readonly until?: number;
}

interface RedriveCommandOptions extends Stream, FilterOptions {
  readonly sources: string;
  readonly maxAttempts: number;
  readonly rate: number;
  readonly dryRun: boolean;
}

/** The names that the newest dead-letter schema has for a field. */
function namesOf(field: string): readonly string[] {
  const fields: readonly { readonly name: string; readonly type: unknown }[] =
    avroSchemas['dead-letter'].at(-1)?.fields ?? [];
  return (fields.find(({ name }) => name === field)?.type as { symbols: string[] }).symbols;
}

/** `sluice dlq list | show | redrive | seen`. */
export function registerDlqCommand(
  program: Command,
  placeOptions: () => Option[],
  print: (line: string) => void,
): void {
  const dlq = program.command('dlq').description('dead letters of a stream');
  const withPlace = (command: Command): Command =>
    placeOptions().reduce((built, option) => built.addOption(option), command);
  const stages = namesOf('stage') as readonly Stage[];
  const reasons = namesOf('reason') as readonly Reason[];
  const withFilter = (command: Command): Command =>
    withPlace(command)
      .option('--stage <name>', stages.join(', '), oneOf('stage', stages))
      .option('--reason <name>', 'as in docs/dead-letters.md', oneOf('reason', reasons))
      .option('--source <id>', 'of this source alone')
      .option(
        '--since <time>',
        'first seen at or after, e.g. 2026-01-31T08:00:00Z; UTC without a zone',
        epochMs,
      )
      .option('--until <time>', 'first seen before', epochMs);

  withFilter(dlq.command('list').description('one line for each dead letter')).action(
    async (options: Stream & FilterOptions) => {
      let count = 0;
      await reading(
        options,
        filterOf(options),
        (letter) => {
          count += 1;
          print(lineOf(letter));
        },
        () => print(`Dead letters: ${count}.`),
      );
    },
  );

  withPlace(
    dlq
      .command('show')
      .argument('<place>', 'the first word of its line', readPlace)
      .description('everything of one dead letter'),
  ).action(async (place: Place, options: Stream) => {
    const lines: string[] = [];
    await reading(options, { places: [place] }, (letter) => void lines.push(...wholeOf(letter)));
    for (const line of lines) print(line);
    if (lines.length === 0)
      throw new Error(
        `There is no dead letter at ${placeOf(place)}: "sluice dlq list" shows which there are.`,
      );
  });

  withFilter(
    dlq
      .command('redrive')
      .argument('[places...]', 'these alone', readPlaces)
      .description('put dead letters back to where they came from; ends with 3 when some are left'),
  )
    .addOption(sourcesFile('with the keys of now'))
    .option('--max-attempts <n>', 'skip dead letters that were tried as often', positiveInteger, 5)
    .option('--rate <n>', 'dead letters a second', positiveInteger, 100)
    .option('--dry-run', 'say what would become of each, and do nothing', false)
    .action(async (places: Place[] | undefined, options: RedriveCommandOptions) => {
      const { sources, stream } = options;
      const known = readSources(sources, process.env).filter((source) => source.stream === stream);
      const filter = filterOf(options);
      await redriveAll({ ...filter, ...(places?.length ? { places } : {}) }, known, options, print);
    });

  withPlace(
    dlq
      .command('seen')
      .description('say that somebody has seen all that is there now: the alert ends until new ones come'),
  ).action(async ({ brokers, stream }: Stream) => {
    const records = await noteLettersSeen(kafkaAt(brokers), stream);
    print(
      `Noted as seen: ${records} records of ${topicOf(stream, 'dead-letter')}, marks of redriven ones among them.`,
    );
  });
}

async function redriveAll(
  filter: LetterFilter,
  sources: readonly Source[],
  options: RedriveCommandOptions,
  print: (line: string) => void,
): Promise<void> {
  const { brokers, schemaRegistry, stream, maxAttempts, rate, dryRun } = options;
  const written = Object.keys(topics) as TopicName[];
  const publisher = createPublisher(
    kafkaAt(brokers),
    written.map((name) => topicOf(stream, name)),
  );
  const counts = new Map<RedriveOutcome['outcome'], number>();
  const sum = (...outcomes: RedriveOutcome['outcome'][]): number =>
    outcomes.reduce((total, outcome) => total + (counts.get(outcome) ?? 0), 0);
  const absent = new Set(filter.places?.map(placeOf));
  const tell = (letter: KeptLetter, result: RedriveOutcome): void => {
    absent.delete(letter.place);
    counts.set(result.outcome, sum(result.outcome) + 1);
    print(printableLine(`${letter.place} ${letter.reason} ${sentenceOf(result, dryRun)}`));
  };
  const tellCounts = (): void =>
    print(
      `${sum('redriven')} ${dryRun ? 'would be redriven' : 'redriven'}, ${sum('redriven-before', 'tried-out')} skipped, ${sum('unusable')} still unusable.`,
    );
  try {
    await untilReady(publisher);
    const ids = await findSchemaIds(registryAt(schemaRegistry), stream, ['dead-letter']);
    const schemaId = ids.get('dead-letter');
    if (schemaId === undefined)
      throw new Error(`The registry has no dead-letter schema of ${stream}: run "sluice schemas register".`);
    const byId = new Map(sources.map((source) => [source.id, source]));
    const how = { stream, sources: byId, maxAttempts, rate, isDryRun: dryRun, schemaId };
    await reading(
      options,
      filter,
      async (letter) => tell(letter, await redrive(letter, publisher, how)),
      tellCounts,
    );
  } finally {
    await publisher.close();
  }
  if (absent.size > 0) throw new Undone(`There is no such dead letter at ${[...absent].join(', ')}.`);
  const left = sum('tried-out', 'unusable');
  if (left > 0) throw new Undone(`${left} dead letters are left: see their lines.`);
}

function sentenceOf(result: RedriveOutcome, isDryRun: boolean): string {
  switch (result.outcome) {
    case 'redriven':
      return `${isDryRun ? 'would go' : 'went'} to ${result.topic}`;
    case 'redriven-before':
    case 'tried-out':
      return `skipped: ${result.why}`;
    case 'unusable':
      return `unusable: ${result.why}`;
  }
}

/** Records that are no dead letters, of which a line is shown. */
const strayLines = 20;

/**
 * Reads dead letters one after the other.
 * @param atEnd called behind the last one, also when the reading breaks off
 * @throws Undone, with a line for each of the first records that are no dead letters, when the rest is done
 */
async function reading(
  { brokers, schemaRegistry, stream }: Stream,
  filter: LetterFilter,
  onLetter: (letter: KeptLetter) => Promise<void> | void,
  atEnd: () => void = () => undefined,
): Promise<void> {
  const strays: string[] = [];
  let count = 0;
  const reader: LetterReader = {
    async onLetter(letter) {
      await onLetter(letter);
    },
    onStray({ place, why }) {
      count += 1;
      if (count <= strayLines)
        strays.push(`${place} is no dead letter, so it was passed over: ${printableLine(why)}`);
    },
  };
  try {
    await readLetters(kafkaAt(brokers), registryAt(schemaRegistry), stream, filter, reader);
  } finally {
    atEnd();
  }
  if (count > strays.length) strays.push(`${count - strays.length} more are no dead letters.`);
  if (count > 0) throw new Undone(strays.join('\n'));
}

function filterOf({ stage, reason, source, since, until }: FilterOptions): LetterFilter {
  return {
    ...(stage === undefined ? {} : { stage }),
    ...(reason === undefined ? {} : { reason }),
    ...(source === undefined ? {} : { source }),
    ...(since === undefined ? {} : { sinceMs: since }),
    ...(until === undefined ? {} : { untilMs: until }),
  };
}

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
  const { payload, headers, key, redrivenAtMs, first_seen, lost, ...plain } = letter;
  return [
    ...Object.entries(plain).map(([name, value]) => `${name}: ${printableLine(String(value))}`),
    `first_seen: ${timeOf(first_seen)}`,
    ...(lost === null ? [] : [`not shown: ${lost}`]),
    `redriven: ${redrivenAtMs === null ? 'no' : timeOf(redrivenAtMs)}`,
    `key: ${printableLine(key?.toString() ?? '')}`,
    'headers:',
    ...headers.map(({ name, value }) => `  ${printableLine(name)}: ${printableLine(value)}`),
    `payload (${payload.length} bytes):`,
    printable(payload.toString()),
  ];
}

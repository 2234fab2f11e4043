import { Option, type Command } from 'commander';
import type { AvroTopic } from '@sluice/canonical-event/avro-codec';
import { replayedHeader } from '@sluice/canonical-event/cloud-events';
import { avroTopics, findSchemaIds } from '@sluice/canonical-event/registry';
import type { KafkaConnection } from '@sluice/kafka/client';
import { createPublisher, defaultPublisherLimits, type Publisher } from '@sluice/kafka/publisher';
import { canonicalTopics, topicOf, type TopicName } from '@sluice/schemas/topics';
import { readSources } from '@sluice/sources/read-sources';
import { checkTopics } from '@sluice/stream/check-topics';
import { createDeadLetterWriter } from '@sluice/stream/dead-letters';
import { kafkaAt, registryAt } from '../access.ts';
import { brokers, epochMs, nameList, positiveInteger, registry, stream } from '../options.ts';
import { timeLeft } from '../time-left.ts';
import { Undone } from '../undone.ts';
import { untilReady } from '../until-ready.ts';
import { untilSignal } from '../until-signal.ts';
import type { RawFilter } from './filter.ts';
import { createLedger, type LedgerWords } from './ledger.ts';
import { createPace } from './pace.ts';
import { readPositions, writePositions, type Positions } from './positions.ts';
import { rangesOf, replay, type RawTopic, type ReplayPlan, type ReplayTarget } from './replay.ts';

interface ReplayOptions {
  readonly brokers: string[];
  readonly schemaRegistry: string;
  readonly stream: string;
  readonly sources: string;
  readonly toStream?: string;
  readonly live: boolean;
  readonly dryRun: boolean;
  readonly deadLetters: boolean;
  readonly vendor?: 'echat' | 'sobot';
  readonly source?: string[];
  readonly dataType?: string[];
  readonly from?: number;
  readonly to?: number;
  readonly by: RawFilter['by'];
  readonly rate?: number;
  readonly startAt?: Positions;
  readonly rejectsInARow: number;
}

const progressEveryMs = 5_000;

/** `sluice replay`. */
export function registerReplayCommand(program: Command, print: (line: string) => void): void {
  program
    .command('replay')
    .description(
      'run raw records through the mapping again, into another stream or, if told so, the live topics',
    )
    .addOption(brokers())
    .addOption(registry())
    .addOption(stream())
    .requiredOption('--sources <file>', 'the sources file, as the normalizer has it')
    .option('--to-stream <name>', 'write to the topics of this stream, which "sluice topics apply" created')
    .option('--live', "write to the stream's own topics, each event marked as replayed", false)
    .option('--dry-run', 'say what would become of each record, and write nothing', false)
    .option('--dead-letters', 'with --live: write what cannot be mapped to the dead letters again', false)
    .addOption(new Option('--vendor <name>', 'of this vendor alone').choices(['echat', 'sobot']))
    .option('--source <ids>', 'of these sources alone, separated by commas', nameList)
    .option('--data-type <names>', 'of these data types alone, separated by commas', nameList)
    .option('--from <time>', 'from this time on, e.g. 2026-01-31T08:00:00Z; UTC without a zone', epochMs)
    .option('--to <time>', 'before this time', epochMs)
    .addOption(
      new Option('--by <time>', 'which time --from and --to mean: of receipt, or of the record in Kafka')
        .choices(['received', 'record'])
        .default('received'),
    )
    .option('--rate <n>', 'records a second, at most', positiveInteger)
    .option('--start-at <positions>', 'go on where a replay stopped, as it printed', readPositions)
    .option(
      '--rejects-in-a-row <n>',
      'stop when more records in a row cannot be mapped',
      positiveInteger,
      500,
    )
    .action((options: ReplayOptions) => runReplay(options, print));
}

async function runReplay(options: ReplayOptions, print: (line: string) => void): Promise<void> {
  check(options);
  const connection = kafkaAt(options.brokers);
  const plan = planOf(options, connection);
  const into = options.toStream ?? options.stream;
  const written: TopicName[] = [...canonicalTopics, 'dead-letter'];
  await checked(connection, options.stream, plan.topics);
  if (!options.dryRun) await checked(connection, into, written);
  const registered = options.dryRun ? options.stream : into;
  const schemaIds = await findSchemaIds(registryAt(options.schemaRegistry), registered, avroTopics);
  const ranges = await rangesOf(plan);

  const publisher = options.dryRun
    ? null
    : createPublisher(
        connection,
        written.map((name) => topicOf(into, name)),
        { ...defaultPublisherLimits, maxRecords: 200_000, maxBytes: 256 * 1024 * 1024, deadlineMs: 30_000 },
      );
  const ledger = createLedger();
  const positions = new Map<string, bigint>();
  const total = ranges.reduce((sum, { from, to }) => sum + lengthOf(from, to), 0);
  let told = performance.now();
  try {
    if (publisher) await untilReady(publisher);
    await untilSignal(async (signal) => {
      const target = targetOf(options, into, schemaIds, publisher);
      const timer = setInterval(() => {
        const count = ledger.count();
        const left = timeLeft(count, total, performance.now() - told);
        print(`${count} of ${total} records read, ${perSecond(count, told)} a second so far, ${left}.`);
        // Whoever ends the process without a word can go on from here.
        print(`So far: --start-at ${writePositions(positions)}`);
      }, progressEveryMs);
      const end = (): void => {
        clearInterval(timer);
        for (const line of ledger.lines(wordsOf(options, into))) print(line);
      };
      const goOn = `run it again, since the same events get the same ids, or go on with --start-at`;
      told = performance.now();
      try {
        const pace = createPace(options.rate ?? Number.POSITIVE_INFINITY, signal);
        await replay(plan, ranges, target, { ledger, pace, signal, positions });
      } catch (error) {
        end();
        const reason = error instanceof Error ? error.message : String(error);
        throw new Error(`The replay broke off: ${reason} Then ${goOn} ${writePositions(positions)}`, {
          cause: error,
        });
      }
      end();
      if (!signal.aborted) {
        if (ledger.missing() === 0) return;
        throw new Undone(`${ledger.missing()} records were missed: see the ledger. The rest is done.`);
      }
      print(`Stopped before the end: ${goOn} ${writePositions(positions)}`);
      process.exitCode = 130;
    });
  } finally {
    await publisher?.close();
  }
}

/** @throws one sentence about options that do not go together */
function check({ stream, toStream, live, dryRun, deadLetters, from, to, startAt }: ReplayOptions): void {
  if (live && toStream !== undefined)
    throw new Error(
      'Give --to-stream or --live, not both: the events go to another stream, or to the live topics.',
    );
  if (!live && toStream === undefined && !dryRun)
    throw new Error(
      'Say where the events go: --to-stream <name>, or --live for the live topics, or --dry-run.',
    );
  if (toStream === stream)
    throw new Error(`--to-stream ${stream} is the stream itself: say --live if the live topics are meant.`);
  if (deadLetters && !live)
    throw new Error(
      '--dead-letters goes with --live alone: another stream gets the dead letters in any case.',
    );
  if (from !== undefined && to !== undefined && from >= to)
    throw new Error('--from must be before --to, or no record passes.');
  if (startAt && dryRun) throw new Error('--start-at goes on with a replay, and --dry-run is none.');
}

function planOf(options: ReplayOptions, connection: KafkaConnection): ReplayPlan {
  const { stream, vendor, source, dataType, from, to, by, startAt } = options;
  const sources = readSources(options.sources, 'unread').filter((one) => one.stream === stream);
  const unknown = source?.find((id) => !sources.some((one) => one.id === id));
  if (unknown !== undefined)
    throw new Error(`The sources file has no source ${unknown} of the stream ${stream}.`);
  return {
    connection,
    stream,
    topics: vendor ? [`raw.${vendor}`] : (['raw.echat', 'raw.sobot'] satisfies RawTopic[]),
    filter: {
      by,
      ...(source === undefined ? {} : { sources: source }),
      ...(dataType === undefined ? {} : { dataTypes: dataType }),
      ...(from === undefined ? {} : { fromMs: from }),
      ...(to === undefined ? {} : { toMs: to }),
    },
    startAt: startAt ?? new Map(),
    sources: new Map(sources.map((one) => [one.id, one])),
  };
}

async function checked(
  connection: KafkaConnection,
  stream: string,
  names: readonly TopicName[],
): Promise<void> {
  const { problems } = await checkTopics(connection, stream, names);
  if (problems.length > 0) throw new Error(problems.join('\n'));
}

function targetOf(
  { live, deadLetters, rejectsInARow }: ReplayOptions,
  stream: string,
  schemaIds: ReadonlyMap<AvroTopic, number>,
  publisher: Publisher | null,
): ReplayTarget {
  if (!publisher) {
    const taken = { outcome: 'published', partition: 0, offset: '0' } as const;
    return {
      stream,
      schemaIds,
      publish: () => Promise.resolve(taken),
      writeDeadLetter: () => Promise.resolve(),
      rejectsInARow: Number.POSITIVE_INFINITY,
    };
  }
  const startedAt = new Date().toISOString();
  const isKept = !live || deadLetters;
  const writeDeadLetter = createDeadLetterWriter(publisher, stream, schemaIds.get('dead-letter') ?? 0);
  return {
    stream,
    schemaIds,
    publish: (record) =>
      publisher.publish(
        live ? { ...record, headers: { ...record.headers, [replayedHeader]: startedAt } } : record,
      ),
    writeDeadLetter: isKept ? writeDeadLetter : () => Promise.resolve(),
    rejectsInARow: isKept ? rejectsInARow : Number.POSITIVE_INFINITY,
  };
}

function wordsOf({ dryRun, live, deadLetters }: ReplayOptions, into: string): LedgerWords {
  if (dryRun) return { produced: 'that would be produced', rejects: 'nothing is written' };
  const isKept = !live || deadLetters;
  return {
    produced: `produced to ${into}`,
    rejects: isKept ? `they are in ${topicOf(into, 'dead-letter')}` : 'not written again to the dead letters',
  };
}

function lengthOf(from: ReadonlyMap<number, bigint>, to: ReadonlyMap<number, bigint>): number {
  return [...to].reduce((sum, [partition, end]) => sum + Number(end - (from.get(partition) ?? 0n)), 0);
}

const perSecond = (count: number, since: number): number =>
  Math.round((count * 1000) / Math.max(1, performance.now() - since));

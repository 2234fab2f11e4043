import type { AvroTopic } from '@sluice/canonical-event/avro-codec';
import { replayedHeader } from '@sluice/canonical-event/cloud-events';
import { avroTopics, findSchemaIds } from '@sluice/canonical-event/registry';
import type { KafkaConnection } from '@sluice/kafka/client';
import { createPublisher, defaultPublisherLimits, type Publisher } from '@sluice/kafka/publisher';
import { canonicalTopics, rawTopicOf, topicOf, type TopicName } from '@sluice/schemas/topics';
import type { Range } from '@sluice/kafka/read-range';
import { readSources } from '@sluice/sources/read-sources';
import { checkTopics, type CheckedTopics } from '@sluice/stream/check-topics';
import { createDeadLetterWriter } from '@sluice/stream/dead-letters';
import { vendors } from '@sluice/vendors';
import { rawTopics } from '@sluice/vendors/topics';
import { loadMappings } from '@sluice/vendor-kit/vendor';
import { kafkaAt, registryAt } from '../access.ts';
import { Undone, UsageError } from '../exit-codes.ts';
import { readKillers } from '../killers.ts';
import { secondsLeft, timeLeft } from '../time-left.ts';
import { waitUntilReady } from '../wait-until-ready.ts';
import { withAbortSignal } from '../with-abort-signal.ts';
import type { Print } from '../say.ts';
import type { ReplayOptions } from './options.ts';
import { createLedger, type LedgerSums, type LedgerWords, type ReplayLedger } from './ledger.ts';
import { createPace, type Pace } from './pace.ts';
import { writePositions } from './positions.ts';
import { rangesOf, replay, type ReplayOutput, type ReplayPlan, type ReplayTarget } from './replay.ts';

const progressEveryMs = 5_000;

/** What a replay tells while it runs, as data: a line of `--json`. */
type ReplayFact =
  /** `secondsLeft` is null before anything is read; `startAt` is what --start-at takes. */
  | {
      readonly of: 'progress';
      readonly records: number;
      readonly total: number;
      readonly perSecond: number;
      readonly secondsLeft: number | null;
      readonly startAt: string;
    }
  | ({ readonly of: 'ledger' } & LedgerSums)
  /** Ctrl-C, before the end. */
  | { readonly of: 'stopped'; readonly startAt: string }
  | { readonly of: 'broke-off'; readonly reason: string; readonly startAt: string };

/** What a replay reads, and how far it is. */
interface Run {
  readonly plan: ReplayPlan;
  readonly ranges: readonly Range[];
  readonly ledger: ReplayLedger;
  readonly positions: Map<string, bigint>;
  readonly say: (lines: readonly string[], fact: ReplayFact) => void;
}

/** Replays what the options say, and tells how far it is and what became of the records. */
export async function runReplay(options: ReplayOptions, print: Print): Promise<void> {
  const say = (lines: readonly string[], fact: ReplayFact): void => {
    for (const line of options.json ? [JSON.stringify(fact)] : lines) print(line);
  };
  const connection = kafkaAt(options.brokers);
  const plan = await planOf(options, connection);
  const into = options.toStream ?? options.stream;
  await checked(connection, options.stream, [...plan.topics, 'dead-letter']);
  const limits = options.dryRun
    ? (await checkTopics(connection, into, written)).maxMessageBytes
    : await checked(connection, into, written);
  const registered = options.dryRun ? options.stream : into;
  const schemaRegistry = registryAt(options.schemaRegistry);
  const schemaIds = await findSchemaIds(schemaRegistry, registered, avroTopics);
  const killers = await readKillers(connection, schemaRegistry, options.stream, ['NORMALIZER']);
  const ranges = await rangesOf(plan);

  const publisher = options.dryRun ? null : publisherInto(connection, into);
  const run: Run = { plan, ranges, ledger: createLedger(), positions: new Map(), say };
  try {
    if (publisher) await waitUntilReady(publisher);
    await withAbortSignal((signal) => {
      const target = { ...targetOf(options, into, schemaIds, publisher), killers, limits };
      const pace = createPace(options.rate ?? Number.POSITIVE_INFINITY, signal);
      return replayAndTell(run, target, pace, signal, wordsOf(options, into));
    });
  } finally {
    await publisher?.close();
  }
}

const written: TopicName[] = [...canonicalTopics, 'dead-letter'];

function publisherInto(connection: KafkaConnection, stream: string): Publisher {
  return createPublisher(
    connection,
    written.map((name) => topicOf(stream, name)),
    { ...defaultPublisherLimits, maxRecords: 200_000, maxBytes: 256 * 1024 * 1024, deadlineMs: 30_000 },
  );
}

/** @throws Undone when records were missed */
async function replayAndTell(
  run: Run,
  target: ReplayTarget,
  pace: Pace,
  signal: AbortSignal,
  words: LedgerWords,
): Promise<void> {
  const { plan, ranges, ledger, positions, say } = run;
  const timer = tellProgress(run);
  const end = (): void => {
    clearInterval(timer);
    say(ledger.lines(words), { of: 'ledger', ...ledger.sums() });
  };
  const goOn = `run it again, since the same events get the same ids, or continue with --start-at`;
  try {
    await replay(plan, ranges, target, { ledger, pace, signal, positions });
  } catch (error) {
    end();
    const reason = error instanceof Error ? error.message : String(error);
    const startAt = writePositions(positions);
    say([], { of: 'broke-off', reason, startAt });
    throw new Error(`The replay failed: ${reason} Then ${goOn} ${startAt}`, { cause: error });
  }
  end();
  if (!signal.aborted) {
    if (ledger.missing() === 0) return;
    throw new Undone(`${ledger.missing()} records were missed: see the ledger. The rest is done.`);
  }
  const startAt = writePositions(positions);
  say([`Stopped before the end: ${goOn} ${startAt}`], { of: 'stopped', startAt });
  process.exitCode = 130;
}

function tellProgress({ ranges, ledger, positions, say }: Run): NodeJS.Timeout {
  const total = ranges.reduce((sum, { from, to }) => sum + lengthOf(from, to), 0);
  const startedAt = performance.now();
  return setInterval(() => {
    const [records, elapsedMs] = [ledger.count(), performance.now() - startedAt];
    const [perSecond, left] = [perSecondOf(records, elapsedMs), secondsLeft(records, total, elapsedMs)];
    const startAt = writePositions(positions);
    say(
      [
        `${records} of ${total} records read, ${perSecond} a second so far, ${timeLeft(left)}.`,
        // Anybody who ends the process without a word can continue from here.
        `So far: --start-at ${startAt}`,
      ],
      { of: 'progress', records, total, perSecond, secondsLeft: left, startAt },
    );
  }, progressEveryMs);
}

async function planOf(options: ReplayOptions, connection: KafkaConnection): Promise<ReplayPlan> {
  const { stream, vendor, source, dataType, from, to, by, startAt } = options;
  const sources = readSources(options.sources, 'unread', vendors).filter((one) => one.stream === stream);
  const unknown = source?.find((id) => !sources.some((one) => one.id === id));
  if (unknown !== undefined)
    throw new UsageError(`The sources file has no source ${unknown} of the stream ${stream}.`);
  return {
    connection,
    stream,
    topics: vendor ? [rawTopicOf(vendor)] : rawTopics,
    filter: {
      by,
      ...(source === undefined ? {} : { sources: source }),
      ...(dataType === undefined ? {} : { dataTypes: dataType }),
      ...(from === undefined ? {} : { fromMs: from }),
      ...(to === undefined ? {} : { toMs: to }),
    },
    startAt: startAt ?? new Map(),
    sources: new Map(sources.map((one) => [one.id, one])),
    mappings: await loadMappings(vendors),
  };
}

async function checked(
  connection: KafkaConnection,
  stream: string,
  names: readonly TopicName[],
): Promise<CheckedTopics['maxMessageBytes']> {
  const { problems, maxMessageBytes } = await checkTopics(connection, stream, names);
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return maxMessageBytes;
}

function targetOf(
  { live, deadLetters, maxConsecutiveRejects }: ReplayOptions,
  stream: string,
  schemaIds: ReadonlyMap<AvroTopic, number>,
  publisher: Publisher | null,
): ReplayTarget {
  if (!publisher) return { schemaIds, output: null };
  const startedAt = new Date().toISOString();
  const isKept = !live || deadLetters;
  const writeDeadLetter = createDeadLetterWriter(publisher, stream, schemaIds.get('dead-letter') ?? 0);
  const output: ReplayOutput = {
    stream,
    send: (record, settle) => {
      const headers = live ? { ...record.headers, [replayedHeader]: startedAt } : record.headers;
      publisher.send({ ...record, headers }, settle);
    },
    writeDeadLetter: isKept ? writeDeadLetter : () => Promise.resolve(),
    maxConsecutiveRejects: isKept ? maxConsecutiveRejects : Number.POSITIVE_INFINITY,
  };
  return { schemaIds, output };
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

const perSecondOf = (count: number, elapsedMs: number): number =>
  Math.round((count * 1000) / Math.max(1, elapsedMs));

import { setImmediate } from 'node:timers/promises';
import type { AvroTopic } from '@sluice/canonical-event/avro-codec';
import type { KafkaConnection } from '@sluice/kafka/client';
import type { ConsumedRecord } from '@sluice/kafka/consumer';
import type { Publisher } from '@sluice/kafka/publisher';
import { workThroughRanges, type Range } from '@sluice/kafka/read-range';
import { offsetRanges, offsetsAtTime } from '@sluice/kafka/topics-admin';
import {
  createRecordMapper,
  fitsTopic,
  outcomeOf,
  rejectsOf,
  type RecordMapping,
  type TopicLimits,
} from '@sluice/normalizer/map-record';
import { createPipeline } from '@sluice/normalizer/pipeline';
import { topicOf, type RawTopic } from '@sluice/schemas/topics';
import type { Source } from '@sluice/sources/source';
import { deadLetterOf, type WriteDeadLetter } from '@sluice/stream/dead-letters';
import type { RejectLimit } from '@sluice/stream/reject-limit';
import { takeChunk } from '@sluice/stream/take-chunk';
import type { Mappings } from '@sluice/vendor-kit/vendor';
import { noKillers, type Killers } from '../killers.ts';
import { passes, type RawFilter } from './filter.ts';
import type { ReplayLedger } from './ledger.ts';
import type { Pace } from './pace.ts';
import type { Positions } from './positions.ts';

export interface ReplayPlan {
  readonly connection: KafkaConnection;
  /** Whose raw topics are read. */
  readonly stream: string;
  readonly topics: readonly RawTopic[];
  readonly filter: RawFilter;
  /** Where to begin in a partition, instead of what the filter asks for. */
  readonly startAt: Positions;
  readonly sources: ReadonlyMap<string, Source>;
  /** By vendor. */
  readonly mappings: Mappings;
}

export interface ReplayTarget {
  readonly schemaIds: ReadonlyMap<AvroTopic, number>;
  /** What the topics of the events take. Default: what the list declares. */
  readonly limits?: TopicLimits;
  /** Where it is written to; null if it is only counted. */
  readonly output: ReplayOutput | null;
  /** What is rejected unseen. Default: nothing is known. */
  readonly killers?: Killers;
}

export interface ReplayOutput {
  readonly stream: string;
  readonly send: Publisher['send'];
  /** Keeps what cannot be mapped, or only takes note of it. */
  readonly writeDeadLetter: WriteDeadLetter;
  /** More rejects in a row than this end the replay. */
  readonly maxConsecutiveRejects: number;
}

export interface ReplayProgress {
  readonly ledger: ReplayLedger;
  readonly pace: Pace;
  readonly signal: AbortSignal;
  /** How far it came, by partition; grows while it runs. */
  readonly positions: Map<string, bigint>;
}

/** Bounds of what one partition has in flight: a raw record becomes up to hundreds of events. */
const chunk = { maxRecords: 200, maxBytes: 2 * 1024 * 1024 };

/**
 * The raw records that a plan reads, as they are now. What is written later is not read. What has left since a position
 * was printed is a part of it, and is missed.
 * @throws an error about a position that the topic has not reached: it is of a former topic
 */
export async function rangesOf({
  connection,
  stream,
  topics,
  filter,
  startAt,
}: ReplayPlan): Promise<Range[]> {
  return Promise.all(
    topics.map(async (name): Promise<Range> => {
      const topic = topicOf(stream, name);
      const held = await offsetRanges(connection, topic);
      const since = await firstOffsets(connection, topic, filter);
      const from = [...held].map(([partition, { low, high }]): [number, bigint] => {
        const position = startAt.get(`${name}/${partition}`);
        if (position !== undefined && position > high)
          throw new Error(
            `--start-at ${name}/${partition}=${position} is after the end of ${topic}/${partition}, ${high}: the topic was created again. Omit --start-at.`,
          );
        const wanted = position ?? since?.get(partition) ?? low;
        return [partition, wanted > high ? high : wanted];
      });
      return { topic, from: new Map(from), to: new Map([...held].map(([at, { high }]) => [at, high])) };
    }),
  );
}

/** How much earlier than its receipt a record may seem to be written, by clocks that were set back. */
const clockMarginMs = 3_600_000;

/** Saves reading what was written before the time that the filter asks for; the filter itself decides. */
async function firstOffsets(
  connection: KafkaConnection,
  topic: string,
  { fromMs, by }: RawFilter,
): Promise<Map<number, bigint> | undefined> {
  if (fromMs === undefined) return undefined;
  return offsetsAtTime(connection, topic, Math.max(0, by === 'record' ? fromMs : fromMs - clockMarginMs));
}

/**
 * Runs raw records through the normalizer's own pipeline into a target. Ends early, without an error, when the signal
 * is aborted; what was produced by then carries the ids that it would get again.
 * @throws when Kafka does not take something, or too many records in a row are rejected
 */
export async function replay(
  plan: ReplayPlan,
  ranges: readonly Range[],
  target: ReplayTarget,
  { ledger, pace, signal, positions }: ReplayProgress,
): Promise<void> {
  for (const { topic, from } of ranges)
    for (const [partition, offset] of from) positions.set(shortName(plan, topic, partition), offset);
  const { killers = noKillers } = target;
  const handle = handlerOf(plan, target, ledger);
  const isStopped = (): boolean => signal.aborted;
  const maxRecords = Math.min(chunk.maxRecords, pace.atOnce);
  await workThroughRanges(plan.connection, ranges, {
    partitionsAtOnce: 4,
    signal,
    onGone: (gone) => ledger.missed(gone),
    async onRecords(records) {
      const [first] = records;
      if (!first) return;
      const name = shortName(plan, first.topic, first.partition);
      // A fetch may bring again what was worked through.
      const fresh = records.filter(({ offset }) => BigInt(offset) >= (positions.get(name) ?? 0n));
      for (let at = 0; at < fresh.length && !signal.aborted;) {
        const part = takeChunk(fresh, at, { ...chunk, maxRecords });
        const passed = part.filter((record) => passes(record, plan.filter));
        if (passed.length > 0) {
          await pace.wait(passed.length);
          if (isStopped()) return;
          for (const record of passed) if (killers.hasRecord(record)) await reject(record, target, ledger);
          await handle(passed.filter((record) => !killers.hasRecord(record)));
        }
        ledger.workedThrough(passed, part.length - passed.length);
        at += part.length;
        positions.set(name, BigInt(part.at(-1)?.offset ?? 0) + 1n);
      }
    },
  });
}

type Handle = (records: readonly ConsumedRecord[]) => Promise<void>;

function handlerOf(
  { mappings, sources }: ReplayPlan,
  { schemaIds, output, limits = new Map() }: ReplayTarget,
  ledger: ReplayLedger,
): Handle {
  const mapping: RecordMapping = { mappings, findSource: (id) => sources.get(id), schemaIds, limits };
  return output ? writeEvents(mapping, output, ledger) : countEvents(mapping, ledger);
}

/** Rejects a record unseen. */
async function reject(record: ConsumedRecord, { output }: ReplayTarget, ledger: ReplayLedger): Promise<void> {
  const detail = 'It crashed processes, as the dead letters of the stream show; it was not tried again.';
  const letter = deadLetterOf(record, 'NORMALIZER', 'POISON_PILL', detail);
  await output?.writeDeadLetter(letter);
  ledger.rejected(letter);
  ledger.ended(record, 'dead-lettered');
}

/** The normalizer's pipeline into another output, with the ledger. */
function writeEvents(mapping: RecordMapping, output: ReplayOutput, ledger: ReplayLedger): Handle {
  return createPipeline({
    ...mapping,
    stream: output.stream,
    publisher: { send: output.send },
    async writeDeadLetter(letter) {
      await output.writeDeadLetter(letter);
      ledger.rejected(letter);
    },
    rejectLimit: endAfterRejects(output.maxConsecutiveRejects),
    beginSpans: null,
    on: {
      record: (record, outcome) => ledger.ended(record, outcome),
      event: (topic) => ledger.event(topic),
    },
  });
}

/** What the pipeline would make of the records, in the ledger alone. */
function countEvents(mapping: RecordMapping, ledger: ReplayLedger): Handle {
  const map = createRecordMapper(mapping);
  return async (records) => {
    for (const record of records) {
      const mapped = map(record);
      for (const event of mapped.events) if (fitsTopic(event, mapped)) ledger.event(event.topic);
      for (const { payload, reason, detail } of rejectsOf(mapped))
        ledger.rejected(deadLetterOf({ ...record, value: payload }, 'NORMALIZER', reason, detail));
      ledger.ended(record, outcomeOf(mapped));
      // Mapping waits for nothing: progress is told meanwhile, and Ctrl-C is heard.
      await setImmediate();
    }
  };
}

/** The name of a partition without its stream: `<raw topic>/<partition>`. */
function shortName({ stream }: ReplayPlan, topic: string, partition: number): string {
  return `${topic.slice(stream.length + 1)}/${partition}`;
}

/**
 * Ends the replay after more consecutive rejects in a partition than the limit, among the records that pass the filter. The
 * limit of a worker blocks the partition instead, tells sources apart and needs offsets without gaps.
 */
function endAfterRejects(limit: number): RejectLimit {
  const rows = new Map<string, number>();
  return {
    check([first], isRejected) {
      const name = `${first?.topic ?? ''}/${first?.partition ?? 0}`;
      let row = rows.get(name) ?? 0;
      for (const rejected of isRejected) {
        row = rejected ? row + 1 : 0;
        if (row > limit)
          throw new Error(
            `More than ${limit} consecutive records of ${name} cannot be mapped: check that --sources is the file of the stream's normalizer. If the records are bad, raise --max-consecutive-rejects.`,
          );
      }
      rows.set(name, row);
    },
  };
}

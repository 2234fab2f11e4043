import { createDecoder, type Decoder } from '@sluice/canonical-event/avro-codec';
import { schemaLookup, type RegistryConnection } from '@sluice/canonical-event/registry';
import type { KafkaConnection } from '@sluice/kafka/client';
import type { ConsumedRecord } from '@sluice/kafka/consumer';
import { workThroughRanges, type Range } from '@sluice/kafka/read-range';
import { offsetRanges, type OffsetRange } from '@sluice/kafka/topics-admin';
import type { DeadLetter, Reason, Stage } from '@sluice/schemas/schemas';
import { topicOf } from '@sluice/schemas/topics';
import { placeOf, type DeadLetterPosition } from './place.ts';

/** A dead letter and where it stands: `0/17` is partition 0, offset 17. */
export interface StoredDeadLetter extends DeadLetter {
  readonly place: string;
  /** When it was put back to where it came from, epoch ms; null when it was not. */
  readonly redrivenAtMs: number | null;
  /** What of it this release does not know, in a message; null when it knows all of it. */
  readonly lost: string | null;
}

export interface DeadLetterFilter {
  /** These alone. */
  readonly places?: readonly DeadLetterPosition[];
  readonly stage?: Stage;
  readonly reason?: Reason;
  readonly source?: string;
  readonly sinceMs?: number;
  readonly untilMs?: number;
  /** In the payload, a header, the detail or the id. */
  readonly contains?: string;
  /** Those alone that were not redriven. */
  readonly isOpen?: boolean;
}

/** How many dead letters were read, whatever the filter says, by what they have. */
export type DeadLetterCounts = Readonly<Record<'source' | 'stage' | 'reason', ReadonlyMap<string, number>>>;

/** A record in the topic that is no dead letter, and no mark of one. */
interface StrayRecord {
  readonly place: string;
  readonly why: string;
}

export interface DeadLetterReader {
  /** Works on one dead letter; the next one waits. What it throws ends the reading. */
  readonly onDeadLetter: (deadLetter: StoredDeadLetter) => Promise<void>;
  /** Told what is passed over, whatever the filter says of letters. */
  readonly onStray: (stray: StrayRecord) => void;
}

/** Headers of the record that marks a letter as redriven; it has the letter's key, and is empty. */
export const mark = { place: 'sluice-redriven-letter', atMs: 'sluice-redriven-at' } as const;

/**
 * Reads the dead letters of a stream that the filter lets through, one after the other, partition by partition in the
 * order in which they were written. The topic is read twice, first for the marks: in memory are the marks and what one
 * fetch brings.
 * @returns what was there
 * @throws an error about a place that the topic does not have
 */
export async function readDeadLetters(
  connection: KafkaConnection,
  registry: RegistryConnection,
  stream: string,
  filter: DeadLetterFilter,
  { onDeadLetter, onStray }: DeadLetterReader,
): Promise<DeadLetterCounts> {
  const topic = topicOf(stream, 'dead-letter');
  const counts = {
    source: new Map<string, number>(),
    stage: new Map<string, number>(),
    reason: new Map<string, number>(),
  };
  const held = await offsetRanges(connection, topic);
  for (const place of filter.places ?? []) checkPlace(place, held);
  const range = rangeOf(topic, held, filter.places);
  const redriven = await readMarks(connection, range);
  const decode = createDecoder(schemaLookup(registry));
  const wanted = filter.places && new Set(filter.places.map(placeOf));
  await readInTurn(connection, range, async (record) => {
    const place = placeOf(record);
    if ((wanted && !wanted.has(place)) || markOf(record)) return;
    const found = await letterOf(record, decode, redriven);
    if (typeof found === 'string') {
      onStray({ place, why: found });
      return;
    }
    addTo(counts.source, found.source_id);
    addTo(counts.stage, found.stage);
    addTo(counts.reason, found.reason);
    if (passes(found, filter)) await onDeadLetter(found);
  });
  return counts;
}

/** When letters were redriven, epoch ms, by their place. */
async function readMarks(connection: KafkaConnection, range: Range): Promise<Map<string, number>> {
  const redriven = new Map<string, number>();
  await readInTurn(connection, range, (record) => {
    const marked = markOf(record);
    if (marked) redriven.set(marked.place, marked.atMs);
    return Promise.resolve();
  });
  return redriven;
}

/** What a record that is no mark holds; or why it holds no dead letter. */
async function letterOf(
  record: ConsumedRecord,
  decode: Decoder,
  redriven: ReadonlyMap<string, number>,
): Promise<StoredDeadLetter | string> {
  if (record.unreadable !== undefined) return record.unreadable;
  if (!record.value?.length) return 'It is empty.';
  const decoded = await decode('dead-letter', record.value);
  if (!decoded.ok) return decoded.detail;
  const place = placeOf(record);
  return {
    ...decoded.value,
    ...{ place, redrivenAtMs: redriven.get(place) ?? null, lost: decoded.lost ?? null },
  };
}

const addTo = (counts: Map<string, number>, name: string): void =>
  void counts.set(name, (counts.get(name) ?? 0) + 1);

/** What must be read for some places: from the first of each partition on, since a mark is behind its letter. */
function rangeOf(
  topic: string,
  held: ReadonlyMap<number, OffsetRange>,
  places: readonly DeadLetterPosition[] | undefined,
): Range {
  const from = [...held].flatMap(([partition, { low }]): [number, bigint][] => {
    if (!places) return [[partition, low]];
    const offsets = places.filter((place) => place.partition === partition).map(({ offset }) => offset);
    return offsets.length === 0 ? [] : [[partition, offsets.reduce((a, b) => (a < b ? a : b))]];
  });
  return {
    topic,
    from: new Map(from),
    to: new Map(from.map(([partition]) => [partition, held.get(partition)?.high ?? 0n])),
  };
}

/** Each record of a range once, one after the other. What retention takes meanwhile is passed over. */
async function readInTurn(
  connection: KafkaConnection,
  range: Range,
  onRecord: (record: ConsumedRecord) => Promise<void>,
): Promise<void> {
  /** By partition, the offset of the first record that is not worked through. A fetch may bring one again. */
  const next = new Map(range.from);
  await workThroughRanges(connection, [range], {
    partitionsAtOnce: 1,
    onGone: () => undefined,
    async onRecords(records) {
      for (const record of records) {
        const offset = BigInt(record.offset);
        if (offset < (next.get(record.partition) ?? 0n)) continue;
        await onRecord(record);
        next.set(record.partition, offset + 1n);
      }
    },
  });
}

/** What a record marks as redriven; null for one that is no mark. */
function markOf({ value, headers }: ConsumedRecord): { place: string; atMs: number } | null {
  const place = headers[mark.place]?.toString();
  if (place === undefined || value?.length) return null;
  return { place, atMs: Number(headers[mark.atMs]?.toString()) };
}

/** @throws an error about a place that is not in the topic */
function checkPlace(place: DeadLetterPosition, held: ReadonlyMap<number, OffsetRange>): void {
  const range = held.get(place.partition);
  const name = placeOf(place);
  if (!range)
    throw new Error(
      `There is no dead letter at ${name}: the topic has the partitions 0 to ${held.size - 1}. "sluice dlq list" shows which dead letters there are.`,
    );
  if (place.offset >= range.low && place.offset < range.high) return;
  const has =
    range.low < range.high ? `has the offsets ${range.low} to ${range.high - 1n}` : 'holds nothing now';
  throw new Error(
    `There is no dead letter at ${name}: partition ${place.partition} ${has}. "sluice dlq list" shows which dead letters there are.`,
  );
}

function passes(deadLetter: StoredDeadLetter, filter: DeadLetterFilter): boolean {
  const { stage, reason, source, sinceMs, untilMs, contains, isOpen } = filter;
  return (
    (isOpen !== true || deadLetter.redrivenAtMs === null) &&
    (contains === undefined || holds(deadLetter, contains)) &&
    (stage === undefined || deadLetter.stage === stage) &&
    (reason === undefined || deadLetter.reason === reason) &&
    (source === undefined || deadLetter.source_id === source) &&
    (sinceMs === undefined || deadLetter.first_seen >= sinceMs) &&
    (untilMs === undefined || deadLetter.first_seen < untilMs)
  );
}

function holds({ id, detail, headers, payload }: DeadLetter, text: string): boolean {
  return (
    [id, detail, ...headers.map(({ value }) => value)].some((one) => one.includes(text)) ||
    payload.includes(text)
  );
}

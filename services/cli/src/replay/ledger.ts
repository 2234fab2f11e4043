import type { ConsumedRecord } from '@sluice/kafka/consumer';
import type { GoneRecords } from '@sluice/kafka/read-range';
import { readRawHeaders } from '@sluice/raw-event/raw-headers';
import type { DeadLetter } from '@sluice/stream/dead-letters';
import { printableLine } from '../printable.ts';

type RecordOutcome = 'normalized' | 'ignored' | 'dead-lettered';

/** What became of every raw record that a replay read. */
export interface ReplayLedger {
  /** A part of a record could not continue. */
  rejected(deadLetter: DeadLetter): void;
  event(topic: string): void;
  ended(record: ConsumedRecord, outcome: RecordOutcome): void;
  /** These records have ended, and so many others were filtered out. */
  workedThrough(records: readonly ConsumedRecord[], filteredOut: number): void;
  /** These records left Kafka before they were read. */
  missed(gone: GoneRecords): void;
  /** How many records were read. */
  count(): number;
  /** How many records were missed. */
  missing(): number;
  /** Lines for a person: by data type, the events, the first rejects, and the balance. */
  lines(words: LedgerWords): string[];
  /** The same for a program. */
  sums(): LedgerSums;
}

/** Counts of raw records, except for `events`, by topic, and `furtherRejects`, of parts by reason. */
export interface LedgerSums {
  readonly read: number;
  readonly normalized: number;
  readonly ignored: number;
  readonly deadLettered: Readonly<Record<string, number>>;
  readonly filteredOut: number;
  readonly missed: readonly string[];
  readonly events: Readonly<Record<string, number>>;
  readonly furtherRejects: Readonly<Record<string, number>>;
  readonly byType: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

export interface LedgerWords {
  /** `produced`, `would be produced`. */
  readonly produced: string;
  /** What became of the rejects. */
  readonly rejects: string;
}

/** Rejects of which a line is shown. */
const listed = 20;

/** What has ended, as counts by name. */
interface Counted {
  /** By outcome, and by reason of the dead letters. */
  readonly ends: Map<string, number>;
  readonly byType: Map<string, Map<string, number>>;
  /** By topic. */
  readonly events: Map<string, number>;
  /** By reason. */
  readonly parts: Map<string, number>;
  /** Lines about the first rejects. */
  readonly first: string[];
  readonly gone: GoneRecords[];
  read: number;
  filtered: number;
  rejects: number;
}

/** Its sums and lines throw when the outcomes do not add up: a bug, and nobody should go by these numbers. */
export function createLedger(): ReplayLedger {
  const counted: Counted = {
    ...{ ends: new Map(), byType: new Map(), events: new Map(), parts: new Map(), first: [], gone: [] },
    ...{ read: 0, filtered: 0, rejects: 0 },
  };
  /** Of records that are worked on. */
  const waiting = new Map<string, string[]>();
  const outcomes = new Map<string, RecordOutcome>();
  return {
    count: () => counted.read,
    missing: () => missedBy(counted),
    missed: (records) => void counted.gone.push(records),
    rejected({ topic = '', partition = 0, offset = 0, reason, detail = '' }) {
      counted.rejects += 1;
      const name = `${topic}/${partition}/${offset}`;
      waiting.set(name, [...(waiting.get(name) ?? []), reason]);
      if (counted.first.length >= listed) return;
      const text = printableLine(detail.replaceAll(/\s+/g, ' '));
      counted.first.push(`${topic} ${partition}/${offset} ${reason} ${text}`);
    },
    event: (topic) => add(counted.events, topic),
    ended: (record, outcome) => void outcomes.set(nameOf(record), outcome),
    workedThrough(records, filteredOut) {
      counted.read += records.length + filteredOut;
      counted.filtered += filteredOut;
      for (const record of records) {
        const name = nameOf(record);
        const [outcome, reasons] = [outcomes.get(name), waiting.get(name) ?? []];
        outcomes.delete(name);
        waiting.delete(name);
        if (outcome !== undefined) end(counted, record, outcome, reasons);
      }
    },
    lines: (words) => linesOf(counted, words),
    sums: () => sumsOf(counted),
  };
}

/** @param reasons of the parts of the record that were rejected */
function end(
  { ends, byType, parts }: Counted,
  { headers }: ConsumedRecord,
  outcome: RecordOutcome,
  reasons: readonly string[],
): void {
  const [reason, ...others] = reasons;
  const isDead = outcome === 'dead-lettered' && reason !== undefined;
  const name = isDead ? reason : outcome;
  const raw = readRawHeaders(headers);
  const type = raw ? `${raw.vendor} ${raw.dataType || '(no data type)'}` : '(without headers of ingress)';
  const ofType = byType.get(type) ?? new Map<string, number>();
  byType.set(type, ofType);
  add(ends, name);
  add(ofType, name);
  for (const other of isDead ? others : reasons) add(parts, other);
}

function missedBy({ gone }: Counted): number {
  return gone.reduce((total, { from, to }) => total + Number(to - from), 0);
}

function sumsOf({ ends, byType, events, parts, gone, read, filtered }: Counted): LedgerSums {
  const { normalized = 0, ignored = 0, ...deadLettered } = Object.fromEntries(ends);
  if (read !== normalized + ignored + sum(Object.values(deadLettered)) + filtered)
    throw new Error(
      `The ledger does not balance: ${read} records were read, and ${sum(ends.values())} + ${filtered} have ended. That is a bug.`,
    );
  return {
    ...{ read, normalized, ignored, deadLettered, filteredOut: filtered },
    missed: gone.map(placesOf),
    events: Object.fromEntries(events),
    furtherRejects: Object.fromEntries(parts),
    byType: Object.fromEntries([...byType].map(([type, counts]) => [type, Object.fromEntries(counts)])),
  };
}

function linesOf(counted: Counted, words: LedgerWords): string[] {
  const { byType, events, parts, first, gone, rejects } = counted;
  const missing = missedBy(counted);
  return [
    ...[...byType].sort(byName).map(([type, counts]) => `${type.padEnd(28)} ${list(counts)}`),
    `Events ${words.produced}: ${sum(events.values())}${events.size > 0 ? ` (${list(events)})` : ''}.`,
    ...first,
    ...(rejects > 0 ? [`${rejects} rejects: ${words.rejects}.`] : []),
    ...(parts.size > 0 ? [`Rejected parts of these records: ${list(parts)}.`] : []),
    ...(missing > 0
      ? [
          `Missed ${missing} records, which were deleted from Kafka before they were read: ${gone.map(placesOf).join(', ')}.`,
        ]
      : []),
    balance(sumsOf(counted)),
  ];
}

function placesOf({ topic, partition, from, to }: GoneRecords): string {
  return `${topic} ${partition}/${from} to ${partition}/${to - 1n}`;
}

function nameOf({ topic, partition, offset }: ConsumedRecord): string {
  return `${topic}/${partition}/${offset}`;
}

function balance({ read, normalized, ignored, deadLettered, filteredOut }: LedgerSums): string {
  const reasons = new Map(Object.entries(deadLettered));
  const why = reasons.size > 0 ? ` (${list(reasons)})` : '';
  return `Read ${read} = ${normalized} normalized + ${ignored} ignored + ${sum(reasons.values())} dead-lettered${why} + ${filteredOut} filtered out.`;
}

function add(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

function sum(counts: Iterable<number>): number {
  return [...counts].reduce((total, count) => total + count, 0);
}

const byName = ([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number =>
  one < other ? -1 : 1;

function list(counts: ReadonlyMap<string, number>): string {
  return [...counts]
    .sort(byName)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ');
}

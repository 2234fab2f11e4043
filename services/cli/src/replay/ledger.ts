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

/** Its sums and lines throw when the outcomes do not add up: a bug, and nobody should go by these numbers. */
export function createLedger(): ReplayLedger {
  const ends = new Map<string, number>();
  const byType = new Map<string, Map<string, number>>();
  const events = new Map<string, number>();
  const parts = new Map<string, number>();
  /** Of records that are worked on. */
  const waiting = new Map<string, string[]>();
  const outcomes = new Map<string, RecordOutcome>();
  const first: string[] = [];
  const totals = { read: 0, filtered: 0, rejects: 0 };
  const gone: GoneRecords[] = [];
  const missing = (): number => gone.reduce((sum, { from, to }) => sum + Number(to - from), 0);

  const sums = (): LedgerSums => {
    const { normalized = 0, ignored = 0, ...deadLettered } = Object.fromEntries(ends);
    if (totals.read !== normalized + ignored + sum(Object.values(deadLettered)) + totals.filtered)
      throw new Error(
        `The ledger does not balance: ${totals.read} records were read, and ${sum(ends.values())} + ${totals.filtered} have ended. That is a bug.`,
      );
    return {
      ...{ read: totals.read, normalized, ignored, deadLettered, filteredOut: totals.filtered },
      missed: gone.map(placesOf),
      events: Object.fromEntries(events),
      furtherRejects: Object.fromEntries(parts),
      byType: Object.fromEntries([...byType].map(([type, counts]) => [type, Object.fromEntries(counts)])),
    };
  };
  const end = (record: ConsumedRecord, outcome: string): void => {
    add(ends, outcome);
    const raw = readRawHeaders(record.headers);
    const type = raw ? `${raw.vendor} ${raw.dataType || '(no data type)'}` : '(without headers of ingress)';
    const ofType = byType.get(type) ?? new Map<string, number>();
    byType.set(type, ofType);
    add(ofType, outcome);
  };

  return {
    count: () => totals.read,
    missing,
    missed: (records) => void gone.push(records),
    rejected({ topic = '', partition = 0, offset = 0, reason, detail = '' }) {
      totals.rejects += 1;
      if (first.length < listed)
        first.push(
          `${topic} ${partition}/${offset} ${reason} ${printableLine(detail.replaceAll(/\s+/g, ' '))}`,
        );
      const name = `${topic}/${partition}/${offset}`;
      waiting.set(name, [...(waiting.get(name) ?? []), reason]);
    },
    event: (topic) => add(events, topic),
    ended: (record, outcome) => void outcomes.set(nameOf(record), outcome),
    workedThrough(records, filteredOut) {
      totals.read += records.length + filteredOut;
      totals.filtered += filteredOut;
      for (const record of records) {
        const name = nameOf(record);
        const [outcome, reasons] = [outcomes.get(name), waiting.get(name) ?? []];
        outcomes.delete(name);
        waiting.delete(name);
        if (outcome === undefined) continue;
        const [reason, ...others] = reasons;
        const isDead = outcome === 'dead-lettered' && reason !== undefined;
        end(record, isDead ? reason : outcome);
        for (const other of isDead ? others : reasons) add(parts, other);
      }
    },
    lines: ({ produced, rejects }) => [
      ...[...byType].sort(byName).map(([type, counts]) => `${type.padEnd(28)} ${list(counts)}`),
      `Events ${produced}: ${sum(events.values())}${events.size > 0 ? ` (${list(events)})` : ''}.`,
      ...first,
      ...(totals.rejects > 0 ? [`${totals.rejects} rejects: ${rejects}.`] : []),
      ...(parts.size > 0 ? [`Rejected parts of these records: ${list(parts)}.`] : []),
      ...(missing() > 0
        ? [
            `Missed ${missing()} records, which were deleted from Kafka before they were read: ${gone.map(placesOf).join(', ')}.`,
          ]
        : []),
      balance(sums()),
    ],
    sums,
  };
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

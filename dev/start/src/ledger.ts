import { bySink, sinks, type SinkId } from '@sluice/cli/sinks';

/** A push that ingress acknowledged. */
export interface Acknowledged {
  readonly sourceId: string;
  readonly vendor: string;
  readonly dataType: string;
  /** SHA-256 of the raw payload that it must become; of the body where nobody can decrypt it. */
  readonly payloadHash: string;
}

/** Where a raw record stands: `topic/partition/offset`. */
export type RawPosition = string;

interface Typed {
  readonly vendor: string;
  readonly dataType: string;
}

/** What was found downstream. Copies of one thing count once. */
export interface Found {
  /** By `source/payload hash`: two sources may send the same document. */
  readonly raw: ReadonlyMap<string, Typed & { readonly positions: ReadonlySet<RawPosition> }>;
  /** By event id. */
  readonly events: ReadonlyMap<string, FoundEvent>;
  readonly deadLetters: readonly FoundDeadLetter[];
  /** Distinct event ids in the store of each sink, by `vendor/dataType`. */
  readonly stored: ReadonlyMap<SinkId, ReadonlyMap<string, number>>;
}

export interface FoundEvent extends Typed {
  readonly positions: ReadonlySet<RawPosition>;
  /** How often it is in its topic: as often as its raw records were worked on. */
  readonly records: number;
}

export interface FoundDeadLetter extends Typed {
  readonly id: string;
  readonly sourceId: string;
  readonly stage: string;
  readonly reason: string;
  /** Of the raw record that it was made from; null when it never became one. */
  readonly position: RawPosition | null;
}

/**
 * What became of the pushes of a kind. `acknowledged = raw + dead + same`, unless something is lost, or was kept without
 * an acknowledgement.
 */
export interface LedgerRow extends Typed {
  /** Pushes. */
  sent: number;
  acknowledged: number;
  /** Distinct payloads in the raw topics. */
  raw: number;
  /** Dead letters of ingress: pushes that never became a raw record. */
  dead: number;
  /** Pushes whose payload another one of their source has to the byte. */
  same: number;
  /** Distinct events. */
  events: number;
  /** Dead letters of the normalizer and the sinks. */
  rejected: number;
  /** Distinct events in the store of each sink. */
  stored: Record<SinkId, number>;
}

export interface Ledger {
  /** One for each vendor and data type, in their order. */
  readonly rows: readonly LedgerRow[];
  /** By stage and reason, each push or record once. */
  readonly deadLetters: ReadonlyMap<string, number>;
  /** Records in the topic of dead letters: what was sent or worked on twice leaves two. */
  readonly deadLetterRecords: number;
  /** A message for everything that does not add up; empty when the ledger balances. */
  readonly imbalances: readonly string[];
}

/**
 * Balances what was acknowledged against what was found, by identity: every acknowledged push is a raw record
 * or a dead letter of ingress; every raw record became events or a dead letter; every event is in every store
 * or a dead letter of the sink.
 * @param sent pushes by `vendor/dataType`, acknowledged or not
 */
export function balance(
  sent: ReadonlyMap<string, number>,
  acknowledged: readonly Acknowledged[],
  found: Found,
): Ledger {
  const rows = new Map<string, LedgerRow>();
  const rowOf = ({ vendor, dataType }: Typed): LedgerRow => {
    const key = `${vendor}/${dataType}`;
    const row = rows.get(key) ?? emptyRow(vendor, dataType);
    rows.set(key, row);
    return row;
  };
  const imbalances: string[] = [];
  for (const [key, count] of sent) rowOf(typeOf(key)).sent += count;

  const lost = countPushes(acknowledged, found, rowOf);
  say(imbalances, lost, 'acknowledged pushes are neither a raw record nor a dead letter');
  const stuck = countRaw(found, rowOf);
  say(imbalances, stuck, 'raw records became neither an event nor a dead letter');

  for (const event of found.events.values()) rowOf(event).events += 1;
  for (const deadLetter of distinct(found.deadLetters))
    rowOf(deadLetter)[deadLetter.stage === 'INGRESS' ? 'dead' : 'rejected'] += 1;
  for (const [sink, counts] of found.stored)
    for (const [key, count] of counts) rowOf(typeOf(key)).stored[sink] += count;
  compareStores([...rows.values()], found.deadLetters, imbalances);

  const ordered = [...rows.values()].sort(
    (a, b) => a.vendor.localeCompare(b.vendor) || a.dataType.localeCompare(b.dataType),
  );
  const deadLetterRecords = found.deadLetters.length;
  return { rows: ordered, deadLetters: countReasons(found.deadLetters), deadLetterRecords, imbalances };
}

function emptyRow(vendor: string, dataType: string): LedgerRow {
  return {
    vendor,
    dataType,
    ...{ sent: 0, acknowledged: 0, raw: 0, dead: 0, same: 0 },
    ...{ events: 0, rejected: 0, stored: bySink(() => 0) },
  };
}

/** @returns those that were lost */
function countPushes(
  acknowledged: readonly Acknowledged[],
  { raw, deadLetters }: Found,
  rowOf: (typed: Typed) => LedgerRow,
): Acknowledged[] {
  const ofIngress = deadLetters.filter(({ stage }) => stage === 'INGRESS');
  const kept = new Set(ofIngress.map(({ sourceId, id }) => `${sourceId}/${id}`));
  const lost: Acknowledged[] = [];
  const payloads = new Set<string>();
  for (const push of acknowledged) {
    const row = rowOf(push);
    row.acknowledged += 1;
    const key = `${push.sourceId}/${push.payloadHash}`;
    if (payloads.size === payloads.add(`${key}/${push.dataType}`).size) row.same += 1;
    if (!raw.has(key) && !kept.has(key)) lost.push(push);
  }
  return lost;
}

/** @returns those that nothing became of, once for each of their positions */
function countRaw({ raw, events, deadLetters }: Found, rowOf: (typed: Typed) => LedgerRow): Typed[] {
  const mapped = new Set([...events.values()].flatMap(({ positions }) => [...positions]));
  const ofNormalizer = deadLetters.filter(({ stage }) => stage === 'NORMALIZER');
  const kept = new Set(ofNormalizer.map(({ position }) => position));
  const stuck: Typed[] = [];
  for (const record of raw.values()) {
    rowOf(record).raw += 1;
    for (const position of record.positions)
      if (!mapped.has(position) && !kept.has(position)) stuck.push(record);
  }
  return stuck;
}

function countReasons(deadLetters: readonly FoundDeadLetter[]): Map<string, number> {
  const reasons = new Map<string, number>();
  for (const { stage, reason } of distinct(deadLetters)) {
    const name = `${stage.toLowerCase()} ${reason}`;
    reasons.set(name, (reasons.get(name) ?? 0) + 1);
  }
  return reasons;
}

function compareStores(
  rows: readonly LedgerRow[],
  deadLetters: readonly FoundDeadLetter[],
  imbalances: string[],
): void {
  const refusedBy = (stage: string, { vendor, dataType }: Typed): number =>
    distinct(deadLetters).filter(
      (deadLetter) =>
        deadLetter.stage === stage && deadLetter.vendor === vendor && deadLetter.dataType === dataType,
    ).length;
  for (const row of rows) {
    const name = `${row.vendor} ${row.dataType}`;
    for (const { id, title, noun, stage } of sinks) {
      const there = row.stored[id] + refusedBy(stage, row);
      if (there !== row.events)
        imbalances.push(`${name}: ${row.events} events, but ${there} ${noun}s in ${title}.`);
    }
  }
}

/**
 * A record that was handled twice may have left its dead letter twice. One body that came under two data types is two
 * pushes.
 */
function distinct(deadLetters: readonly FoundDeadLetter[]): FoundDeadLetter[] {
  const keyOf = ({ stage, sourceId, id, dataType }: FoundDeadLetter): string =>
    [stage, sourceId, id, dataType].join('/');
  return [...new Map(deadLetters.map((deadLetter) => [keyOf(deadLetter), deadLetter])).values()];
}

function say(imbalances: string[], missing: readonly Typed[], what: string): void {
  if (missing.length === 0) return;
  const types = [...new Set(missing.map(({ vendor, dataType }) => `${vendor} ${dataType}`))].slice(0, 5);
  imbalances.push(`${missing.length} ${what} (${types.join(', ')}).`);
}

function typeOf(key: string): Typed {
  const slash = key.indexOf('/');
  return { vendor: key.slice(0, slash), dataType: key.slice(slash + 1) };
}

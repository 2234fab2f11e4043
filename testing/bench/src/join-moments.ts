import type { SentPush } from './load/load-process.ts';

/** A raw record of a push. `id` names it: topic, partition and offset. */
export interface RawRecordMoment {
  readonly id: string;
  readonly payloadHash: string;
  readonly atMs: number;
}

/** A row or a document. */
export interface StoredMoment {
  /** The raw record that it was made of. */
  readonly rawRecord: string;
  readonly atMs: number;
}

export interface Latencies {
  /** In ms, ascending. */
  readonly sorted: readonly number[];
  /** Pushes that did not get there. */
  readonly missing: number;
}

/** How an id of a raw record is written. */
export const rawRecordId = (topic: string, partition: number, offset: number | string): string =>
  `${topic}/${partition}/${offset}`;

/** From when each push was due until its answer. */
export function answerLatencies(pushes: readonly SentPush[]): Latencies {
  return latencies(pushes, ({ answeredAtMs }) => answeredAtMs);
}

/** From when each push was due until Kafka had its raw record. */
export function recordLatencies(pushes: readonly SentPush[], records: readonly RawRecordMoment[]): Latencies {
  const first = new Map(records.toReversed().map(({ payloadHash, atMs }) => [payloadHash, atMs]));
  return latencies(pushes, ({ payloadHash }) => first.get(payloadHash));
}

/** From when each push was due until the last row or document of it was there. */
export function storeLatencies(
  pushes: readonly SentPush[],
  records: readonly RawRecordMoment[],
  stored: readonly StoredMoment[],
): Latencies {
  const hashes = new Map(records.map(({ id, payloadHash }) => [id, payloadHash]));
  const last = new Map<string, number>();
  for (const { rawRecord, atMs } of stored) {
    const payloadHash = hashes.get(rawRecord);
    if (payloadHash !== undefined) last.set(payloadHash, Math.max(atMs, last.get(payloadHash) ?? 0));
  }
  return latencies(pushes, ({ payloadHash }) => last.get(payloadHash));
}

function latencies(
  pushes: readonly SentPush[],
  reachedAt: (push: SentPush) => number | undefined,
): Latencies {
  const all = pushes.map((push) => (reachedAt(push) ?? NaN) - push.dueAtMs);
  const found = all.filter((one) => !Number.isNaN(one));
  return { sorted: found.toSorted((a, b) => a - b), missing: all.length - found.length };
}

import { replayedHeader } from '@sluice/canonical-event/cloud-events';
import type { ConsumedRecord } from '@sluice/kafka/consumer';
import type { ValueOf } from '@sluice/schemas/schemas';
import type { StoredTopic } from '@sluice/schemas/topics';
import { failSpans, type BeginSpans } from '@sluice/stream/record-spans';
import type { RejectLimit } from '@sluice/stream/reject-limit';
import type { Attributes } from '@sluice/telemetry/tracing';
import type { Batcher } from './batcher.ts';
import { createRoom, type RoomLimits } from './room.ts';
import type { StoreItem } from './store.ts';
import { versionOf } from './version.ts';

export type Decoded =
  | { readonly ok: true; readonly topic: StoredTopic; readonly event: ValueOf[StoredTopic] }
  | { readonly ok: false; readonly reason: 'NOT_AVRO'; readonly detail: string };

/** Why a sink gives a record up. */
export type SinkReason = 'NOT_AVRO' | 'REFUSED_BY_STORE';

/** How a record of a sink ends. */
export type SinkOutcome = 'written' | 'stale' | 'dead-lettered';

export interface EventHandlerParts {
  readonly batcher: Pick<Batcher, 'add'>;
  /**
   * Decodes the records of a chunk, in their order. Rejects when it cannot know (the registry is unavailable); what is no
   * canonical event is `ok: false`.
   */
  decode(records: readonly ConsumedRecord[]): Promise<Decoded[]>;
  readonly rejectLimit: RejectLimit;
  /** Which records a rebuild has settled: they end as stale, and unread. Null for none. */
  readonly isSettled?: ((record: ConsumedRecord) => boolean) | null;
  /** What all chunks may have decoded at once. Default: two batches of the usual size, of whatever topics. */
  readonly room?: RoomLimits;
  /** Null where nothing is traced. */
  readonly beginSpans: BeginSpans | null;
  /** Resolves when the dead letter is durable. */
  deadLetter(record: ConsumedRecord, reason: SinkReason, detail: string): Promise<void>;
  /** Called once for each outcome of a chunk, after the whole chunk has ended, with how many records of the topic had it. */
  count(outcome: SinkOutcome, topic: string, records: number): void;
}

const usualRoom: RoomLimits = { records: 10_000, bytes: 16 * 1024 * 1024, topicShare: 1 };

type Ending =
  | { readonly outcome: 'written' | 'stale' }
  | { readonly outcome: 'dead-lettered'; readonly reason: SinkReason; readonly detail: string };

/**
 * The pipeline of a sink for one partition's chunk: decode, write, dead-letter what cannot be written.
 * Resolves when every record has ended. Rejects when the registry, the store or the dead-letter topic failed:
 * then the same chunk is handled again, which changes nothing for what was written; from the second attempt on it is
 * written apart from other chunks.
 */
export function createEventHandler(
  parts: EventHandlerParts,
): (records: readonly ConsumedRecord[], attempt?: number) => Promise<void> {
  const { isSettled } = parts;
  const room = createRoom(parts.room ?? usualRoom);
  return async (all, attempt = 1) => {
    const records = isSettled ? all.filter((record) => !isSettled(record)) : all;
    const leave = await room.enter(
      all[0]?.topic ?? '',
      records.length,
      records.reduce((sum, { value }) => sum + (value?.length ?? 0), 0),
    );
    const spans = parts.beginSpans?.(records);
    try {
      const endings = await handle(records, attempt, parts);
      spans?.forEach((span, index) => span?.end(attributesOf(at(endings, index))));
      countEach(all, endings, parts);
    } catch (error) {
      failSpans(spans, error);
      throw error;
    } finally {
      leave();
    }
  };
}

async function handle(
  records: readonly ConsumedRecord[],
  attempt: number,
  parts: EventHandlerParts,
): Promise<Ending[]> {
  const decoded = await parts.decode(records);
  const endings = await write(parts.batcher, records, attempt, decoded);
  parts.rejectLimit.check(
    records,
    endings.map(({ outcome }) => outcome === 'dead-lettered'),
  );
  await Promise.all(
    endings.flatMap((ending, index) =>
      ending.outcome === 'dead-lettered'
        ? [parts.deadLetter(at(records, index), ending.reason, ending.detail)]
        : [],
    ),
  );
  return endings;
}

/**
 * Counts how the records of a chunk, which is of one topic, have ended.
 * @param all those that have no ending were settled before
 */
function countEach(
  all: readonly ConsumedRecord[],
  endings: readonly Ending[],
  parts: Pick<EventHandlerParts, 'count'>,
): void {
  const counts = new Map<SinkOutcome, number>();
  for (const { outcome } of endings) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  const settled = all.length - endings.length;
  if (settled > 0) counts.set('stale', (counts.get('stale') ?? 0) + settled);
  for (const [outcome, records] of counts) parts.count(outcome, at(all, 0).topic, records);
}

const attributesOf = (ending: Ending): Attributes => ({
  'sluice.outcome': ending.outcome,
  'sluice.dead_letter.reason': ending.outcome === 'dead-lettered' ? ending.reason : undefined,
});

/** Writes what was decoded. Returns how each record ends, in their order. */
async function write(
  batcher: Pick<Batcher, 'add'>,
  records: readonly ConsumedRecord[],
  attempt: number,
  decoded: readonly Decoded[],
): Promise<Ending[]> {
  const items = decoded.flatMap((result, index) => (result.ok ? [itemOf(at(records, index), result)] : []));
  // What failed once may fail for ever, and whatever shared its write would fail with it.
  const company = attempt === 1 ? 'others' : 'none';
  const results = (await batcher.add(items, company)).values();
  return decoded.map((result): Ending => {
    if (!result.ok) return { outcome: 'dead-lettered', reason: result.reason, detail: result.detail };
    const stored = results.next().value;
    if (!stored)
      throw new Error('The batcher answered fewer results than items: that is a bug of the batcher.');
    switch (stored.outcome) {
      case 'written':
      case 'stale':
        return { outcome: stored.outcome };
      case 'rejected':
        return { outcome: 'dead-lettered', reason: 'REFUSED_BY_STORE', detail: stored.detail };
    }
  });
}

function itemOf(record: ConsumedRecord, { topic, event }: Extract<Decoded, { ok: true }>): StoreItem {
  return {
    id: event.meta.event_id,
    topic,
    event,
    version: versionOf(event.meta),
    bytes: record.value?.length ?? 0,
    ...(record.headers[replayedHeader] ? { isReplayed: true } : {}),
  };
}

function at<T>(list: readonly T[], index: number): T {
  const found = list[index];
  if (found === undefined) throw new Error(`Nothing at ${index} of ${list.length}.`);
  return found;
}

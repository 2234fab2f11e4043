import { createEncoder, type EventInput } from '@sluice/canonical-event/avro-codec';
import { cloudEventHeaders } from '@sluice/canonical-event/cloud-events';
import type { ConsumedRecord } from '@sluice/kafka/consumer';
import type { PublishOutcome, Publisher } from '@sluice/kafka/publisher';
import { readRawHeaders, type RawHeaders } from '@sluice/raw-event/raw-headers';
import { recordOverheadBytes, storedTopics, topicOf, topics, type StoredTopic } from '@sluice/schemas/topics';
import type { Reason } from '@sluice/schemas/schemas';
import type { Source } from '@sluice/sources/source';
import { deadLetterOf, type WriteDeadLetter } from '@sluice/stream/dead-letters';
import { failSpans, type BeginSpans } from '@sluice/stream/record-spans';
import type { RejectRun } from '@sluice/stream/reject-run';
import type { Span } from '@sluice/telemetry/tracing';
import { normalizeHeartbeat, type HeartbeatEvent } from './heartbeat.ts';
import type { UnknownKind } from './mapping.ts';
import { normalize, type CanonicalEvent, type Normalized, type Rejected } from './normalize.ts';
import type { Repair } from './repair.ts';

export interface Pipeline {
  readonly stream: string;
  readonly findSource: (id: string) => Source | undefined;
  readonly publisher: Pick<Publisher, 'publish'>;
  readonly schemaIds: Pick<ReadonlyMap<StoredTopic, number>, 'get'>;
  readonly writeDeadLetter: WriteDeadLetter;
  readonly rejectRun: RejectRun;
  /** Null where nothing is traced. */
  readonly beginSpans: BeginSpans | null;
  readonly on: PipelineEvents;
}

interface PipelineEvents {
  /** One raw record has ended: `ignored` has neither an event nor a part that was rejected. */
  record(record: ConsumedRecord, outcome: 'normalized' | 'ignored' | 'dead-lettered'): void;
  event(topic: StoredTopic, raw: RawHeaders): void;
  deadLetter(reason: Reason): void;
  repair(vendor: Source['vendor'], repair: Repair): void;
  unknown(vendor: Source['vendor'], kind: UnknownKind): void;
}

/**
 * The normalizer's pipeline for some records of one partition: decode → map → encode → produce. The caller
 * commits when it resolves. It throws when Kafka did not take something, or when too many records in a row are
 * rejected; then the same records come again, and what was written twice carries the same ids.
 */
export function createPipeline(pipeline: Pipeline): (records: readonly ConsumedRecord[]) => Promise<void> {
  const encode = createEventEncoder(pipeline.schemaIds);
  return async (records) => {
    const spans = pipeline.beginSpans?.(records);
    try {
      const mapped = records.map((record) => map(record, pipeline));
      pipeline.rejectRun.check(
        records,
        mapped.map(({ events, rejected }) => events.length === 0 && rejected.length > 0),
      );
      await Promise.all(mapped.map((one, index) => finish(one, spans?.[index], pipeline, encode)));
    } catch (error) {
      failSpans(spans, error);
      throw error;
    }
  };
}

type StoredEvent = CanonicalEvent | HeartbeatEvent;
type EncodeEvent = (event: StoredEvent) => Buffer;

/** A raw record, and what becomes of it. */
interface Mapped extends Omit<Normalized, 'events'> {
  readonly events: readonly StoredEvent[];
  readonly record: ConsumedRecord;
  /** What ingress said of it; null when it does not come from ingress. */
  readonly raw: RawHeaders | null;
}

function map(record: ConsumedRecord, { findSource, on }: Pipeline): Mapped {
  const payload = record.value ?? Buffer.alloc(0);
  const raw = readRawHeaders(record.headers);
  if (raw?.vendor === 'sluice') return { record, raw, ...normalizeHeartbeat(payload, raw, record) };
  const source = raw && findSource(raw.sourceId);
  if (!raw || source?.vendor !== raw.vendor) {
    const detail = raw
      ? `The sources file has no ${raw.vendor} source ${raw.sourceId}.`
      : 'The record has no headers of ingress.';
    const rejected = [{ payload, reason: 'UNKNOWN_SOURCE' as const, detail }];
    return { record, raw, events: [], rejected, repairs: [] };
  }
  const normalized = normalize({ payload, headers: raw, position: record, source }, (kind) =>
    on.unknown(source.vendor, kind),
  );
  for (const repair of normalized.repairs) on.repair(source.vendor, repair);
  return { record, raw, ...normalized };
}

async function finish(
  { record, raw, events, rejected }: Mapped,
  span: Span | undefined,
  pipeline: Pipeline,
  encode: EncodeEvent,
): Promise<void> {
  await Promise.all([
    ...(raw ? events.map((event) => produce(event, record, raw, span, pipeline, encode)) : []),
    ...rejected.map((part) => keep(record, part, span, pipeline)),
  ]);
  const without = rejected.length > 0 ? 'dead-lettered' : 'ignored';
  const outcome = events.length > 0 ? 'normalized' : without;
  pipeline.on.record(record, outcome);
  span?.end({
    'sluice.outcome': outcome,
    'sluice.events': events.length,
    'sluice.source': raw?.sourceId,
    'sluice.vendor': raw?.vendor,
    'sluice.data_type': raw?.dataType,
  });
}

async function produce(
  event: StoredEvent,
  record: ConsumedRecord,
  raw: RawHeaders,
  span: Span | undefined,
  pipeline: Pipeline,
  encode: EncodeEvent,
): Promise<void> {
  const { meta } = event.value;
  const value = encode(event);
  const fits = value.length + recordOverheadBytes <= topics[event.topic].maxMessageBytes;
  const { outcome }: PublishOutcome = fits
    ? await pipeline.publisher.publish({
        topic: topicOf(pipeline.stream, event.topic),
        key: Buffer.from(`${meta.source_id}/${meta.entity_key || meta.event_id}`),
        value,
        headers: cloudEventHeaders(meta, span?.traceparent ?? raw.traceparent),
      })
    : { outcome: 'too-large' };
  if (outcome === 'too-large') {
    const detail = `The ${event.topic} event of ${value.length} bytes does not fit its topic.`;
    const whole = { payload: record.value ?? Buffer.alloc(0), reason: 'TOO_LARGE' as const, detail };
    await keep(record, whole, span, pipeline);
    return;
  }
  if (outcome !== 'published')
    throw new Error(`Kafka did not take an event for ${event.topic} (${outcome}).`);
  pipeline.on.event(event.topic, raw);
}

async function keep(
  record: ConsumedRecord,
  part: Rejected,
  span: Span | undefined,
  { writeDeadLetter, on }: Pipeline,
): Promise<void> {
  await writeDeadLetter(
    deadLetterOf({ ...record, value: part.payload }, 'NORMALIZER', part.reason, part.detail),
  );
  on.deadLetter(part.reason);
  span?.set({ 'sluice.dead_letter.reason': part.reason });
}

/** One encoder a topic, made once: no event asks the registry. */
function createEventEncoder(schemaIds: Pipeline['schemaIds']): EncodeEvent {
  const encoderOf = <T extends StoredTopic>(topic: T): ((value: EventInput<T>) => Buffer) => {
    const id = schemaIds.get(topic);
    if (id === undefined) throw new Error(`No schema id is known for ${topic}.`);
    return createEncoder(topic, id);
  };
  const encoders = new Map<StoredTopic, (value: never) => Buffer>(
    storedTopics.map((topic) => [topic, encoderOf(topic)]),
  );
  return (event) => {
    const encode = encoders.get(event.topic);
    if (!encode) throw new Error(`No encoder is made for ${event.topic}.`);
    return encode(event.value as never);
  };
}

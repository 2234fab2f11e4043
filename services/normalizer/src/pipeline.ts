import { setImmediate } from 'node:timers/promises';
import { createEncoder, type EventInput } from '@sluice/canonical-event/avro-codec';
import { cloudEventHeaders } from '@sluice/canonical-event/cloud-events';
import type { ConsumedRecord } from '@sluice/kafka/consumer';
import type { PublishOutcome, Publisher } from '@sluice/kafka/publisher';
import { ourOwn, readRawHeaders, type RawHeaders } from '@sluice/raw-event/raw-headers';
import { recordOverheadBytes, storedTopics, topicOf, topics, type StoredTopic } from '@sluice/schemas/topics';
import type { Reason } from '@sluice/schemas/schemas';
import type { Source } from '@sluice/sources/source';
import { deadLetterOf, type WriteDeadLetter } from '@sluice/stream/dead-letters';
import { failSpans, type BeginSpans } from '@sluice/stream/record-spans';
import type { RejectLimit } from '@sluice/stream/reject-limit';
import type { Span } from '@sluice/telemetry/tracing';
import { normalizeHeartbeat, type HeartbeatEvent } from './heartbeat.ts';
import { createInFlight, inFlightLimits, type InFlight, type InFlightLimits } from './in-flight.ts';
import type { Rejected, UnknownKind } from '@sluice/vendor-kit/mapping/mapping';
import { normalize, type CanonicalEvent, type Normalized } from '@sluice/vendor-kit/mapping/normalize';
import type { Repair } from '@sluice/vendor-kit/mapping/repair';
import { mappingOf, type Mappings } from '@sluice/vendor-kit/vendor';

export interface Pipeline {
  /** By vendor. */
  readonly mappings: Mappings;
  readonly stream: string;
  readonly findSource: (id: string) => Source | undefined;
  readonly publisher: Pick<Publisher, 'publish'>;
  readonly schemaIds: Pick<ReadonlyMap<StoredTopic, number>, 'get'>;
  readonly writeDeadLetter: WriteDeadLetter;
  readonly rejectLimit: RejectLimit;
  /** Null where nothing is traced. */
  readonly beginSpans: BeginSpans | null;
  /** Default: `inFlightLimits`. */
  readonly inFlight?: InFlightLimits;
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
 * The normalizer's pipeline for some records of one partition: decode → map → encode → produce, a record at a time.
 * The caller commits when it resolves. It throws when Kafka did not take something, or when too many records in a row
 * are rejected; then the same records come again, and what was written twice carries the same ids.
 *
 * All partitions of a pipeline share what may wait for Kafka at once, so that a backlog of any content fits the memory.
 */
export function createPipeline(pipeline: Pipeline): (records: readonly ConsumedRecord[]) => Promise<void> {
  const encode = createEventEncoder(pipeline.schemaIds);
  const inFlight = createInFlight(pipeline.inFlight ?? inFlightLimits);
  return async (records) => {
    const spans = pipeline.beginSpans?.(records);
    try {
      const begun = await beginAll(records, spans, pipeline, inFlight, encode);
      pipeline.rejectLimit.check(
        records,
        begun.map(({ events, rejected }) => events === 0 && rejected.length > 0),
      );
      await Promise.all(begun.map((one, index) => finish(one, spans?.[index], pipeline)));
    } catch (error) {
      failSpans(spans, error);
      throw error;
    }
  };
}

/** Other work gets its turn after a record beyond which this much was done: heartbeats, answers, other partitions. */
const stepBytes = 64 * 1024;
const stepEvents = 200;

/** Maps the records, and begins to produce their events. */
async function beginAll(
  records: readonly ConsumedRecord[],
  spans: readonly (Span | undefined)[] | undefined,
  pipeline: Pipeline,
  inFlight: InFlight,
  encode: EncodeEvent,
): Promise<Begun[]> {
  const begun: Begun[] = [];
  const failure: { error?: unknown } = {};
  let [bytes, events] = [0, 0];
  for (const [index, record] of records.entries()) {
    const one = await inFlight.whenRoom(() => begin(record, spans?.[index], pipeline, inFlight, encode));
    // What is not awaited yet must not end the process.
    one.produced.catch((error: unknown) => {
      failure.error ??= error;
    });
    begun.push(one);
    bytes += record.value?.length ?? 0;
    events += one.events;
    if (bytes > stepBytes || events > stepEvents) {
      [bytes, events] = [0, 0];
      await setImmediate();
    }
    if ('error' in failure) throw failure.error;
  }
  return begun;
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

/** A raw record whose events are on their way to Kafka. */
interface Begun {
  readonly record: ConsumedRecord;
  readonly raw: RawHeaders | null;
  readonly events: number;
  readonly rejected: readonly Rejected[];
  /** Resolves when all events have ended, with those that are too large for their topics. Rejects when Kafka did not take one. */
  readonly produced: Promise<readonly Rejected[]>;
}

function begin(
  record: ConsumedRecord,
  span: Span | undefined,
  pipeline: Pipeline,
  inFlight: InFlight,
  encode: EncodeEvent,
): Begun {
  const { raw, events, rejected } = encodeAll(map(record, pipeline), encode);
  const produced = raw ? events.map((event) => produce(event, record, raw, span, pipeline, inFlight)) : [];
  return {
    record,
    raw,
    events: events.length,
    rejected,
    produced: Promise.all(produced).then((parts) => parts.filter((part) => part !== null)),
  };
}

function map(record: ConsumedRecord, { findSource, mappings, on }: Pipeline): Mapped {
  const payload = record.value ?? Buffer.alloc(0);
  const raw = readRawHeaders(record.headers);
  if (raw?.vendor === ourOwn) return { record, raw, ...normalizeHeartbeat(payload, raw, record) };
  const source = raw && findSource(raw.sourceId);
  if (!raw || source?.vendor !== raw.vendor) {
    const detail = raw
      ? `The sources file has no ${raw.vendor} source ${raw.sourceId}.`
      : 'The record lacks the headers that ingress writes.';
    const rejected = [{ payload, reason: 'UNKNOWN_SOURCE' as const, detail }];
    return { record, raw, events: [], rejected, repairs: [] };
  }
  const normalized = normalize(
    { payload, headers: raw, position: record, source },
    mappingOf(source, mappings),
    (kind) => on.unknown(source.vendor, kind),
  );
  for (const repair of normalized.repairs) on.repair(source.vendor, repair);
  return { record, raw, ...normalized };
}

interface Encoded {
  readonly topic: StoredTopic;
  readonly meta: StoredEvent['value']['meta'];
  readonly value: Buffer;
}

/** An event that does not fit its schema is a failure of our own code on this record: the record is kept. */
function encodeAll(
  { record, raw, events, rejected }: Mapped,
  encode: EncodeEvent,
): Pick<Begun, 'record' | 'raw' | 'rejected'> & { readonly events: readonly Encoded[] } {
  try {
    const encoded = events.map((event) => ({
      topic: event.topic,
      meta: event.value.meta,
      value: encode(event),
    }));
    return { record, raw, rejected, events: encoded };
  } catch (error) {
    const detail = `The encoding failed: ${error instanceof Error ? error.message : String(error)}`;
    const whole = { payload: record.value ?? Buffer.alloc(0), reason: 'MAPPING_FAILED' as const, detail };
    return { record, raw, rejected: [whole], events: [] };
  }
}

/** Waits for the events of a record, and keeps what of it cannot go on. */
async function finish(
  { record, raw, events, rejected, produced }: Begun,
  span: Span | undefined,
  pipeline: Pipeline,
): Promise<void> {
  // Each says the same of the whole payload.
  const [tooLarge] = await produced;
  const parts = tooLarge ? [...rejected, tooLarge] : rejected;
  await Promise.all(parts.map((part) => keep(record, part, span, pipeline)));
  const without = rejected.length > 0 ? 'dead-lettered' : 'ignored';
  const outcome = events > 0 ? 'normalized' : without;
  pipeline.on.record(record, outcome);
  span?.end({
    'sluice.outcome': outcome,
    'sluice.events': events,
    'sluice.source': raw?.sourceId,
    'sluice.vendor': raw?.vendor,
    'sluice.data_type': raw?.dataType,
  });
}

/** @returns the whole payload as a dead letter when its topic does not take the event; null when it is published */
async function produce(
  { topic, meta, value }: Encoded,
  record: ConsumedRecord,
  raw: RawHeaders,
  span: Span | undefined,
  pipeline: Pipeline,
  inFlight: InFlight,
): Promise<Rejected | null> {
  const fits = value.length + recordOverheadBytes <= topics[topic].maxMessageBytes;
  const published = fits
    ? pipeline.publisher.publish({
        topic: topicOf(pipeline.stream, topic),
        key: Buffer.from(`${meta.source_id}/${meta.entity_key || meta.event_id}`),
        value,
        headers: cloudEventHeaders(meta, span?.traceparent ?? raw.traceparent),
      })
    : Promise.resolve<PublishOutcome>({ outcome: 'too-large' });
  inFlight.hold(value.length, published);
  const { outcome } = await published;
  if (outcome === 'too-large') {
    const detail = `The ${topic} event of ${value.length} bytes does not fit its topic.`;
    return { payload: record.value ?? Buffer.alloc(0), reason: 'TOO_LARGE', detail };
  }
  if (outcome !== 'published') throw new Error(`Kafka did not take an event for ${topic} (${outcome}).`);
  pipeline.on.event(topic, raw);
  return null;
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

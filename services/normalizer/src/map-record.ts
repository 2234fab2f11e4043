import { createEncoder, type EventInput } from '@sluice/canonical-event/avro-codec';
import type { ConsumedRecord } from '@sluice/kafka/consumer';
import { ourOwn, readRawHeaders, type RawHeaders } from '@sluice/raw-event/raw-headers';
import { recordOverheadBytes, storedTopics, topics, type StoredTopic } from '@sluice/schemas/topics';
import type { Source } from '@sluice/sources/source';
import type { Rejected, UnknownKind } from '@sluice/vendor-kit/mapping/mapping';
import { normalize, type CanonicalEvent, type Normalized } from '@sluice/vendor-kit/mapping/normalize';
import type { Repair } from '@sluice/vendor-kit/mapping/repair';
import { mappingOf, type Mappings } from '@sluice/vendor-kit/vendor';
import { normalizeHeartbeat, type HeartbeatEvent } from './heartbeat.ts';

/** What mapping depends on next to the record. */
export interface RecordMapping {
  /** By vendor. */
  readonly mappings: Mappings;
  readonly findSource: (id: string) => Source | undefined;
  readonly schemaIds: Pick<ReadonlyMap<StoredTopic, number>, 'get'>;
  /** What topics take, where they were raised. Default: what the list declares. */
  readonly limits?: TopicLimits;
}

/** The `max.message.bytes` of topics; undefined where it is not known. */
export type TopicLimits = Pick<ReadonlyMap<StoredTopic, number>, 'get'>;

/** What a raw record becomes. */
export interface MappedRecord {
  readonly record: ConsumedRecord;
  /** What ingress said of it; null if it does not come from ingress. Then it has no events. */
  readonly raw: RawHeaders | null;
  readonly events: readonly EncodedEvent[];
  readonly rejected: readonly Rejected[];
  readonly repairs: readonly Repair[];
  /** What no vendor page lists. */
  readonly unknown: readonly UnknownKind[];
  readonly limits: TopicLimits;
}

type StoredEvent = CanonicalEvent | HeartbeatEvent;
type EncodeEvent = (event: StoredEvent) => Buffer;

/** An event as it goes to its topic. */
export interface EncodedEvent {
  readonly topic: StoredTopic;
  readonly meta: StoredEvent['value']['meta'];
  readonly value: Buffer;
}

/**
 * Decode → map → encode, for one raw record: pure and total. Writes nothing; what cannot continue is in `rejected`.
 * @throws when the id of a topic's schema is not known
 */
export function createRecordMapper(mapping: RecordMapping): (record: ConsumedRecord) => MappedRecord {
  const encode = createEventEncoder(mapping.schemaIds);
  const { limits = new Map() } = mapping;
  return (record) => {
    const raw = readRawHeaders(record.headers);
    const unknown: UnknownKind[] = [];
    const normalized = normalizeRecord(record, raw, mapping, (kind) => unknown.push(kind));
    const { repairs } = normalized;
    return { record, raw, unknown, repairs, limits, ...encodeAll(record, normalized, encode) };
  };
}

interface NormalizedRecord extends Omit<Normalized, 'events'> {
  readonly events: readonly StoredEvent[];
}

function normalizeRecord(
  record: ConsumedRecord,
  raw: RawHeaders | null,
  { findSource, mappings }: RecordMapping,
  onUnknown: (kind: UnknownKind) => void,
): NormalizedRecord {
  const payload = record.value ?? Buffer.alloc(0);
  if (raw?.vendor === ourOwn) return normalizeHeartbeat(payload, raw, record);
  const source = raw && findSource(raw.sourceId);
  if (!raw || source?.vendor !== raw.vendor) {
    const detail = raw
      ? `The sources file has no ${raw.vendor} source ${raw.sourceId}.`
      : 'The record lacks the headers that ingress writes.';
    return { events: [], rejected: [{ payload, reason: 'UNKNOWN_SOURCE', detail }], repairs: [] };
  }
  return normalize(
    { payload, headers: raw, position: record, source },
    mappingOf(source, mappings),
    onUnknown,
  );
}

/** An event that does not fit its schema is a failure of our own code on this record: the record is kept. */
function encodeAll(
  record: ConsumedRecord,
  { events, rejected }: NormalizedRecord,
  encode: EncodeEvent,
): Pick<MappedRecord, 'events' | 'rejected'> {
  try {
    const encoded = events.map((event) => ({
      topic: event.topic,
      meta: event.value.meta,
      value: encode(event),
    }));
    return { rejected, events: encoded };
  } catch (error) {
    const detail = `The encoding failed: ${error instanceof Error ? error.message : String(error)}`;
    const whole = { payload: record.value ?? Buffer.alloc(0), reason: 'MAPPING_FAILED' as const, detail };
    return { rejected: [whole], events: [] };
  }
}

/** How a raw record ends: `ignored` has neither an event nor a part that was rejected. */
export type RecordOutcome = 'normalized' | 'ignored' | 'dead-lettered';

export function outcomeOf({ events, rejected }: Pick<MappedRecord, 'events' | 'rejected'>): RecordOutcome {
  if (events.length > 0) return 'normalized';
  return rejected.length > 0 ? 'dead-lettered' : 'ignored';
}

/**
 * Whether an event's topic takes a record of its size. Where a topic takes less than the list declares, Kafka decides
 * when the event is sent.
 */
export const fitsTopic = (
  { topic, value }: EncodedEvent,
  { limits }: Pick<MappedRecord, 'limits'>,
): boolean =>
  value.length + recordOverheadBytes <= Math.max(topics[topic].maxMessageBytes, limits.get(topic) ?? 0);

/** The payload of an event that does not fit its topic. However many of a payload's events there are, it is kept once. */
export function tooLarge({ value: payload }: ConsumedRecord, { topic, value }: EncodedEvent): Rejected {
  const detail = `The ${topic} event of ${value.length} bytes does not fit its topic.`;
  return { payload: payload ?? Buffer.alloc(0), reason: 'TOO_LARGE', detail };
}

/** Everything of a record that cannot continue. */
export function rejectsOf(mapped: MappedRecord): readonly Rejected[] {
  const { record, events, rejected } = mapped;
  const large = events.find((event) => !fitsTopic(event, mapped));
  return large ? [...rejected, tooLarge(record, large)] : rejected;
}

/** One encoder a topic, made once: no event asks the registry. */
function createEventEncoder(schemaIds: RecordMapping['schemaIds']): EncodeEvent {
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

import { cloudEventHeaders } from '@sluice/canonical-event/cloud-events';
import type { ConsumedRecord } from '@sluice/kafka/consumer';
import type { OutgoingRecord, PublishOutcome, Publisher } from '@sluice/kafka/publisher';
import type { RawHeaders } from '@sluice/raw-event/raw-headers';
import { topicOf, type StoredTopic } from '@sluice/schemas/topics';
import type { Reason } from '@sluice/schemas/schemas';
import type { Source } from '@sluice/sources/source';
import { deadLetterOf, type WriteDeadLetter } from '@sluice/stream/dead-letters';
import { failSpans, type BeginSpans } from '@sluice/stream/record-spans';
import type { RejectLimit } from '@sluice/stream/reject-limit';
import type { Span } from '@sluice/telemetry/tracing';
import type { Rejected, UnknownKind } from '@sluice/vendor-kit/mapping/mapping';
import type { Repair } from '@sluice/vendor-kit/mapping/repair';
import {
  beginEach,
  createInFlight,
  inFlightLimits,
  type InFlight,
  type InFlightLimits,
} from './in-flight.ts';
import {
  createRecordMapper,
  fitsTopic,
  outcomeOf,
  tooLarge,
  type EncodedEvent,
  type MappedRecord,
  type RecordMapping,
  type RecordOutcome,
} from './map-record.ts';

export interface Pipeline extends RecordMapping {
  readonly stream: string;
  readonly publisher: Pick<Publisher, 'publish'>;
  readonly writeDeadLetter: WriteDeadLetter;
  readonly rejectLimit: RejectLimit;
  /** Null where nothing is traced. */
  readonly beginSpans: BeginSpans | null;
  /** Default: `inFlightLimits`. */
  readonly inFlight?: InFlightLimits;
  readonly on: PipelineEvents;
}

/** Each is called with what it names. Leave out those that are not needed. */
interface PipelineEvents {
  /** One raw record has ended. */
  record?(record: ConsumedRecord, outcome: RecordOutcome): void;
  event?(topic: StoredTopic, raw: RawHeaders): void;
  deadLetter?(reason: Reason): void;
  repair?(vendor: Source['vendor'], repair: Repair): void;
  unknown?(vendor: Source['vendor'], kind: UnknownKind): void;
}

/**
 * The normalizer's pipeline for some records of one partition: map → produce, a record at a time; what cannot continue
 * becomes a dead letter. The caller commits when it resolves. It throws when Kafka did not take something, or when too
 * many records in a row are rejected; then the same records come again, and what was written twice carries the same ids.
 *
 * All partitions of a pipeline share what may wait for Kafka at once, so that a backlog of any content fits the memory.
 */
export function createPipeline(pipeline: Pipeline): (records: readonly ConsumedRecord[]) => Promise<void> {
  const map = createRecordMapper(pipeline);
  const inFlight = createInFlight(pipeline.inFlight ?? inFlightLimits);
  return async (records) => {
    const spans = pipeline.beginSpans?.(records);
    try {
      const begun = await beginEach(records, inFlight, (record, index) =>
        produceAll(map(record), spans?.[index], pipeline, inFlight),
      );
      pipeline.rejectLimit.check(
        records,
        begun.map(({ mapped }) => outcomeOf(mapped) === 'dead-lettered'),
      );
      await Promise.all(begun.map((one, index) => finish(one, spans?.[index], pipeline)));
    } catch (error) {
      failSpans(spans, error);
      throw error;
    }
  };
}

/** A raw record whose events are on their way to Kafka. */
interface Producing {
  readonly mapped: MappedRecord;
  readonly events: number;
  /** Resolves when all events have ended, with those that are too large for their topics. Rejects when Kafka did not take one. */
  readonly done: Promise<readonly Rejected[]>;
}

function produceAll(
  mapped: MappedRecord,
  span: Span | undefined,
  pipeline: Pipeline,
  inFlight: InFlight,
): Producing {
  const { raw, events, repairs, unknown } = mapped;
  for (const repair of repairs) if (raw) pipeline.on.repair?.(raw.vendor, repair);
  for (const kind of unknown) if (raw) pipeline.on.unknown?.(raw.vendor, kind);
  const produced = raw ? events.map((event) => produce(event, mapped, raw, span, pipeline, inFlight)) : [];
  const done = Promise.all(produced).then((parts) => parts.filter((part) => part !== null));
  return { mapped, events: events.length, done };
}

/** @returns the whole payload as a dead letter when its topic does not take the event; null when it is published */
async function produce(
  event: EncodedEvent,
  { record }: MappedRecord,
  raw: RawHeaders,
  span: Span | undefined,
  pipeline: Pipeline,
  inFlight: InFlight,
): Promise<Rejected | null> {
  const { topic, value } = event;
  const published = fitsTopic(event)
    ? pipeline.publisher.publish(outgoingOf(pipeline.stream, event, span?.traceparent ?? raw.traceparent))
    : Promise.resolve<PublishOutcome>({ outcome: 'too-large' });
  inFlight.hold(value.length, published);
  const { outcome } = await published;
  if (outcome === 'too-large') return tooLarge(record, event);
  if (outcome !== 'published') throw new Error(`Kafka did not accept an event for ${topic} (${outcome}).`);
  pipeline.on.event?.(topic, raw);
  return null;
}

/** An event as a record of its topic. @param traceparent the trace context that subscribers continue with */
export const outgoingOf = (
  stream: string,
  { topic, meta, value }: EncodedEvent,
  traceparent: string,
): OutgoingRecord => ({
  topic: topicOf(stream, topic),
  key: Buffer.from(`${meta.source_id}/${meta.entity_key || meta.event_id}`),
  value,
  headers: cloudEventHeaders(meta, traceparent),
});

/** Waits for the events of a record, and keeps what of it cannot continue. */
async function finish(
  { mapped, done }: Producing,
  span: Span | undefined,
  pipeline: Pipeline,
): Promise<void> {
  const { record, raw, events, rejected } = mapped;
  // Each says the same of the whole payload.
  const [large] = await done;
  const parts = large ? [...rejected, large] : rejected;
  await Promise.all(parts.map((part) => keep(record, part, span, pipeline)));
  const outcome = outcomeOf(mapped);
  pipeline.on.record?.(record, outcome);
  span?.end({
    'sluice.outcome': outcome,
    'sluice.events': events.length,
    'sluice.source': raw?.sourceId,
    'sluice.vendor': raw?.vendor,
    'sluice.data_type': raw?.dataType,
  });
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
  on.deadLetter?.(part.reason);
  span?.set({ 'sluice.dead_letter.reason': part.reason });
}

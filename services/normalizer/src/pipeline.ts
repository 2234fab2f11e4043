import type { ConsumedRecord } from '@sluice/kafka/consumer';
import type { Publisher } from '@sluice/kafka/publisher';
import type { RawHeaders } from '@sluice/raw-event/raw-headers';
import type { StoredTopic } from '@sluice/schemas/topics';
import type { Reason } from '@sluice/schemas/schemas';
import type { Source } from '@sluice/sources/source';
import { deadLetterOf, type WriteDeadLetter } from '@sluice/stream/dead-letters';
import { failSpans, type BeginSpans } from '@sluice/stream/record-spans';
import type { RejectLimit } from '@sluice/stream/reject-limit';
import type { Span } from '@sluice/telemetry/tracing';
import type { Rejected, UnknownKind } from '@sluice/vendor-kit/mapping/mapping';
import type { Repair } from '@sluice/vendor-kit/mapping/repair';
import { InFlight, inFlightLimits, inSteps, type InFlightLimits } from './in-flight.ts';
import {
  createRecordMapper,
  outcomeOf,
  type MappedRecord,
  type EncodedEvent,
  type RecordMapping,
  type RecordOutcome,
} from './map-record.ts';
import { OutgoingEvents } from './outgoing-events.ts';

export interface Pipeline extends RecordMapping {
  readonly stream: string;
  readonly publisher: Pick<Publisher, 'send'>;
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
  const { stream, publisher, on } = pipeline;
  const map = createRecordMapper(pipeline);
  const inFlight = new InFlight(pipeline.inFlight ?? inFlightLimits);
  const onPublished = ({ topic }: EncodedEvent, { raw }: MappedRecord): void => {
    if (raw) on.event?.(topic, raw);
  };
  return async (records) => {
    const spans = pipeline.beginSpans?.(records);
    const outgoing = new OutgoingEvents({ stream, publisher, inFlight, onPublished });
    try {
      const mapped = await inSteps(records, inFlight, (record, index) => {
        const one = map(record);
        countFindings(one, on);
        outgoing.send(one, spans?.[index]?.traceparent ?? one.raw?.traceparent ?? '');
        return one;
      });
      pipeline.rejectLimit.check(
        records,
        mapped.map((one) => outcomeOf(one) === 'dead-lettered'),
      );
      const tooLarge = await outgoing.ended();
      await Promise.all(mapped.map((one, index) => finish(one, tooLarge.get(one), spans?.[index], pipeline)));
    } catch (error) {
      failSpans(spans, error);
      throw error;
    }
  };
}

function countFindings({ raw, repairs, unknown }: MappedRecord, on: PipelineEvents): void {
  if (!raw) return;
  for (const repair of repairs) on.repair?.(raw.vendor, repair);
  for (const kind of unknown) on.unknown?.(raw.vendor, kind);
}

/** Keeps what of a record cannot continue. Its events have ended. */
async function finish(
  mapped: MappedRecord,
  tooLarge: Rejected | undefined,
  span: Span | undefined,
  pipeline: Pipeline,
): Promise<void> {
  const { record, raw, events, rejected } = mapped;
  const parts = tooLarge ? [...rejected, tooLarge] : rejected;
  if (parts.length > 0) await Promise.all(parts.map((part) => keep(record, part, span, pipeline)));
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

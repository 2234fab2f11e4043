import type { ConsumedRecord } from '@sluice/kafka/consumer';
import { findRawHeaders } from '@sluice/raw-event/raw-headers';
import type { Reason } from '@sluice/schemas/schemas';
import type { Span, Tracing } from '@sluice/telemetry/tracing';

/** Begins the spans of a chunk's records, in their order; undefined for a record that is part of no trace. */
export type BeginSpans = (records: readonly ConsumedRecord[]) => readonly (Span | undefined)[];

/**
 * A span for each record, caused by the span whose trace context the record carries. One without that, a heartbeat for
 * instance, is not traced.
 * @param name `normalize`, or `write clickhouse`
 * @param group the consumer group
 * @returns null when nothing is traced
 */
export function recordSpans(tracing: Tracing | null, name: string, group: string): BeginSpans | null {
  if (tracing === null) return null;
  const [operation = name] = name.split(' ');
  return (records) =>
    records.map(({ topic, partition, offset, headers }) => {
      const { traceparent: parent, requestId } = findRawHeaders(headers);
      if (parent === '') return undefined;
      const id = headers.ce_id?.toString() ?? requestId;
      return tracing.begin(name, {
        kind: 'consumer',
        parent,
        attributes: {
          'messaging.system': 'kafka',
          'messaging.operation.name': operation,
          'messaging.operation.type': 'process',
          'messaging.consumer.group.name': group,
          'messaging.destination.name': topic,
          'messaging.destination.partition.id': String(partition),
          'messaging.kafka.offset': Number(offset),
          'messaging.message.id': id,
        },
      });
    });
}

/** Ends the spans of an attempt that failed: those that have not ended yet. The records come again, with new ones. */
export function failSpans(spans: ReturnType<BeginSpans> | undefined, error: unknown): void {
  spans?.forEach((span) => span?.fail(error));
}

type DeadLetterRecord = (record: ConsumedRecord, reason: Reason, detail: string) => Promise<void>;

/** `deadLetter` with a span for the record that becomes a dead letter. */
export function traceDeadLetter(
  beginSpans: BeginSpans | null,
  deadLetter: DeadLetterRecord,
): DeadLetterRecord {
  if (beginSpans === null) return deadLetter;
  return async (record, reason, detail) => {
    const spans = beginSpans([record]);
    try {
      await deadLetter(record, reason, detail);
      spans[0]?.end({ 'sluice.outcome': 'dead-lettered', 'sluice.dead_letter.reason': reason });
    } catch (error) {
      failSpans(spans, error);
      throw error;
    }
  };
}

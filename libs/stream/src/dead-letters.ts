import { createEncoder, type EventInput } from '@sluice/canonical-event/avro-codec';
import { sourceOfEvent } from '@sluice/canonical-event/cloud-events';
import type { Publisher } from '@sluice/kafka/publisher';
import type { ConsumedRecord } from '@sluice/kafka/consumer';
import { topicOf } from '@sluice/schemas/topics';
import type { Reason, Stage } from '@sluice/schemas/schemas';
import { vendorSymbol } from '@sluice/canonical-event/vendor-symbol';
import { findRawHeaders, ourOwn } from '@sluice/raw-event/raw-headers';

export type DeadLetter = EventInput<'dead-letter'>;

/**
 * Writes a dead letter and resolves when it is durable.
 * @throws when it could not be written: anybody who asked must not continue, or the record is lost
 */
export type WriteDeadLetter = (deadLetter: DeadLetter) => Promise<void>;

/** @param schemaId what the registry calls the dead-letter schema of this stream */
export function createDeadLetterWriter(
  publisher: Pick<Publisher, 'publish'>,
  stream: string,
  schemaId: number,
): WriteDeadLetter {
  const encode = createEncoder('dead-letter', schemaId);
  const topic = topicOf(stream, 'dead-letter');
  return async (deadLetter) => {
    const { outcome } = await publisher.publish({
      topic,
      key: Buffer.from(deadLetter.id),
      value: encode(deadLetter),
      headers: { 'sluice-stage': deadLetter.stage, 'sluice-reason': deadLetter.reason },
    });
    if (outcome !== 'published')
      throw new Error(`A dead letter could not be written to ${topic} (${outcome}).`);
  };
}

/** Of a record that was put back: how often it had been tried before. */
export const redrivenHeader = 'sluice-redriven';

/** Heartbeats are of no vendor. */
const vendorIdOf = (named: string): string => (named === ourOwn ? '' : named);

/** The dead letter of a record that was read from a topic. */
export function deadLetterOf(
  record: ConsumedRecord,
  stage: Stage,
  reason: Reason,
  detail: string,
): DeadLetter {
  const header = (name: string): string => record.headers[name]?.toString('utf8') ?? '';
  const ofEvent = sourceOfEvent(header('ce_source'));
  const raw = findRawHeaders(record.headers);
  const vendorId = vendorIdOf(raw.vendor || (ofEvent?.vendor ?? ''));
  return {
    id: raw.payloadHash || header('ce_id') || `${record.topic}/${record.partition}/${record.offset}`,
    stage,
    reason,
    detail,
    payload: record.value ?? Buffer.alloc(0),
    headers: Object.entries(record.headers).map(([name, value]) => ({ name, value: value.toString('utf8') })),
    source_id: raw.sourceId || (ofEvent?.sourceId ?? ''),
    vendor: vendorSymbol(vendorId),
    vendor_id: vendorId,
    data_type: raw.dataType,
    topic: record.topic,
    partition: record.partition,
    offset: Number(record.offset),
    key: record.key,
    first_seen: raw.receivedAtMs || record.timestampMs,
    attempts: (Number(header(redrivenHeader)) || 0) + 1,
  };
}

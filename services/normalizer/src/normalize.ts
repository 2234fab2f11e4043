import { hash } from 'node:crypto';
import { eventIdOf } from '@sluice/canonical-event/event-id';
import type { RawHeaders } from '@sluice/raw-event/raw-headers';
import type { CanonicalTopic } from '@sluice/schemas/topics';
import type { Meta, Reason, ValueOf } from '@sluice/schemas/schemas';
import type { Source } from '@sluice/sources/source';
import { echat } from './echat/echat.ts';
import {
  mappingVersion,
  type MappedEvent,
  type Parsed,
  type ParsedRecord,
  type Repair,
  type UnknownKind,
  type VendorMapping,
} from './mapping.ts';
import { sobot } from './sobot/sobot.ts';

/** Where a raw record stood. */
export interface RawPosition {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
}

/** A canonical event, ready to be encoded for its topic; fields left out take their default. */
export type CanonicalEvent = {
  [T in CanonicalTopic]: { topic: T; value: Partial<ValueOf[T]> & { meta: Meta } };
}[CanonicalTopic];

/** A part of a raw record that cannot go on, with bytes that can be tried again. */
export interface Rejected {
  readonly payload: Buffer;
  readonly reason: Reason;
  readonly detail: string;
}

export interface Normalized {
  readonly events: readonly CanonicalEvent[];
  readonly rejected: readonly Rejected[];
  readonly repairs: readonly Repair[];
}

const vendors: Record<Source['vendor'], VendorMapping> = { echat, sobot };

/**
 * Raw record → canonical events: pure, and total. Whatever the bytes are, the result names what became of
 * them; one bad record in a batch of twenty is rejected alone.
 */
export function normalize(
  payload: Buffer,
  raw: RawHeaders,
  position: RawPosition,
  source: Source,
  onUnknown: (kind: UnknownKind) => void,
): Normalized {
  const vendor = vendors[source.vendor];
  const parsed = parseSafely(vendor, payload, raw.dataType);
  if (parsed.outcome === 'unusable') {
    return { events: [], rejected: [{ payload, reason: parsed.reason, detail: parsed.detail }], repairs: [] };
  }
  const events: CanonicalEvent[] = [];
  const rejected: Rejected[] = [];
  const context = { utcOffsetMinutes: source.utcOffsetMinutes, unknown: onUnknown };
  for (const record of parsed.records) {
    try {
      const mapper = vendor.mappers.get(record.dataType);
      const mapped = mapper
        ? mapper(record.fields, context)
        : vendor.other(record.fields, context, record.dataType);
      events.push(...withMeta(mapped, record, raw, position, source));
    } catch (error) {
      // Our own code failed on this record: a bug, and the record is kept until it is mended.
      const detail = `The mapper failed: ${error instanceof Error ? error.message : String(error)}`;
      rejected.push({ payload: record.isolate(), reason: 'MAPPING_FAILED', detail });
    }
  }
  return { events, rejected, repairs: parsed.repairs };
}

/** A parser that throws has failed on these bytes alone: a bug of ours or its own, and the bytes are kept. */
function parseSafely(vendor: VendorMapping, payload: Buffer, dataType: string): Parsed {
  try {
    return vendor.parse(payload, dataType);
  } catch (error) {
    const detail = `The parser failed: ${error instanceof Error ? error.message : String(error)}`;
    return { outcome: 'unusable', reason: 'MAPPING_FAILED', detail };
  }
}

function withMeta(
  mapped: [MappedEvent, ...MappedEvent[]],
  record: ParsedRecord,
  raw: RawHeaders,
  position: RawPosition,
  source: Source,
): CanonicalEvent[] {
  const contentHash = hash('sha256', record.content, 'hex');
  const attributes = record.fields.rest();
  return mapped.map((event, index) => {
    const meta: Meta = {
      event_id: eventIdOf({
        sourceId: source.id,
        dataType: record.dataType,
        messageId: record.messageId,
        contentHash,
        role: event.role,
      }),
      event_type: event.type,
      vendor: source.vendor === 'echat' ? 'ECHAT' : 'SOBOT',
      data_type: record.dataType,
      source_id: source.id,
      tenant: source.tenant,
      entity_key: event.entityKey,
      occurred_at: event.occurredAt,
      received_at: raw.receivedAtMs,
      raw_topic: position.topic,
      raw_partition: position.partition,
      raw_offset: Number(position.offset),
      mapping_version: mappingVersion,
    };
    // What no typed field took belongs to the first event; the others would only repeat it.
    return {
      topic: event.topic,
      value: { meta, ...event.fields, attributes: index === 0 ? attributes : [] },
    } as CanonicalEvent;
  });
}

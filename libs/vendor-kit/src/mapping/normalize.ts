import { hash } from 'node:crypto';
import { eventIdOf } from '@sluice/canonical-event/event-id';
import { vendorSymbol } from '@sluice/canonical-event/vendor-symbol';
import { payloadLimits } from '@sluice/raw-event/payload-limits';
import { staffActionType, type RawHeaders } from '@sluice/raw-event/raw-headers';
import type { CanonicalTopic } from '@sluice/schemas/topics';
import type { Meta, ValueOf } from '@sluice/schemas/schemas';
import type { Source } from '@sluice/sources/source';
import { checkEvents, maxChars, TooLarge } from './budget.ts';
import type {
  MapContext,
  MappedEvent,
  Parsed,
  ParsedRecord,
  PayloadMapping,
  Rejected,
  RejectedRecord,
  UnknownKind,
  VendorMapping,
  VendorMeta,
} from './mapping.ts';
import type { Read } from './reader.ts';
import type { Repair } from './repair.ts';

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

export interface Normalized {
  readonly events: readonly CanonicalEvent[];
  readonly rejected: readonly Rejected[];
  readonly repairs: readonly Repair[];
}

/** A raw record, and the source that sent it. */
export interface RawRecord {
  readonly payload: Buffer;
  readonly headers: RawHeaders;
  readonly position: RawPosition;
  readonly source: Source;
}

/** Ingress gives the data type of staff pages to nothing else. */
const payloadsOf = ({ staffPages, pushes }: VendorMapping, dataType: string): PayloadMapping =>
  dataType === staffActionType && staffPages !== null ? staffPages : pushes;

/**
 * Raw record → canonical events: pure, and total. Whatever the bytes are, the result names what became of
 * them; one bad record in a batch of twenty is rejected alone.
 * @param vendor the mapping half of the source's vendor
 * @param onUnknown called with what no vendor page lists
 */
export function normalize(
  raw: RawRecord,
  vendor: VendorMapping,
  onUnknown: (kind: UnknownKind) => void,
): Normalized {
  return mapParsed(parseRaw(raw, vendor), raw, vendor, onUnknown);
}

/** Bytes → records. A parser that throws has failed on these bytes alone: a bug of ours or its own, and they are kept. */
export function parseRaw({ payload, headers }: RawRecord, vendor: VendorMapping): Parsed {
  const { dataType, contentType } = headers;
  try {
    return payloadsOf(vendor, dataType).parse(payload, dataType, contentType);
  } catch (error) {
    const detail = `The parser failed: ${error instanceof Error ? error.message : String(error)}`;
    return { outcome: 'undecodable', reason: 'MAPPING_FAILED', detail };
  }
}

/** Records → events. */
export function mapParsed(
  parsed: Parsed,
  raw: RawRecord,
  vendor: VendorMapping,
  onUnknown: (kind: UnknownKind) => void,
): Normalized {
  if (parsed.outcome === 'undecodable') {
    const { reason, detail } = parsed;
    return { events: [], rejected: [{ payload: raw.payload, reason, detail }], repairs: [] };
  }
  const events: CanonicalEvent[] = [];
  const rejected: RejectedRecord[] = [...parsed.rejected];
  const context = contextOf(raw, onUnknown);
  const mapping = payloadsOf(vendor, raw.headers.dataType);
  for (const record of parsed.records) {
    const unlistedId = mapping.unlistedIdOf?.(record.fields, raw.source) ?? null;
    if (unlistedId !== null) {
      context.unknown('unlisted-id');
      if (raw.source.unlistedIds === 'keep-apart') {
        const detail = `The source does not list the id ${unlistedId} that the record names.`;
        rejected.push({ isolate: () => record.isolate(), reason: 'UNLISTED_ID', detail });
        continue;
      }
    }
    try {
      for (const event of mapRecord(record, parsed.repairs, raw, mapping, vendor.version, context))
        events.push(event);
      checkEvents(events.length);
    } catch (error) {
      if (error instanceof TooLarge) return tooLarge(raw, error);
      // Our own code failed on this record: a bug, and the record is kept until it is fixed.
      const detail = `The mapping failed: ${error instanceof Error ? error.message : String(error)}`;
      rejected.push({ isolate: () => record.isolate(), reason: 'MAPPING_FAILED', detail });
    }
  }
  const ofRecords = parsed.records.flatMap((record) => record.repairs);
  return { events, rejected: bounded(rejected, raw.payload), repairs: [...parsed.repairs, ...ofRecords] };
}

/** A payload that is beyond a limit is one dead letter: nothing of it continues. */
const tooLarge = ({ payload }: RawRecord, { message }: TooLarge): Normalized => ({
  events: [],
  rejected: [{ payload, reason: 'TOO_LARGE', detail: message }],
  repairs: [],
});

/**
 * Each rejected record is in a payload of its own, with all that is above the list. Where these would be many or
 * large they are kept by the payload that was sent: what of it went on gets the same ids again.
 */
function bounded(records: readonly RejectedRecord[], payload: Buffer): Rejected[] {
  const parts: Rejected[] = [];
  let bytesLeft = 2 * payload.length;
  for (const record of records) {
    const { reason, detail } = record;
    const part = { payload: record.isolate(), reason, detail };
    bytesLeft -= part.payload.length;
    const isWhole = part.payload === payload && records.length > 1;
    if (isWhole || bytesLeft < 0 || parts.length === payloadLimits.deadLetters)
      return [
        { payload, reason, detail: `${records.length} records of the payload were rejected. ${detail}` },
      ];
    parts.push(part);
  }
  return parts;
}

function contextOf({ source, headers }: RawRecord, unknown: (kind: UnknownKind) => void): MapContext {
  const { utcOffsetMinutes, durationUnits } = source;
  return { utcOffsetMinutes, receivedAtMs: headers.receivedAtMs, durationUnits, unknown };
}

function mapRecord(
  record: ParsedRecord,
  repairs: readonly Repair[],
  raw: RawRecord,
  payloads: PayloadMapping,
  version: number,
  context: MapContext,
): CanonicalEvent[] {
  const { fields } = record;
  const dataType = payloads.recognize(fields, record.dataType);
  if (dataType !== record.dataType) context.unknown('data-type-mismatch');
  const mapping = payloads.mappings.get(dataType);
  if (!mapping) context.unknown('data-type');
  const mapped = mapping?.map(fields, context) ?? [];
  if (mapped.length === 0) mapped.push(payloads.other(fields, dataType));
  if (mapped.length > 1) checkRepeated(mapped, record.messageId, raw.payload.length);
  const metaOf = createMeta(record, raw, {
    dataType,
    version,
    repairs: repairsOf(repairs, record.repairs),
    ...payloads.readMeta(fields, context),
  });
  const attributes = fields.rest();
  return mapped.map((event, index) => {
    const value = event.fields as CanonicalEvent['value'];
    value.meta = metaOf(event);
    // What no typed field took belongs to the first event; the others would only repeat it.
    value.attributes = index === 0 ? attributes : [];
    return { topic: event.topic, value } as CanonicalEvent;
  });
}

const repairsOf = (ofPayload: readonly Repair[], ofRecord: readonly Repair[]): Repair[] =>
  ofRecord.length === 0 ? [...ofPayload] : [...new Set([...ofPayload, ...ofRecord])];

/**
 * What stands once in a record and is repeated in each of its events must not make much of little: the ids of what they
 * are about, and the message's own.
 * @throws {TooLarge}
 */
function checkRepeated(mapped: readonly MappedEvent[], messageId: string, payloadBytes: number): void {
  checkEvents(mapped.length);
  let chars = mapped.length * messageId.length;
  // In two fields, in `meta`, as Kafka's key and as a header.
  for (const { entityKey } of mapped) chars += 5 * entityKey.length;
  if (chars > maxChars(payloadBytes, mapped.length))
    throw new TooLarge('The ids of the events have too many characters for the size of the payload.');
}

interface RecordMeta extends Read<VendorMeta> {
  /** What the record is. */
  readonly dataType: string;
  readonly version: number;
  readonly repairs: Repair[];
}

/** What the events of one record have in common, and what each has of its own. */
function createMeta(
  record: ParsedRecord,
  { payload, headers, position, source }: RawRecord,
  { dataType, version, repairs, vendor_message_id = null, vendor_sent_at = null }: RecordMeta,
): (event: MappedEvent) => Meta {
  // Of a payload that is one record ingress knows the hash already.
  const isHashed = record.content === payload && headers.payloadHash !== '';
  const contentHash = isHashed ? headers.payloadHash : hash('sha256', record.content, 'hex');
  return ({ role, type, entityKey, occurredAt }) => ({
    event_id: eventIdOf({
      sourceId: source.id,
      // The declared one: an id does not change when records are recognized better.
      dataType: record.dataType,
      messageId: record.messageId,
      contentHash,
      role,
    }),
    event_type: type,
    vendor: vendorSymbol(source.vendor),
    vendor_id: source.vendor,
    data_type: dataType,
    source_id: source.id,
    tenant: source.tenant,
    entity_key: entityKey,
    occurred_at: occurredAt ?? vendor_sent_at,
    received_at: headers.receivedAtMs,
    raw_topic: position.topic,
    raw_partition: position.partition,
    raw_offset: Number(position.offset),
    mapping_version: version,
    vendor_message_id,
    vendor_sent_at,
    repairs,
  });
}

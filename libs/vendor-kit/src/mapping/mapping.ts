import type { CanonicalTopic } from '@sluice/schemas/topics';
import type { Meta, Reason, ValueOf } from '@sluice/schemas/schemas';
import type { Source } from '@sluice/sources/source';
import type { CodeTable } from './codes.ts';
import { checkEvents } from './budget.ts';
import type { Fields } from './fields.ts';
import { compileSpec, originsOf, type Origin, type Read, type ReadFields, type Spec } from './reader.ts';
import type { Repair } from './repair.ts';
import type { MapContext } from './map-context.ts';

export type { MapContext, UnknownKind } from './map-context.ts';

/** One record as the vendor sent it, parsed. */
export interface ParsedRecord {
  readonly dataType: string;
  /** The vendor's own id of the message; empty when it has none. */
  readonly messageId: string;
  readonly fields: Fields;
  /** What this record alone needed, next to what the whole payload did. */
  readonly repairs: readonly Repair[];
  /** The record as sent: what its identity is made of. */
  readonly content: string | Buffer;
  /** A payload with this record alone, for a dead letter that can be tried again. */
  isolate(): Buffer;
}

/** A part of a raw record that cannot continue, with bytes that can be tried again. */
export interface Rejected {
  readonly payload: Buffer;
  readonly reason: Reason;
  readonly detail: string;
}

/** A record that cannot continue. Its payload is made when it is asked for: with many records it may be large. */
export interface RejectedRecord extends Omit<Rejected, 'payload'> {
  isolate(): Buffer;
}

export type Parsed =
  | {
      readonly outcome: 'parsed';
      readonly records: readonly ParsedRecord[];
      /** Records that cannot be read, each alone. */
      readonly rejected: readonly RejectedRecord[];
      readonly repairs: readonly Repair[];
    }
  | { readonly outcome: 'undecodable'; readonly reason: Reason; readonly detail: string };

/** The fields of a topic's own. */
export type FieldsOf<T extends CanonicalTopic> = Omit<ValueOf[T], 'meta' | 'attributes'>;

/** A canonical event without what every event has. */
export type MappedEvent = {
  [T in CanonicalTopic]: {
    readonly topic: T;
    /** What the event is within its record: part of its id. */
    readonly role: string;
    /** What happened: `conversation.started`. */
    readonly type: string;
    readonly entityKey: string;
    /** By the vendor's clock, epoch ms UTC; null when it says no time of its own. */
    readonly occurredAt: number | null;
    readonly fields: Read<FieldsOf<T>>;
  };
}[CanonicalTopic];

/** A canonical field and where it comes from, for the coverage page. */
export interface FieldOrigin {
  readonly topic: CanonicalTopic;
  readonly field: string;
  readonly path: string;
}

/**
 * How the records of a data type become events. Mapping is pure; a value that it does not understand is left
 * in the fields. The first event carries what no typed field took.
 */
export interface Mapping {
  readonly origins: readonly FieldOrigin[];
  map(fields: Fields, context: MapContext): MappedEvent[];
}

/** One kind of event that a record becomes, field by field. */
export interface EventMapping<T extends CanonicalTopic> {
  readonly topic: T;
  readonly role: string;
  readonly type: string | ((event: Read<FieldsOf<T>>) => string);
  /** What the event is about: an id. */
  readonly key: (event: Read<FieldsOf<T>>) => string | null | undefined;
  /** When it happened; without it, when the vendor made the message. */
  readonly at?: (event: Read<FieldsOf<T>>) => number | null | undefined;
  readonly fields: Spec<FieldsOf<T>>;
  /** Whether the record has such an event. Default: always. */
  readonly when?: (fields: Fields) => boolean;
}

export function eventMapping<T extends CanonicalTopic>(event: EventMapping<T>): Mapping {
  const { topic, role, when } = event;
  const read = compileSpec(event.fields);
  return {
    origins: topicOrigins(topic, originsOf(event.fields)),
    map(fields, context) {
      if (when && !when(fields)) return [];
      return [mapOne(event, role, read(fields, context))];
    },
  };
}

/** An event for each element of a list, in roles `<role>/0`, `<role>/1`…; `common` is above the list. */
export function listMapping<T extends CanonicalTopic>(
  event: Omit<EventMapping<T>, 'when'> & {
    readonly list: string;
    readonly common: Spec<FieldsOf<T>>;
    readonly ordinal: (ordinal: number) => Read<FieldsOf<T>>;
  },
): Mapping {
  const readCommon = compileSpec(event.common);
  const readItem = compileSpec(event.fields);
  const ofItems = originsOf(event.fields).map(({ field, path }) => ({
    field,
    path: `${event.list}.${path}`,
  }));
  return {
    origins: topicOrigins(event.topic, [...originsOf(event.common), ...ofItems]),
    map(fields, context) {
      const items = fields.items(event.list);
      checkEvents(items.length);
      // Reading takes: without an element to carry them, the common values stay for anybody who comes next.
      if (items.length === 0) return [];
      const common = readCommon(fields, context);
      return items.map((item, index) =>
        mapOne(event, `${event.role}/${index}`, {
          ...common,
          ...event.ordinal(index),
          ...readItem(item, context),
        }),
      );
    },
  };
}

/** Several mappings of one record. */
export function combineMappings(...mappings: readonly Mapping[]): Mapping {
  return {
    origins: mappings.flatMap(({ origins }) => origins),
    map: (fields, context) => mappings.flatMap((mapping) => mapping.map(fields, context)),
  };
}

export const topicOrigins = (topic: CanonicalTopic, origins: readonly Required<Origin>[]): FieldOrigin[] =>
  origins.map(({ field, path }) => ({ topic, field, path }));

function mapOne<T extends CanonicalTopic>(
  event: Pick<EventMapping<T>, 'topic' | 'type' | 'key' | 'at'>,
  role: string,
  fields: Read<FieldsOf<T>>,
): MappedEvent {
  const { topic, type, key, at } = event;
  return {
    topic,
    role,
    type: typeof type === 'string' ? type : type(fields),
    entityKey: key(fields) ?? '',
    occurredAt: at?.(fields) ?? null,
    fields,
  };
}

/** The fields of `meta` that a vendor's record says itself. */
export type VendorMeta = Pick<Meta, 'vendor_message_id' | 'vendor_sent_at'>;

/**
 * How one kind of payloads becomes events: bytes → records → events.
 * @typeParam S the settings that the vendor's sources alone have
 */
export interface PayloadMapping<S = unknown> {
  parse(payload: Buffer, dataType: string, contentType: string): Parsed;
  /**
   * What a record really is: the data type whose elements it has. The one that was declared, where the record
   * does not say otherwise.
   */
  recognize(fields: Fields, declared: string): string;
  readonly meta: Spec<VendorMeta>;
  readonly mappings: ReadonlyMap<string, Mapping>;
  /** For data types without a mapping: an event whose values are all attributes. */
  other(fields: Fields, dataType: string): MappedEvent;
  /** The id of an account in a record, fit for a log, that the source does not list; else null. */
  unlistedIdOf?(fields: Fields, source: Source<S>): string | null;
  /** Reads `meta`; made by `payloadMapping`. */
  readonly readMeta: ReadFields<VendorMeta>;
}

/** A mapping, ready to be used. */
export const payloadMapping = <S>(mapping: Omit<PayloadMapping<S>, 'readMeta'>): PayloadMapping<S> => ({
  ...mapping,
  readMeta: compileSpec(mapping.meta),
});

/** The mapping half of a vendor. */
export interface VendorMapping<S = unknown> {
  /** Raised when an id, a field or a value of an event that exists changes: the higher version wins in the stores. */
  readonly version: number;
  readonly pushes: PayloadMapping<S>;
  /** Of what staff do on pages in the vendor's workbench; null where it shows none. */
  readonly staffPages: PayloadMapping<S> | null;
  /** The repairs that its payloads may need next to those of `repairs.ts`: names, and what is wrong and done. */
  readonly repairs: Readonly<Record<string, string>>;
  /** The vendor's codes and what they mean, by the name of their field. */
  readonly codes: Readonly<Record<string, CodeTable<string>>>;
}

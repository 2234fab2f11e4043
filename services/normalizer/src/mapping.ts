import type { CanonicalTopic } from '@sluice/schemas/topics';
import type { Reason, ValueOf } from '@sluice/schemas/schemas';
import type { Fields } from './fields.ts';

/** Raised when an id, a field or a value of an event that exists changes: the higher version wins in the stores. */
export const mappingVersion = 1;

/** One record as the vendor sent it, parsed. */
export interface ParsedRecord {
  readonly dataType: string;
  /** The vendor's own id of the message; empty when it has none. */
  readonly messageId: string;
  readonly fields: Fields;
  /** The record as sent: what its identity is made of. */
  readonly content: string | Buffer;
  /** A payload with this record alone, for a dead letter that can be tried again. */
  isolate(): Buffer;
}

/** Shapes that are not what they should be and are read all the same: values of a metric's label. */
export type Repair = 'trailing-comma' | 'invalid-utf-8' | 'repeated-name';

export type Parsed =
  | {
      readonly outcome: 'parsed';
      readonly records: readonly ParsedRecord[];
      readonly repairs: readonly Repair[];
    }
  | { readonly outcome: 'unusable'; readonly reason: Reason; readonly detail: string };

/** What a mapper may ask about the source. */
export interface MapContext {
  readonly utcOffsetMinutes: number;
  /** Told of a data type or code that no vendor page lists. */
  unknown(kind: UnknownKind): void;
}

export type UnknownKind =
  'data-type' | 'channel' | 'conversation-kind' | 'end-reason' | 'participant-role' | 'solved' | 'initiative';

type FieldsOf<T extends CanonicalTopic> = Partial<Omit<ValueOf[T], 'meta' | 'attributes'>>;

/** A canonical event without what every event has. */
export type MappedEvent = {
  [T in CanonicalTopic]: {
    readonly topic: T;
    /** What the event is within its record: part of its id. */
    readonly role: string;
    /** What happened: `conversation.started`. */
    readonly type: string;
    readonly entityKey: string;
    /** By the vendor's clock, epoch ms UTC. */
    readonly occurredAt: number | null;
    readonly fields: FieldsOf<T>;
  };
}[CanonicalTopic];

/**
 * Maps one record to its events. The first event carries what no typed field took.
 * A mapper is pure; a value that it does not understand is left in the fields.
 */
export type Mapper = (fields: Fields, context: MapContext) => [MappedEvent, ...MappedEvent[]];

/** One vendor: bytes → records → events. Adding a vendor adds a folder with these and a row in `pipeline.ts`. */
export interface VendorMapping {
  parse(payload: Buffer, dataType: string): Parsed;
  readonly mappers: ReadonlyMap<string, Mapper>;
  /** For data types without a mapper: an event whose values are all attributes. */
  other(fields: Fields, context: MapContext, dataType: string): [MappedEvent];
}

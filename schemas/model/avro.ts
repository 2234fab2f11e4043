/** Words to write Avro schemas with: every field has a default and a `doc` that gives unit and origin. */

export interface AvroField {
  readonly name: string;
  readonly type: AvroType;
  readonly default?: unknown;
  readonly doc: string;
}

export interface AvroRecord {
  readonly type: 'record';
  readonly name: string;
  readonly namespace?: string;
  readonly doc?: string;
  readonly fields: readonly AvroField[];
}

export interface AvroEnum {
  readonly type: 'enum';
  readonly name: string;
  readonly symbols: readonly string[];
  readonly default: 'UNKNOWN';
}

export type AvroType =
  | string
  | readonly AvroType[]
  | AvroRecord
  | AvroEnum
  | { readonly type: 'array'; readonly items: AvroType }
  | { readonly type: 'string' | 'long'; readonly logicalType: string };

const optional = (type: AvroType, name: string, doc: string): AvroField => ({
  name,
  type: ['null', type],
  default: null,
  doc,
});

/** Epoch milliseconds, UTC. */
export const timestamp = { type: 'long', logicalType: 'timestamp-millis' } as const;

/** A text as the vendor sent it: '' when it was sent empty, null when it was not sent. */
export const text = (name: string, doc: string): AvroField => optional('string', name, doc);
export const flag = (name: string, doc: string): AvroField => optional('boolean', name, doc);
export const int = (name: string, doc: string): AvroField => optional('int', name, doc);
/** A number of things. */
export const count = (name: string, doc: string): AvroField => optional('long', name, doc);
export const time = (name: string, doc: string): AvroField => optional(timestamp, name, doc);
/** A record within the event; null when the vendor sent none of its values. */
export const part = (name: string, type: AvroRecord, doc: string): AvroField => optional(type, name, doc);

export const list = (name: string, items: AvroType, doc: string): AvroField => ({
  name,
  type: { type: 'array', items },
  default: [],
  doc,
});

/** A duration in ms, and the vendor's number as it was sent, before its unit was applied. */
export const duration = (name: string, doc: string): AvroField[] => [
  count(`${name}_ms`, `${doc} In ms.`),
  text(`${name}_sent`, `${doc} The vendor's number as sent, before its unit was applied.`),
];

/** A closed list. A reader with an older version reads a newer symbol as UNKNOWN. */
export const enumeration = (name: string, ...symbols: readonly string[]): AvroEnum => ({
  type: 'enum',
  name,
  symbols: ['UNKNOWN', ...symbols],
  default: 'UNKNOWN',
});

/** A symbol alone: where the meaning follows from the event and not from one code. */
export const symbol = (name: string, type: AvroEnum, doc: string): AvroField => ({
  name,
  type,
  default: 'UNKNOWN',
  doc,
});

/**
 * What a vendor's code means, and the code (or text) as it was sent. UNKNOWN: not sent, or no code that is
 * documented.
 * @param origin the vendors' fields
 */
export const coded = (name: string, type: AvroEnum, doc: string, origin: string): AvroField[] => [
  symbol(name, type, `${doc} ${origin}.`),
  text(`${name}_code`, `${origin}, as sent.`),
];

export const record = (name: string, doc: string, fields: readonly AvroField[]): AvroRecord => ({
  type: 'record',
  name,
  doc,
  fields,
});

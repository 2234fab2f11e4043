import { avroSchemas } from '@sluice/schemas/avro-schemas';
import type { StoredTopic } from '@sluice/schemas/topics';

/** What a field of one value holds. `strings`: an array of strings; `attributes`: an array of {name, value}. */
export type ValueKind =
  'string' | 'uuid' | 'enum' | 'boolean' | 'int' | 'long' | 'timestamp' | 'strings' | 'attributes';

export interface ValueField {
  readonly name: string;
  /** What it means: the schema's `doc`. */
  readonly doc?: string;
  readonly kind: ValueKind;
  readonly nullable: boolean;
}

/** `record`: a record within the event; `records`: an array of them. */
export interface RecordField {
  readonly name: string;
  readonly doc?: string;
  readonly kind: 'record' | 'records';
  readonly nullable: boolean;
  readonly fields: readonly Field[];
}

export type Field = ValueField | RecordField;

/** The fields of one topic's newest schema: those of `meta`, and the topic's own. */
export interface EventFields {
  readonly meta: readonly Field[];
  readonly own: readonly Field[];
}

interface AvroRecord {
  type: 'record';
  name: string;
  fields: readonly AvroField[];
}

interface AvroField {
  name: string;
  doc?: string;
  type: AvroType;
}

type AvroType =
  | string
  | readonly AvroType[]
  | AvroRecord
  | { type: 'enum'; name: string }
  | { type: 'array'; items: AvroType }
  | { type: 'string' | 'int' | 'long'; logicalType: string };

/** What a type holds: `Field` without its name. */
type Content = Pick<ValueField, 'kind'> | Pick<RecordField, 'kind' | 'fields'>;

/**
 * The fields of a topic's events, which tables and index templates are made of.
 * @throws when the schema has a type that no store keeps
 */
export function fieldsOf(topic: StoredTopic): EventFields {
  const schema = avroSchemas[topic].at(-1) as AvroRecord | undefined;
  if (!schema) throw new Error(`${topic} has no schema: see schemas/${topic}.`);
  return fieldsOfSchema(topic, schema);
}

/** What an event of the topic is: the `doc` of its newest schema. */
export function docOf(topic: StoredTopic): string {
  return (avroSchemas[topic].at(-1) as { doc?: string } | undefined)?.doc ?? '';
}

/**
 * The fields of a schema that is no topic's.
 * @param name says in errors whose schema it is
 */
export function fieldsOfSchema(name: string, schema: object): EventFields {
  const { fields } = schema as AvroRecord;
  const [meta, ...own] = fieldsOfRecord(fields, { path: name, named: new Map() });
  if (meta?.name !== 'meta' || meta.kind !== 'record')
    throw new Error(`The schema of ${name} does not begin with a record meta.`);
  return { meta: meta.fields, own };
}

interface SchemaPosition {
  /** Names the field in errors. */
  readonly path: string;
  /** The records and enums met so far: Avro defines a named type once and refers to it afterwards. */
  readonly named: Map<string, AvroType>;
}

function fieldsOfRecord(fields: readonly AvroField[], place: SchemaPosition): Field[] {
  return fields.map(({ name, type, doc }) => {
    const path = `${place.path} ${name}`;
    const branches = Array.isArray(type) ? (type as readonly AvroType[]) : [type];
    const [inner, ...others] = branches.filter((branch) => branch !== 'null');
    const content =
      inner === undefined || others.length > 0 ? undefined : contentOf(inner, { ...place, path });
    if (content)
      return { name, ...(doc === undefined ? {} : { doc }), nullable: branches.includes('null'), ...content };
    throw new Error(`Field ${path} has a type that no store keeps yet: ${JSON.stringify(type)}.`);
  });
}

function contentOf(reference: AvroType, place: SchemaPosition): Content | undefined {
  const type = typeof reference === 'string' ? (place.named.get(reference) ?? reference) : reference;
  if (typeof type === 'string') {
    if (type === 'string' || type === 'boolean' || type === 'int' || type === 'long') return { kind: type };
    return undefined;
  }
  if ('logicalType' in type) {
    if (type.logicalType === 'uuid') return { kind: 'uuid' };
    return type.logicalType === 'timestamp-millis' ? { kind: 'timestamp' } : undefined;
  }
  if (!('type' in type)) return undefined;
  if ('name' in type) place.named.set(type.name, type);
  if (type.type === 'enum') return { kind: 'enum' };
  if (type.type === 'record') return { kind: 'record', fields: fieldsOfRecord(type.fields, place) };
  return 'items' in type ? contentOfArray(type.items, place) : undefined;
}

function contentOfArray(items: AvroType, place: SchemaPosition): Content | undefined {
  const item = contentOf(items, place);
  if (item?.kind === 'string') return { kind: 'strings' };
  if (item?.kind !== 'record') return undefined;
  const name = typeof items === 'string' ? items : (items as AvroRecord).name;
  return name === 'Attribute' ? { kind: 'attributes' } : { ...item, kind: 'records' };
}

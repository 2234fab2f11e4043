import { avroSchemas } from '@sluice/schemas/schemas';
import type { CanonicalTopic } from '@sluice/schemas/topics';

/** What a field holds. `strings`: an array of strings; `attributes`: an array of {name, value}. */
export type FieldKind =
  'string' | 'uuid' | 'enum' | 'boolean' | 'int' | 'long' | 'timestamp' | 'strings' | 'attributes';

export interface Field {
  readonly name: string;
  readonly kind: FieldKind;
  readonly nullable: boolean;
}

/** The fields of one topic's newest released schema: those of `meta`, and the topic's own. */
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
  type: AvroType;
}

type AvroType =
  | string
  | readonly AvroType[]
  | AvroRecord
  | { type: 'enum'; name: string }
  | { type: 'array'; items: AvroType }
  | { type: 'string' | 'int' | 'long'; logicalType: string };

/**
 * The fields of a topic's events, which tables and index templates are made of.
 * @throws when the schema has a type that no store knows a column for
 */
export function fieldsOf(topic: CanonicalTopic): EventFields {
  const schema = avroSchemas[topic].at(-1) as AvroRecord | undefined;
  const meta = schema?.fields.find(({ name }) => name === 'meta')?.type as AvroRecord | undefined;
  if (!schema || !meta) throw new Error(`The schema of ${topic} has no meta record: see schemas/${topic}.`);
  const enums = new Set<string>();
  const field = ({ name, type }: AvroField): Field => {
    const branches = Array.isArray(type) ? (type as readonly AvroType[]) : [type];
    const nullable = branches.includes('null');
    const [inner, ...others] = branches.filter((branch) => branch !== 'null');
    const kind = inner === undefined || others.length > 0 ? undefined : kindOf(inner, enums);
    if (kind) return { name, kind, nullable };
    throw new Error(`Field ${name} of ${topic} has a type that no store keeps yet: ${JSON.stringify(type)}.`);
  };
  return {
    meta: meta.fields.map(field),
    own: schema.fields.filter(({ name }) => name !== 'meta').map(field),
  };
}

/** @param enums names of the enums met so far: Avro defines a named type once and refers to it afterwards */
function kindOf(type: AvroType, enums: Set<string>): FieldKind | undefined {
  if (typeof type === 'string') {
    if (enums.has(type)) return 'enum';
    return ['string', 'boolean', 'int', 'long'].includes(type) ? (type as FieldKind) : undefined;
  }
  if ('logicalType' in type) {
    return { uuid: 'uuid' as const, 'timestamp-millis': 'timestamp' as const }[type.logicalType];
  }
  if (!('type' in type)) return undefined;
  if (type.type === 'enum') {
    enums.add(type.name);
    return 'enum';
  }
  if (type.type === 'array') {
    if (type.items === 'string') return 'strings';
    if ((type.items as AvroRecord).name === 'Attribute') return 'attributes';
  }
  return undefined;
}

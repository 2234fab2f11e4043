import { avroSchemas } from '@sluice/schemas/avro-schemas';
import { canonicalTopics, type CanonicalTopic } from '@sluice/schemas/topics';
import type { FieldOrigin, VendorMapping } from '@sluice/vendor-kit/mapping/mapping';
import { originsOf } from '@sluice/vendor-kit/mapping/reader';

/** A canonical field as its schema describes it. */
export interface CanonicalField {
  readonly topic: CanonicalTopic;
  /** `visitor.language`; `meta.vendor_sent_at` is of every topic. */
  readonly field: string;
  /** For people: `text`, `time (UTC)`, `STARTED | ANSWERED | …`. */
  readonly type: string;
  readonly doc: string;
}

/** Where the values of a data type go: the canonical fields of its mapping, and those of `meta`. */
export function destinationsOf({ pushes }: VendorMapping, dataType: string): FieldOrigin[] {
  const mapping = pushes.mappings.get(dataType);
  if (!mapping) throw new Error(`No mapping is for ${dataType}.`);
  const [{ topic } = { topic: 'other.v1' as const }] = mapping.origins;
  const ofMeta = originsOf(pushes.meta).map(({ field, path }) => ({
    topic,
    field: `meta.${field}`,
    path,
  }));
  return [...ofMeta, ...mapping.origins];
}

/** The destinations of one path; of a container (`params`) those of everything in it. */
export function destinationsOfPath(origins: readonly FieldOrigin[], path: string): FieldOrigin[] {
  return origins.filter((origin) => origin.path === path || origin.path.startsWith(`${path}.`));
}

/** Every data type that a vendor's mapping knows. */
export const dataTypesOf = ({ pushes }: VendorMapping): string[] => [...pushes.mappings.keys()];

interface AvroField {
  readonly name: string;
  readonly type: unknown;
  readonly doc: string;
}

/** The fields of all topics, in their schemas' order, with those of records within them. */
export function canonicalFields(): CanonicalField[] {
  return canonicalTopics.flatMap((topic) => {
    const schema = avroSchemas[topic].at(-1) as unknown as { fields: AvroField[] };
    const named = new Map<string, unknown>();
    const visit = (fields: readonly AvroField[], parent: string): CanonicalField[] =>
      fields.flatMap(({ name, type, doc }) => {
        const field = `${parent}${name}`;
        const inner = recordIn(type, named);
        if (!inner) return [{ topic, field, doc, type: describe(type, named) }];
        return visit(inner, `${field}.`);
      });
    return visit(schema.fields, '');
  });
}

/** The fields of the record that a type is, may be, or is a list of; undefined for other types. */
function recordIn(type: unknown, named: Map<string, unknown>): AvroField[] | undefined {
  if (Array.isArray(type)) return type.map((member) => recordIn(member, named)).find(Boolean);
  const whole = typeof type === 'string' ? named.get(type) : type;
  const {
    type: kind,
    name,
    fields,
    items,
  } = (whole ?? {}) as {
    type?: string;
    name?: string;
    fields?: AvroField[];
    items?: unknown;
  };
  if (name !== undefined) named.set(name, whole);
  return kind === 'array' ? recordIn(items, named) : fields;
}

function describe(type: unknown, named: Map<string, unknown>): string {
  if (Array.isArray(type))
    return describe(
      type.find((member) => member !== 'null'),
      named,
    );
  if (typeof type === 'string') {
    const plain: Record<string, string> = { string: 'text', long: 'whole number', int: 'whole number' };
    return plain[type] ?? (named.has(type) ? describe(named.get(type), named) : type);
  }
  const whole = type as { type: string; logicalType?: string; symbols?: string[]; items?: unknown };
  if (whole.logicalType === 'timestamp-millis') return 'time (UTC)';
  if (whole.symbols) return whole.symbols.map((symbol) => `\`${symbol}\``).join(' ');
  if (whole.type === 'array') return `list of ${describe(whole.items, named)}s`;
  return describe(whole.type, named);
}

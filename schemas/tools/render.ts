/** Renders the types of the values of the released Avro schemas as TypeScript. */

interface AvroField {
  name: string;
  type: AvroType;
  doc?: string;
}
type AvroType =
  | string
  | AvroType[]
  | { type: 'record'; name: string; doc?: string; fields: AvroField[] }
  | { type: 'enum'; name: string; symbols: string[] }
  | { type: 'array'; items: AvroType }
  | { type: Exclude<string, 'record' | 'enum' | 'array'>; logicalType?: string };

const primitives: Record<string, string> = {
  null: 'null',
  boolean: 'boolean',
  int: 'number',
  long: 'number',
  float: 'number',
  double: 'number',
  bytes: 'Buffer',
  string: 'string',
};

/**
 * @param schemas every `.avsc` in release order, as parsed, with the topic it belongs to
 * @returns the text of `src/generated/schemas.ts`
 */
export function renderModule(schemas: { topic: string; version: number; schema: object }[]): string {
  const declarations = new Map<string, string>();
  const latest = new Map<string, { topic: string; version: number; schema: object }>();
  for (const entry of schemas) latest.set(entry.topic, entry);
  const rows: string[] = [];
  for (const { topic, schema } of latest.values()) {
    const type = declare(schema as AvroType, declarations);
    rows.push(`  ${JSON.stringify(topic)}: ${type};`);
  }
  return [
    '// Generated from schemas/*/*.avsc by schemas/tools/generate.ts. Do not edit.',
    ...declarations.values(),
    `/** The type of a value of each topic. */\nexport interface ValueOf {\n${rows.join('\n')}\n}`,
    '',
  ].join('\n\n');
}

/** Adds the declaration of a named type, once, and returns how TypeScript writes the type. */
function declare(type: AvroType, into: Map<string, string>): string {
  if (typeof type === 'string') return primitives[type] ?? type;
  if (Array.isArray(type)) return type.map((member) => declare(member, into)).join(' | ');
  if ('fields' in type) return declareRecord(type, into);
  if ('symbols' in type) {
    into.set(type.name, `export type ${type.name} =\n${type.symbols.map((s) => `  | '${s}'`).join('\n')};`);
    return type.name;
  }
  if ('items' in type) return `${parenthesized(declare(type.items, into))}[]`;
  return primitives[type.type] ?? type.type;
}

function declareRecord(
  type: { name: string; doc?: string; fields: AvroField[] },
  into: Map<string, string>,
): string {
  const lines = type.fields.map((field) => {
    const doc = field.doc === undefined ? '' : `  /** ${field.doc} */\n`;
    return `${doc}  ${field.name}: ${declare(field.type, into)};`;
  });
  const doc = type.doc === undefined ? '' : `/** ${type.doc} */\n`;
  into.set(type.name, `${doc}export interface ${type.name} {\n${lines.join('\n')}\n}`);
  return type.name;
}

function parenthesized(type: string): string {
  return type.includes('|') ? `(${type})` : type;
}

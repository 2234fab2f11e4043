/** Renders functions that read the values of the newest released Avro schemas, as TypeScript. */

interface AvroRecord {
  readonly name: string;
  readonly fields: readonly { readonly name: string; readonly type: AvroType | readonly AvroType[] }[];
}
interface AvroEnum {
  readonly name: string;
  readonly symbols: readonly string[];
}
type AvroType =
  | string
  | AvroRecord
  | AvroEnum
  | { readonly items: AvroType }
  | { readonly type: string; readonly logicalType: string };

const primitives: ReadonlyMap<string, string> = new Map([
  ['boolean', 'readBoolean'],
  ['bytes', 'readBytes'],
  ['int', 'readInt'],
  ['long', 'readLong'],
  ['string', 'readString'],
]);

/** The code of the named types, by their names. */
type Declared = Map<string, { readonly schema: string; readonly text: string }>;

/**
 * @param schemas every `.avsc` in release order, as parsed, with the topic it belongs to
 * @returns the text of `src/generated/readers.ts`
 * @throws for a type that none of our schemas has, and for two types of one name
 */
export function renderReaders(schemas: readonly { topic: string; schema: object }[]): string {
  const newest = new Map(schemas.map(({ topic, schema }) => [topic, schema as AvroRecord]));
  const declared: Declared = new Map();
  const rows = [...newest].map(([topic, schema]) => `  '${topic}': ${readerOf(schema, declared)},`);
  const imported = [
    ...primitives.values(),
    'isPresent',
    'readArray',
    'readSymbol',
    'type Cursor',
    'type Read',
  ];
  const types = [...declared.keys(), 'ValueOf'].sort();
  return [
    '// Generated from schemas/*/*.avsc by schemas/tools/generate.ts. Do not edit.',
    `import {\n${imported.map((name) => `  ${name},`).join('\n')}\n} from '../read-avro.ts';\nimport type {\n${types.map((name) => `  ${name},`).join('\n')}\n} from './schemas.ts';`,
    ...[...declared.values()].map(({ text }) => text),
    `/** Reads a value of each topic, of its newest schema. */\nexport const readers: { readonly [T in keyof ValueOf]: Read<ValueOf[T]> } = {\n${rows.join('\n')}\n};`,
    '',
  ].join('\n\n');
}

/** @returns the name of the function that reads a type, of which a named one is declared once */
function readerOf(type: AvroType, declared: Declared): string {
  if (typeof type === 'string') {
    const name = primitives.get(type) ?? (declared.has(type) ? `read${type}` : undefined);
    if (name === undefined) throw new Error(`There is no reader for Avro's ${type}.`);
    return name;
  }
  if ('items' in type) throw new Error('There is no reader for a list in a list.');
  if ('logicalType' in type) return readerOf(type.type, declared);
  const [known, schema] = [declared.get(type.name), JSON.stringify(type)];
  if (known && known.schema !== schema) throw new Error(`There are two types called ${type.name}.`);
  if (!known) {
    const text = 'fields' in type ? renderRecord(type, declared) : renderEnum(type);
    declared.set(type.name, { schema, text });
  }
  return `read${type.name}`;
}

function renderEnum({ name, symbols }: AvroEnum): string {
  const listed = symbols.map((symbol) => `  '${symbol}',`);
  return [
    `const symbolsOf${name}: readonly ${name}[] = [`,
    ...listed,
    '];',
    `function read${name}(cursor: Cursor): ${name} {`,
    `  return readSymbol(cursor, symbolsOf${name});`,
    '}',
  ].join('\n');
}

/** The fields of a literal are evaluated in its order, which is that of the bytes. */
function renderRecord({ name, fields }: AvroRecord, declared: Declared): string {
  return [
    `function read${name}(cursor: Cursor): ${name} {`,
    '  return {',
    ...fields.map(({ name: field, type }) => `    ${field}: ${readField(field, type, declared)},`),
    '  };',
    '}',
  ].join('\n');
}

function readField(name: string, type: AvroRecord['fields'][number]['type'], declared: Declared): string {
  if (!isUnion(type)) return callOf(type, declared);
  const [nothing, something, ...others] = type;
  if (nothing !== 'null' || something === undefined || others.length > 0)
    throw new Error(`${name}: there is a reader for unions of null and one type alone.`);
  return `isPresent(cursor) ? ${callOf(something, declared)} : null`;
}

const isUnion = (type: AvroRecord['fields'][number]['type']): type is readonly AvroType[] =>
  Array.isArray(type);

/** The expression that reads a value. */
function callOf(type: AvroType, declared: Declared): string {
  return typeof type === 'object' && 'items' in type
    ? `readArray(cursor, ${readerOf(type.items, declared)})`
    : `${readerOf(type, declared)}(cursor)`;
}

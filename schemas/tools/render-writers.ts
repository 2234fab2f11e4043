/** Renders functions that write the values of the newest released Avro schemas, as TypeScript. */

interface AvroRecord {
  readonly name: string;
  readonly fields: readonly AvroField[];
}
interface AvroEnum {
  readonly name: string;
  readonly symbols: readonly string[];
}
interface AvroField {
  readonly name: string;
  readonly type: AvroType | readonly AvroType[];
  readonly default?: unknown;
}
type AvroType =
  | string
  | AvroRecord
  | AvroEnum
  | { readonly items: AvroType }
  | { readonly type: string; readonly logicalType: string };

const primitives: ReadonlyMap<string, string> = new Map([
  ['boolean', 'writeBoolean'],
  ['bytes', 'writeBytes'],
  ['int', 'writeInt'],
  ['long', 'writeLong'],
  ['string', 'writeString'],
]);

/** The code of the named types, by their names. */
type Declared = Map<string, { readonly schema: string; readonly text: string }>;

/**
 * @param schemas every `.avsc` in release order, as parsed, with the topic it belongs to
 * @returns the text of `src/generated/writers.ts`
 * @throws for a type that none of our schemas has, and for two types of one name
 */
export function renderWriters(schemas: readonly { topic: string; schema: object }[]): string {
  const newest = new Map(schemas.map(({ topic, schema }) => [topic, schema as AvroRecord]));
  const declared: Declared = new Map();
  const rows = [...newest].map(([topic, schema]) => `  '${topic}': ${writerOf(schema, declared)},`);
  const imported = [...primitives.values(), 'indicesOf', 'recordOf', 'writeArray', 'type Write'];
  return [
    '// Generated from schemas/*/*.avsc by schemas/tools/generate.ts. Do not edit.',
    `import {\n${imported.map((name) => `  ${name},`).join('\n')}\n} from '../write-avro.ts';\nimport type { ValueOf } from './schemas.ts';`,
    ...[...declared.values()].map(({ text }) => text),
    `/** Writes a value of each topic; fields that are left out get their default. */\nexport const writers: Readonly<Record<keyof ValueOf, Write>> = {\n${rows.join('\n')}\n};`,
    '',
  ].join('\n\n');
}

/** @returns the name of the function that writes a type, of which a named one is declared once */
function writerOf(type: AvroType, declared: Declared): string {
  if (typeof type === 'string') {
    const name = primitives.get(type) ?? (declared.has(type) ? `write${type}` : undefined);
    if (name === undefined) throw new Error(`There is no writer for Avro's ${type}.`);
    return name;
  }
  if ('items' in type) throw new Error('There is no writer for a list in a list.');
  if ('logicalType' in type) return writerOf(type.type, declared);
  const [known, schema] = [declared.get(type.name), JSON.stringify(type)];
  if (known && known.schema !== schema) throw new Error(`There are two types called ${type.name}.`);
  if (!known) {
    const text = 'fields' in type ? renderRecord(type, declared) : renderEnum(type);
    declared.set(type.name, { schema, text });
  }
  return `write${type.name}`;
}

function renderEnum({ name, symbols }: AvroEnum): string {
  const listed = symbols.map((symbol) => `  '${symbol}',`);
  return [
    `const indicesOf${name} = indicesOf([`,
    ...listed,
    ']);',
    `function write${name}(bytes: Buffer, at: number, value: unknown): number {`,
    `  return writeLong(bytes, at, indicesOf${name}.get(value));`,
    '}',
  ].join('\n');
}

function renderRecord({ name, fields }: AvroRecord, declared: Declared): string {
  return [
    `function write${name}(bytes: Buffer, start: number, value: unknown): number {`,
    '  const record = recordOf(value);',
    '  let at = start;',
    '  let field: unknown;',
    ...fields.flatMap((field) => writeField(field, declared)).map((line) => `  ${line}`),
    '  return at;',
    '}',
  ].join('\n');
}

/** What most fields hold, null, is a byte and no call. */
function writeField({ name, type, default: missing }: AvroField, declared: Declared): string[] {
  const read = `field = record.${name};`;
  if (isUnion(type)) {
    const [nothing, something, ...others] = type;
    if (nothing !== 'null' || something === undefined || others.length > 0 || missing !== null)
      throw new Error(`${name}: there is a writer for unions of null, the default, and one type alone.`);
    return [
      read,
      'if (field === null || field === undefined) bytes[at++] = 0;',
      'else {',
      '  bytes[at] = 2;',
      `  at = ${callOf(something, 'at + 1', declared)};`,
      '}',
    ];
  }
  const fill = missing === undefined ? [] : [`if (field === undefined) field = ${JSON.stringify(missing)};`];
  return [read, ...fill, `at = ${callOf(type, 'at', declared)};`];
}

const isUnion = (type: AvroField['type']): type is readonly AvroType[] => Array.isArray(type);

/** The expression that writes `field`. */
function callOf(type: AvroType, at: string, declared: Declared): string {
  return typeof type === 'object' && 'items' in type
    ? `writeArray(bytes, ${at}, field, ${writerOf(type.items, declared)})`
    : `${writerOf(type, declared)}(bytes, ${at}, field)`;
}

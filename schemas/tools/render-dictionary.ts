/** Renders the newest Avro schemas as a page: each topic's fields, their types and what they mean. */

interface AvroField {
  readonly name: string;
  readonly type: AvroType;
  readonly doc?: string;
}
interface AvroRecord {
  readonly type: 'record';
  readonly name: string;
  readonly doc?: string;
  readonly fields: readonly AvroField[];
}
type AvroType =
  | string
  | readonly AvroType[]
  | AvroRecord
  | { readonly type: 'enum'; readonly name: string; readonly symbols: readonly string[] }
  | { readonly type: 'array'; readonly items: AvroType }
  | { readonly type: string; readonly logicalType: string };

/**
 * @param schemas every released version in order, as parsed, with the topic that it belongs to
 * @returns the text of docs/reference/data-dictionary.md
 */
export function renderDictionary(
  schemas: readonly { readonly topic: string; readonly version: number; readonly schema: object }[],
): string {
  const newest = [...new Map(schemas.map((one) => [one.topic, one])).values()];
  const [first] = newest.filter(({ topic }) => topic !== 'dead-letter');
  const meta = (first?.schema as AvroRecord | undefined)?.fields.filter(({ name }) => name === 'meta') ?? [];
  return [
    '# Data dictionary',
    'Generated from `schemas/model` by `npm run generate`. Do not edit.',
    "This page lists every topic, its fields, and the vendors' fields that they come from. ClickHouse has them as columns (`visitor.city` is `visitor_city`, fields of `meta` have no prefix), with these texts as comments. Elasticsearch uses the names on this page. See [querying.md](../guides/querying.md). The number of a schema is that of its file, `schemas/<topic>/<number>.avsc`. The registry has its own numbers: the first registered schema is 1.",
    '## `meta`, in every topic but `dead-letter`',
    table(rowsOf(meta, '', new Map())),
    ...newest.flatMap(({ topic, version, schema }) => {
      const { doc = '', fields } = schema as AvroRecord;
      // Named types of meta are defined there, and referred to afterwards.
      const named = new Map<string, AvroType>();
      const rows = rowsOf(fields, '', named).filter(({ path }) => topic === 'dead-letter' || !isOfMeta(path));
      return [`## \`${topic}\``, `${escape(doc)} Schema ${version}.`.trim(), table(rows)];
    }),
    '',
  ].join('\n\n');
}

const isOfMeta = (path: string): boolean => path === 'meta' || path.startsWith('meta.');

interface Row {
  readonly path: string;
  readonly type: string;
  readonly doc: string;
}

/** @param named the records and enums met so far: Avro defines a named type once and refers to it afterwards */
function rowsOf(fields: readonly AvroField[], within: string, named: Map<string, AvroType>): Row[] {
  return fields.flatMap(({ name, type, doc = '' }) => {
    const path = `${within}${name}`;
    const content = contentOf(type, named);
    return [{ path, type: content.words, doc }, ...rowsOf(content.fields, `${path}.`, named)];
  });
}

const words: Readonly<Record<string, string>> = {
  ...{ string: 'text', boolean: 'true or false', int: 'whole number', long: 'whole number', bytes: 'bytes' },
  ...{ uuid: 'UUID', 'timestamp-millis': 'time' },
};

function contentOf(
  type: AvroType,
  named: Map<string, AvroType>,
): { readonly words: string; readonly fields: readonly AvroField[] } {
  if (typeof type === 'string') {
    const known = named.get(type);
    return known === undefined ? { words: words[type] ?? type, fields: [] } : contentOf(known, named);
  }
  if (isUnion(type)) {
    const [inner = 'null'] = type.filter((branch) => branch !== 'null');
    return contentOf(inner, named);
  }
  if ('name' in type) named.set(type.name, type);
  if ('fields' in type) return { words: 'record', fields: type.fields };
  if ('symbols' in type) return { words: type.symbols.map((one) => `\`${one}\``).join(', '), fields: [] };
  if ('logicalType' in type) return { words: words[type.logicalType] ?? type.logicalType, fields: [] };
  const items = contentOf(type.items, named);
  return { words: `list of ${items.words}s`, fields: items.fields };
}

const isUnion = (type: AvroType): type is readonly AvroType[] => Array.isArray(type);

const escape = (text: string): string => text.replaceAll(/[|<>*_]/g, String.raw`\$&`);

function table(rows: readonly Row[]): string {
  return [
    '| field | type | meaning |',
    '| --- | --- | --- |',
    ...rows.map(({ path, type, doc }) => `| \`${path}\` | ${type} | ${escape(doc)} |`),
  ].join('\n');
}

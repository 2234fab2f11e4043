import type { StoredTopic } from '@sluice/schemas/topics';
import { storedTopics } from '@sluice/schemas/topics';
import type { EventFields, Field, ValueField, ValueKind } from '@sluice/sink/fields';
import { fieldsOf } from '@sluice/sink/fields';
import type { StoreItem } from '@sluice/sink/store';

/** An event, or a record of it: plain data by name. */
type Values = Readonly<Record<string, unknown>>;

/** What a row is made of. */
type RowSource = Pick<StoreItem, 'id' | 'version'> & { readonly event: object };

/** @typeParam S what its values are read from */
export interface Column<S = RowSource> {
  readonly name: string;
  /** Its type, as `system.columns` writes it. */
  readonly type: string;
  /** What rows have that were written before there was the column, as SQL; Default: ClickHouse's own. */
  readonly defaultSql?: string;
  /** What it means; empty where the schema does not say. */
  readonly comment: string;
  readonly valueOf: (source: S) => unknown;
}

const types: Readonly<Record<ValueKind, string>> = {
  string: 'String',
  uuid: 'UUID',
  enum: 'LowCardinality(String)',
  boolean: 'Bool',
  int: 'Int32',
  long: 'Int64',
  timestamp: "DateTime64(3, 'UTC')",
  strings: 'Array(String)',
  attributes: 'Array(Tuple(name String, value String))',
};

/**
 * Texts of `meta` that have few values. Senders choose some of them, and cannot make the dictionaries grow: one has
 * 8,192 values at most, and what goes beyond is written as plain text (ClickHouse's low_cardinality_max_dictionary_size).
 */
const fewValues = new Set(['vendor_id', 'event_type', 'data_type', 'source_id', 'tenant', 'raw_topic']);

/** What rows have in a column that is added to their table, where other columns tell. */
const ofOlderRows: Readonly<Record<string, string>> = {
  vendor_id: "if(vendor = 'UNKNOWN', '', lower(vendor))",
};

const versionComment =
  'received_at and mapping_version as one number. Of two copies of an event the one with the higher version wins.';

/** The table of a topic: `conversation.v1` is `conversation`, `wrap-up.v2` is `wrap_up_v2`. */
export function tableOf(topic: StoredTopic): string {
  return topic.replace(/\.v1$/, '').replaceAll(/\W/g, '_');
}

/** The view of a table that shows each event once, in its highest version. */
export function viewOf(table: string): string {
  return `${table}_latest`;
}

const byTopic = new Map(storedTopics.map((topic) => [topic, columnsFor(topic, fieldsOf(topic))]));

/** The columns that a topic's table must have: those of `meta`, the topic's own fields, and the version. */
export function columnsOf(topic: StoredTopic): readonly Column[] {
  const columns = byTopic.get(topic);
  if (!columns) throw new Error(`${topic} has no table.`);
  return columns;
}

/**
 * How fields become columns. A record is flattened to `<record>_<field>`, null where the record is absent. An array
 * of records becomes what ClickHouse calls Nested: arrays of one length, `<records>.<field>`, so that a field can be
 * added to the record later, and ARRAY JOIN reads them together.
 * @param name says in errors whose fields they are
 * @throws when two fields would become one column, or a field has no column
 */
export function columnsFor(name: string, { meta, own }: EventFields): Column[] {
  const metaOf: RecordOf = ({ event }) => (event as Values).meta as Values;
  const version: Column = {
    ...{ name: 'version', type: 'UInt64', comment: versionComment },
    valueOf: (item) => item.version,
  };
  const columns = [
    ...meta.flatMap((field) => columnsOfField(field, '', metaOf)),
    ...own.flatMap((field) => columnsOfField(field, '', ({ event }) => event as Values)),
    version,
  ];
  const twice = columns.find((column, at) => columns.findIndex((one) => one.name === column.name) !== at);
  if (twice) throw new Error(`Two fields of ${name} would become the column ${twice.name}.`);
  // The identity of a row is that of its item.
  return columns.map((column) =>
    column.name === 'event_id' ? { ...column, valueOf: ({ id }) => id } : column,
  );
}

/** Finds a record, which may be absent. */
type RecordOf = (item: RowSource) => Values | null | undefined;

/** @param recordOf finds what the field is in */
function columnsOfField(field: Field, prefix: string, recordOf: RecordOf): Column[] {
  const { name: key } = field;
  const name = `${prefix}${key}`;
  const valueOf = (item: RowSource): unknown => recordOf(item)?.[key];
  if (!('fields' in field))
    return [valueColumn({ ...field, name, nullable: field.nullable || prefix !== '' }, valueOf)];
  if (field.kind === 'records') return field.fields.map((inner) => nestedColumn(inner, name, valueOf));
  return field.fields.flatMap((inner) => columnsOfField(inner, `${name}_`, valueOf as RecordOf));
}

function valueColumn<S>(
  { name, kind, nullable, doc: comment = '' }: ValueField,
  read: (source: S) => unknown,
): Column<S> {
  const type = types[kind];
  if (kind === 'enum')
    return { name, type, defaultSql: "'UNKNOWN'", comment, valueOf: (source) => read(source) ?? 'UNKNOWN' };
  // No array can be null.
  if (kind === 'strings' || kind === 'attributes')
    return { name, type, comment, valueOf: (source) => read(source) ?? [] };
  if (nullable)
    return { name, type: `Nullable(${type})`, comment, valueOf: (source) => read(source) ?? null };
  const defaultSql = ofOlderRows[name];
  return {
    name,
    type: fewValues.has(name) ? 'LowCardinality(String)' : type,
    ...(defaultSql === undefined ? {} : { defaultSql }),
    comment,
    valueOf: read,
  };
}

/** The column of one field of an array of records. */
function nestedColumn(field: Field, records: string, listOf: (item: RowSource) => unknown): Column {
  const { name, kind } = field;
  if (kind === 'record' || kind === 'records' || kind === 'strings' || kind === 'attributes')
    throw new Error(`${name} of ${records} has no column: arrays of records hold single values.`);
  const element = valueColumn({ name, kind, nullable: true }, (record: Values) => record[name]);
  return {
    name: `${records}.${name}`,
    type: `Array(${element.type})`,
    comment: field.doc ?? '',
    valueOf: (item) => ((listOf(item) ?? []) as readonly Values[]).map(element.valueOf),
  };
}

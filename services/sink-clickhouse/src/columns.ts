import type { CanonicalTopic } from '@sluice/schemas/topics';
import { canonicalTopics } from '@sluice/schemas/topics';
import type { Field } from '@sluice/sink/fields';
import { fieldsOf } from '@sluice/sink/fields';

export interface Column {
  readonly name: string;
  /** The types that hold the field without loss, as `system.columns` names them. The first is usual. */
  readonly types: readonly string[];
}

const types: Readonly<Record<Field['kind'], readonly string[]>> = {
  string: ['String', 'LowCardinality(String)'],
  uuid: ['UUID'],
  enum: ['LowCardinality(String)'],
  boolean: ['Bool'],
  int: ['Int32'],
  long: ['Int64'],
  timestamp: ["DateTime64(3, 'UTC')"],
  strings: ['Array(String)'],
  attributes: ['Array(Tuple(name String, value String))'],
};

/** The table of a topic: `conversation.v1` is `conversation`, `wrap-up.v2` is `wrap_up_v2`. */
export function tableOf(topic: CanonicalTopic): string {
  return topic.replace(/\.v1$/, '').replaceAll(/\W/g, '_');
}

/** The view of a table that shows each event once, in its highest version. */
export function viewOf(table: string): string {
  return `${table}_latest`;
}

const byTopic = new Map(canonicalTopics.map((topic) => [topic, build(topic)]));

/** The columns that a topic's table must have: those of `meta`, the topic's own fields, and the version. */
export function columnsOf(topic: CanonicalTopic): readonly Column[] {
  const columns = byTopic.get(topic);
  if (!columns) throw new Error(`${topic} is no canonical topic.`);
  return columns;
}

function build(topic: CanonicalTopic): Column[] {
  const { meta, own } = fieldsOf(topic);
  const columns = [...meta, ...own].map(({ name, kind, nullable }) => ({
    name,
    types: types[kind].map((type) => (nullable ? `Nullable(${type})` : type)),
  }));
  return [...columns, { name: 'version', types: ['UInt64'] }];
}

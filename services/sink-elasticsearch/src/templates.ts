import type { StoredTopic } from '@sluice/schemas/topics';
import { requestLimitBytes } from '@sluice/schemas/topics';
import type { Field, ValueKind } from '@sluice/sink/fields';
import { docOf, fieldsOf } from '@sluice/sink/fields';
import { entityName } from './documents.ts';
import { analysisSettings, textAnalyzers, type PairFilter } from './text-analysis.ts';

export interface TemplateOptions {
  readonly stream: string;
  /** What makes pairs of Chinese characters. Default: `cjk_bigram`. */
  readonly pairs?: PairFilter;
  /** Of Elastic Cloud Serverless, which refuses some settings of indices. Default: false. */
  readonly serverless?: boolean;
  /** Of each month's index. Default: 1. */
  readonly shards?: number;
  /** Default: 1. */
  readonly replicas?: number;
  /** Further settings of the index, e.g. `{ 'index.lifecycle.name': 'sluice' }`. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** The mapping of one field. */
export type Property = Readonly<Record<string, unknown>>;

export interface IndexTemplate {
  readonly name: string;
  readonly index_patterns: string[];
  readonly priority: number;
  readonly template: {
    readonly settings: Readonly<Record<string, unknown>>;
    readonly mappings: {
      readonly dynamic: false;
      /** What an event is, and what each of its fields means, by its path. A field's own `meta` holds 50 characters. */
      readonly _meta: { readonly description: string; readonly fields: Readonly<Record<string, string>> };
      readonly properties: Readonly<Record<string, Property>>;
    };
  };
}

/** Lucene takes 32 766 bytes for a term and a UTF-16 unit has at most three: longer values are kept, not indexed. */
const keyword = { type: 'keyword', ignore_above: 10_922 } as const;

/** Long texts that people search by their words, and never sort or group by. */
const prose = /^(transcript|text|comment|note|remark|memo|content)$/;
/** Names, which people search by their words and group by as a whole. */
const names = /(^|_)(names?|title)$|^(nickname|tags|subject)$/;

/**
 * The index template of a topic, made of its newest schema.
 *
 * `dynamic: false`, not `strict`: an index of an earlier release has no mapping for a new field. The field is kept in
 * the document, and found once the index has a mapping for it; strict would refuse the whole event. Neither lets the
 * server invent a mapping from what a vendor sent. An event whose schema is newer than the sink never comes here.
 */
export function templateOf(topic: StoredTopic, options: TemplateOptions): IndexTemplate {
  const { stream, pairs = 'cjk_bigram', settings = {} } = options;
  const { meta, own } = fieldsOf(topic);
  const name = entityName(stream, topic);
  return {
    name,
    // No `<name>-*`: it would cover other entities and streams whose name begins alike.
    index_patterns: [`${name}-2*`, `${name}-undated`],
    priority: 500,
    template: {
      settings: {
        ...(options.serverless ? {} : serverSettings(options)),
        // Mappings grow by a new schema alone.
        'index.mapping.total_fields.limit': 1000,
        ...analysisSettings(pairs),
        ...settings,
      },
      mappings: {
        dynamic: false,
        _meta: {
          description: docOf(topic),
          fields: Object.fromEntries([...docsOf(meta, 'meta.'), ...docsOf(own, '')]),
        },
        properties: { meta: { properties: properties(meta) }, ...properties(own) },
      },
    },
  };
}

/** What a serverless project decides by itself, and refuses in a template ("not available when running in serverless mode"). */
const serverSettings = ({ shards = 1, replicas = 1 }: TemplateOptions): Readonly<Record<string, number>> => ({
  'index.number_of_shards': shards,
  'index.number_of_replicas': replicas,
  // Arrays of records are nested: no request holds more values than this, as each takes two bytes at least.
  'index.mapping.nested_objects.limit': requestLimitBytes / 2,
});

/** What the fields mean, and those within them, by their paths. */
function docsOf(fields: readonly Field[], within: string): [path: string, doc: string][] {
  return fields.flatMap((field) => {
    const path = `${within}${field.name}`;
    const inner = 'fields' in field ? docsOf(field.fields, `${path}.`) : [];
    return field.doc === undefined ? inner : [[path, field.doc], ...inner];
  });
}

function properties(fields: readonly Field[]): Record<string, Property> {
  return Object.fromEntries(fields.map((field) => [field.name, property(field)]));
}

const text = { type: 'text', ...textAnalyzers } as const;

/** What may be anything: found as a whole, and as `value.text` by its words. */
const valueOfAny: Property = { ...keyword, fields: { text } };

const byKind: Readonly<Record<ValueKind, Property>> = {
  string: keyword,
  uuid: keyword,
  enum: keyword,
  strings: keyword,
  boolean: { type: 'boolean' },
  int: { type: 'integer' },
  long: { type: 'long' },
  timestamp: { type: 'date', format: 'strict_date_optional_time||epoch_millis' },
  // Names of attributes are paths; flattened would take them apart at dots.
  attributes: { type: 'nested', properties: { name: keyword, value: valueOfAny } },
};

/** A record is an object; an array of records is nested, so that a query can ask for two values of one of them. */
function property(field: Field): Property {
  const { name, kind } = field;
  if (kind === 'record') return { properties: properties(field.fields) };
  if (kind === 'records') return { type: 'nested', properties: properties(field.fields) };
  const isText = kind === 'string' || kind === 'strings';
  if (isText && prose.test(name)) return text;
  if (isText && names.test(name)) return { ...text, fields: { keyword } };
  if (isText && name === 'value') return valueOfAny;
  return byKind[kind];
}

/** The paths of all fields of a mapping's properties: `meta.event_id`, `visitor.city`, `attributes.name`. */
export function pathsOf(from: Readonly<Record<string, Property>>): string[] {
  return Object.entries(from).flatMap(([name, { properties: inner }]) =>
    inner === undefined
      ? [name]
      : pathsOf(inner as Readonly<Record<string, Property>>).map((path) => `${name}.${path}`),
  );
}

import { randomUUID } from 'node:crypto';
import type { Meta, ValueOf } from '@sluice/schemas/schemas';
import type { StoredTopic } from '@sluice/schemas/topics';
import type { Field, ValueKind } from '../src/fields.ts';
import { fieldsOf } from '../src/fields.ts';
import type { StoreItem } from '../src/store.ts';
import { versionOf } from '../src/version.ts';

const samples = {
  string: '订单 42',
  uuid: '00000000-0000-5000-8000-000000000000',
  enum: 'UNKNOWN',
  boolean: true,
  int: 5,
  long: 86_400_000,
  timestamp: Date.UTC(2024, 4, 6, 7, 8, 9, 10),
  strings: ['快', 'friendly'],
  attributes: [{ name: 'result_list[0].value', value: '1.50' }],
} as const satisfies Record<ValueKind, unknown>;

/**
 * An event of a topic with every field set, for tests; an array of records has one with every field and one with
 * none. Texts tell which field they are of. `meta` and `fields` replace some of them.
 */
export function sampleEvent<T extends StoredTopic>(
  topic: T,
  meta: Partial<Meta> = {},
  fields: Partial<ValueOf[T]> = {},
): ValueOf[T] {
  const { meta: metaFields, own } = fieldsOf(topic);
  const event = {
    meta: { ...filled(metaFields, 'meta.'), event_id: randomUUID(), ...meta },
    ...filled(own, ''),
    ...fields,
  };
  // Built from the same schema that the type was generated from.
  return event as unknown as ValueOf[T];
}

function filled(fields: readonly Field[], path: string): Record<string, unknown> {
  return Object.fromEntries(fields.map((field) => [field.name, sampleOf(field, path)]));
}

function empty(fields: readonly Field[], path: string): Record<string, unknown> {
  return Object.fromEntries(
    fields.map((field) => [field.name, field.nullable ? null : sampleOf(field, path)]),
  );
}

function sampleOf(field: Field, path: string): unknown {
  const at = `${path}${field.name}`;
  if (field.kind === 'record') return filled(field.fields, `${at}.`);
  if (field.kind === 'records') return [filled(field.fields, `${at}.`), empty(field.fields, `${at}.`)];
  return field.kind === 'string' ? `${samples.string} ${at}` : structuredClone(samples[field.kind]);
}

/** A sample event as a store takes it: a new event id unless `meta` gives one, `bytes` as its JSON has. */
export function sampleItem<T extends StoredTopic>(
  topic: T,
  meta: Partial<Meta> = {},
  fields: Partial<ValueOf[T]> = {},
): StoreItem {
  const event = sampleEvent(topic, meta, fields);
  const bytes = Buffer.byteLength(JSON.stringify(event));
  return { id: event.meta.event_id, topic, event, version: versionOf(event.meta), bytes };
}

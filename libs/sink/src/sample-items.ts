import { randomUUID } from 'node:crypto';
import type { Meta, ValueOf } from '@sluice/schemas/schemas';
import type { CanonicalTopic } from '@sluice/schemas/topics';
import type { Field } from './fields.ts';
import { fieldsOf } from './fields.ts';
import type { StoreItem } from './store.ts';
import { versionOf } from './version.ts';

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
} as const satisfies Record<Field['kind'], unknown>;

/** An event of a topic with every field set, for tests. `meta` and `fields` replace some of them. */
export function sampleEvent<T extends CanonicalTopic>(
  topic: T,
  meta: Partial<Meta> = {},
  fields: Partial<ValueOf[T]> = {},
): ValueOf[T] {
  const { meta: metaFields, own } = fieldsOf(topic);
  const filled = (list: readonly Field[]): Record<string, unknown> =>
    Object.fromEntries(list.map(({ name, kind }) => [name, structuredClone(samples[kind])]));
  const event = {
    meta: { ...filled(metaFields), event_id: randomUUID(), ...meta },
    ...filled(own),
    ...fields,
  };
  // Built from the same schema that the type was generated from.
  return event as unknown as ValueOf[T];
}

/** A sample event as a store takes it: a new event id unless `meta` gives one, `bytes` as its JSON has. */
export function sampleItem<T extends CanonicalTopic>(
  topic: T,
  meta: Partial<Meta> = {},
  fields: Partial<ValueOf[T]> = {},
): StoreItem {
  const event = sampleEvent(topic, meta, fields);
  const bytes = Buffer.byteLength(JSON.stringify(event));
  return { id: event.meta.event_id, topic, event, version: versionOf(event.meta), bytes };
}

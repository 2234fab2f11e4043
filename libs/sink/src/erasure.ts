import type { CanonicalTopic } from '@sluice/schemas/topics';
import { fieldsOf, type Field } from './fields.ts';

/**
 * An erased event keeps its type, and names no person: figures stay as they are. It has a version that no copy
 * reaches which comes later, from a replay, a resend, a rebuild or a sink that reads again.
 */
export const erasedVersion = Number.MAX_SAFE_INTEGER;

/** `meta.mapping_version` of an erased event: by it stores find what was erased. */
export const erasedMappingVersion = 2_147_483_647;

/** Top-level fields that name a person, next to `meta.entity_key`. */
export const personFields = ['visitor_id', 'contact_id', 'partner_id', 'customer_phone'] as const;

/** Top-level fields that name what a person took part in: events that name a person lead to it. */
export const caseFields = ['conversation_id', 'visit_id', 'call_id', 'ticket_id', 'session_id'] as const;

/** Texts of `meta` that say which event it is, and not whose. ClickHouse sorts by the entity key, and finds copies by it. */
export const keptMeta: readonly string[] = [
  ...['event_type', 'vendor_id', 'data_type', 'source_id', 'tenant', 'entity_key', 'raw_topic'],
];

/** A store from which a person's data can be erased. Doing it twice changes nothing. */
export interface Eraser {
  /** Ids of what these persons took part in, by the events of one source. */
  casesOf(sourceId: string, ids: readonly string[]): Promise<string[]>;
  /** How many events of a topic name one of the ids and are not erased. */
  count(topic: CanonicalTopic, sourceId: string, ids: readonly string[]): Promise<number>;
  /** Erases them, and resolves when readers see it. Returns how many. */
  erase(topic: CanonicalTopic, sourceId: string, ids: readonly string[]): Promise<number>;
  close(): Promise<void>;
}

type Values = Readonly<Record<string, unknown>>;

/** The fields of a topic that an erasure finds events by. */
export function fieldsAmong(topic: CanonicalTopic, names: readonly string[]): string[] {
  return fieldsOf(topic)
    .own.map(({ name }) => name)
    .filter((name) => names.includes(name));
}

/**
 * An event without what it says of anybody. Codes, flags, numbers and times stay, and so do the ids of what happened;
 * all other texts and lists are empty.
 * @param event a canonical event, times in ms
 */
export function erasedEvent(topic: CanonicalTopic, event: Values): Values {
  const { meta, own } = fieldsOf(topic);
  return {
    meta: {
      ...emptied(meta, event.meta as Values, keptMeta),
      mapping_version: erasedMappingVersion,
    },
    ...emptied(own, event, caseFields),
  };
}

function emptied(fields: readonly Field[], values: Values, kept: readonly string[]): Values {
  return Object.fromEntries(
    fields.map((field) => [field.name, emptiedValue(field, values[field.name], kept)]),
  );
}

function emptiedValue(field: Field, value: unknown, kept: readonly string[]): unknown {
  switch (field.kind) {
    case 'record':
      return value === null || value === undefined ? null : emptied(field.fields, value as Values, []);
    case 'records':
    case 'strings':
    case 'attributes':
      return [];
    case 'string':
      if (kept.includes(field.name)) return value;
      return field.nullable ? null : '';
    case 'uuid':
    case 'enum':
    case 'boolean':
    case 'int':
    case 'long':
    case 'timestamp':
      return value;
  }
}

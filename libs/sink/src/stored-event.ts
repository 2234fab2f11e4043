import type { CanonicalTopic } from '@sluice/schemas/topics';
import { caseFields, fieldsAmong, personFields } from './erasure.ts';

/** Where a raw record stands. */
export interface RawPosition {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
}

/** Events of a topic that are looked for: what one of these says is found. */
export interface Sought {
  /** An id as somebody was told it: of the event, a message, a conversation, a visitor, a telephone number. */
  readonly anyId?: string;
  readonly eventIds?: readonly string[];
  /** What they were made of. */
  readonly raw?: readonly RawPosition[];
}

/** An event as a store has it. */
export interface StoredEvent {
  readonly topic: CanonicalTopic;
  readonly eventId: string;
  readonly eventType: string;
  readonly sourceId: string;
  /** The highest one: it is what readers see. */
  readonly version: string;
  /** Copies of several versions, where a store keeps them; merges take the lower ones away. */
  readonly copies: number;
  readonly receivedAtMs: number;
  readonly raw: RawPosition;
  readonly erased: boolean;
}

/** Fields next to those that an erasure goes by, which a person reads off a screen of the vendor's. */
const shownFields = ['conversation_number', 'message_id', 'visitor_number', 'action_id', 'number', 'phone'];

/** Top-level fields of a topic that hold ids, and those of `meta` that do. */
export const idFields = (topic: CanonicalTopic) => ({
  meta: ['entity_key', 'vendor_message_id'],
  own: fieldsAmong(topic, [...personFields, ...caseFields, ...shownFields]),
});

/** Whether a text can be an event's id. */
export const isEventId = (text: string): boolean =>
  /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i.test(text);

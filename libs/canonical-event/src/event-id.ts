import { hash } from 'node:crypto';

/** What an event id is made of. Nothing here may change when the mapping improves. */
export interface EventIdentity {
  readonly sourceId: string;
  readonly dataType: string;
  /** The vendor's own id of the message, empty when it has none. */
  readonly messageId: string;
  /** Lower-case hex SHA-256 of the record as it was sent. */
  readonly contentHash: string;
  /** What the event is within its record: `conversation`, `message/3`. Never a running number over roles. */
  readonly role: string;
}

/** Of these events' ids alone; made once at random. RFC 9562, section 5.5. */
const namespace = Buffer.from('8d1f0c4e5b7a4c1d9c6e2f3a4b5c6d7e', 'hex');

/** Takes the namespace's place in a text. */
const room = '\0'.repeat(namespace.length);

/**
 * The id of an event: UUIDv5, so that a resend, a replay and a redrive give the same id and changed content
 * gives another. Parts are joined with NUL, which none of them holds.
 */
export function eventIdOf({ sourceId, dataType, messageId, contentHash, role }: EventIdentity): string {
  const name = Buffer.from(`${room}${sourceId}\0${dataType}\0${messageId}\0${contentHash}\0${role}`);
  name.set(namespace);
  const hex = hash('sha1', name, 'hex');
  const variant = '89ab'.charAt(Number.parseInt(hex.charAt(16), 16) & 3);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

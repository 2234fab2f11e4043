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

/**
 * The id of an event: UUIDv5, so that a resend, a replay and a redrive give the same id and changed content
 * gives another. Parts are joined with NUL, which none of them holds.
 */
export function eventIdOf(identity: EventIdentity): string {
  const { sourceId, dataType, messageId, contentHash, role } = identity;
  const name = Buffer.from([sourceId, dataType, messageId, contentHash, role].join('\0'), 'utf8');
  const digest = hash('sha1', Buffer.concat([namespace, name]), 'hex');
  const variant = ((Number.parseInt(digest.slice(16, 18), 16) & 0x3f) | 0x80).toString(16);
  return `${digest.slice(0, 8)}-${digest.slice(8, 12)}-5${digest.slice(13, 16)}-${variant}${digest.slice(18, 20)}-${digest.slice(20, 32)}`;
}

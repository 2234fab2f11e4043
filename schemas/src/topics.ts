/**
 * The topics of a stream: one raw topic for each vendor, and those that all share. Names are below a stream's prefix: `conversation.v1` of stream `sluice` is
 * `sluice.conversation.v1`. Applied by `sluice topics apply`; services only check that theirs are there.
 */

/** The largest body that ingress takes, in bytes. First link of the chain of sizes. */
export const requestLimitBytes = 1024 * 1024;

/** What a record may need beyond its payload: headers, envelope, Avro framing. */
export const recordOverheadBytes = 64 * 1024;

const day = 24 * 60 * 60 * 1000;

export interface Topic {
  readonly partitions: number;
  /** Raw payloads hold personal data: short by default. */
  readonly retentionMs: number;
  /** Kafka's `max.message.bytes`: the largest record batch the topic takes, in bytes. */
  readonly maxMessageBytes: number;
}

/** The raw topic of a vendor. */
export const rawTopic: Topic = { partitions: 6, retentionMs: 7 * day, maxMessageBytes: 2 * 1024 * 1024 };
const canonical: Topic = { partitions: 6, retentionMs: 14 * day, maxMessageBytes: 4 * 1024 * 1024 };

/** The topics that all vendors share. */
export const topics = {
  'raw.heartbeat': rawTopic,
  'conversation.v1': canonical,
  'message.v1': canonical,
  'rating.v1': canonical,
  'wrap-up.v1': canonical,
  'contact.v1': canonical,
  'availability.v1': canonical,
  'visit.v1': canonical,
  'page-view.v1': canonical,
  'assignment.v1': canonical,
  'call.v1': canonical,
  'ticket.v1': canonical,
  'staff-action.v1': canonical,
  'other.v1': canonical,
  'heartbeat.v1': canonical,
  // Holds the largest record of any other topic together with its envelope.
  'dead-letter': { partitions: 3, retentionMs: 30 * day, maxMessageBytes: 8 * 1024 * 1024 },
} as const satisfies Record<string, Topic>;

type SharedTopic = keyof typeof topics;

export const sharedTopics = Object.keys(topics) as readonly SharedTopic[];

/** The name of a topic of raw payloads, those of heartbeats among them. */
export type RawTopic = `raw.${string}`;

export type TopicName = SharedTopic | RawTopic;

/** The topic of a vendor's payloads. @param vendor its id */
export function rawTopicOf(vendor: string): RawTopic {
  return `raw.${vendor}`;
}

/** How a topic is created. */
export function topicSettings(name: TopicName): Topic {
  return name in topics ? topics[name as SharedTopic] : rawTopic;
}

/** Topics of what vendors' events become: one Avro record type each. */
export const canonicalTopics = [
  'conversation.v1',
  'message.v1',
  'rating.v1',
  'wrap-up.v1',
  'contact.v1',
  'availability.v1',
  'visit.v1',
  'page-view.v1',
  'assignment.v1',
  'call.v1',
  'ticket.v1',
  'staff-action.v1',
  'other.v1',
] as const satisfies TopicName[];

export type CanonicalTopic = (typeof canonicalTopics)[number];

/** What the sinks write: canonical events, and heartbeats into a table and an index of their own. */
export const storedTopics = [...canonicalTopics, 'heartbeat.v1'] as const satisfies TopicName[];

export type StoredTopic = (typeof storedTopics)[number];

/** The full name of a topic in a stream. */
export function topicOf(stream: string, name: TopicName): string {
  return `${stream}.${name}`;
}

/** The subject that a topic's values are registered under: Confluent's TopicNameStrategy. */
export function subjectOf(stream: string, name: TopicName): string {
  return `${topicOf(stream, name)}-value`;
}

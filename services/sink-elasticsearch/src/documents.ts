import type { StoredTopic } from '@sluice/schemas/topics';
import { monthOf, undated } from '@sluice/sink/month';
import type { StoreItem } from '@sluice/sink/store';
import { wellFormedJson } from '@sluice/sink/well-formed';

/** Elasticsearch refuses the whole request for one id that is longer, in bytes of UTF-8, or empty. */
const maxIdBytes = 512;

/**
 * The name that a topic's template has and its indices begin with: `sluice-conversation` for
 * `conversation.v1`, `sluice-conversation-v2` for its successor. Heartbeats have `sluice_heartbeat`, so that
 * `sluice-*` holds what vendors sent and nothing else.
 * @throws when the stream's name does not fit into the name of an index
 */
export function entityName(stream: string, topic: StoredTopic): string {
  if (!/^[a-z0-9][a-z0-9_-]*$/.test(stream)) {
    throw new Error(
      `"${stream}" cannot begin the name of an index: use lower-case letters, digits, "_" and "-".`,
    );
  }
  if (topic === 'heartbeat.v1') return `${stream}_heartbeat`;
  return `${stream}-${topic.replace(/\.v1$/, '').replaceAll('.', '-')}`;
}

/** All indices of a topic, and of no other whose name begins alike; aliases that a rebuild made among them. */
export function indicesOf(stream: string, topic: StoredTopic): string[] {
  const name = entityName(stream, topic);
  return [`${name}-2*`, `${name}-undated`];
}

/** The index of an event: `sluice-message-2024-05`, `sluice-message-undated`. `monthOf` says when a resend has the same one. */
export function indexOf(stream: string, { topic, event }: Pick<StoreItem, 'topic' | 'event'>): string {
  return `${entityName(stream, topic)}-${monthOf(topic, event.meta)}`;
}

/** The index of what is filed under no month. */
export function undatedIndexOf(stream: string, topic: StoredTopic): string {
  return `${entityName(stream, topic)}-${undated}`;
}

/**
 * What one document takes in a bulk request: a line for the action, and one for the document. The document is the event as
 * it is, times in ms. Of two versions the server keeps the higher; an equal one is written again.
 */
export function bulkLines(index: string, { id, version, event }: StoreItem): string {
  const action = { index: { _index: index, _id: id, version, version_type: 'external_gte' } };
  return `${JSON.stringify(action)}\n${wellFormedJson(event)}`;
}

/** Why an item cannot be sent: Elasticsearch would refuse the whole request for it. Undefined when it can. */
export function itemFault({ id, version }: Pick<StoreItem, 'id' | 'version'>): string | undefined {
  const bytes = Buffer.byteLength(id);
  if (bytes === 0 || bytes > maxIdBytes)
    return `The event id has ${bytes} bytes; Elasticsearch takes 1 to ${maxIdBytes}.`;
  if (!Number.isSafeInteger(version) || version < 0)
    return `The version ${version} is not valid: the event has an impossible received_at or mapping_version.`;
  return undefined;
}

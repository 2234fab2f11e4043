import { createDecoder } from '@sluice/canonical-event/avro-codec';
import { schemaLookup, type RegistryConnection } from '@sluice/canonical-event/registry';
import type { ConsumedRecord } from '@sluice/kafka/consumer';
import { storedTopics, topicOf, type StoredTopic } from '@sluice/schemas/topics';
import type { Decoded } from './handle-events.ts';

/**
 * Decodes the records of the topics that sinks write. Rejects when the registry is away, and for a record of a topic
 * that is none of them; what is no canonical event is `ok: false`.
 */
export function createEventDecoder(
  stream: string,
  registry: RegistryConnection,
): (record: ConsumedRecord) => Promise<Decoded> {
  const decode = createDecoder(schemaLookup(registry));
  const topicsByName = new Map<string, StoredTopic>(
    storedTopics.map((topic) => [topicOf(stream, topic), topic]),
  );
  return async ({ topic: fullName, value }) => {
    const topic = topicsByName.get(fullName);
    if (!topic) throw new Error(`${fullName} is no topic of the stream ${stream} that sinks write.`);
    const decoded = await decode(topic, value);
    return decoded.ok
      ? { ok: true, topic, event: decoded.value }
      : { ok: false, reason: 'NOT_AVRO', detail: decoded.detail };
  };
}

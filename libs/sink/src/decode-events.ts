import { createDecoder } from '@sluice/canonical-event/avro-codec';
import { findSchemaIds, schemaLookup, type RegistryConnection } from '@sluice/canonical-event/registry';
import type { ConsumedRecord } from '@sluice/kafka/consumer';
import { storedTopics, topicOf, type StoredTopic } from '@sluice/schemas/topics';
import type { Decoded } from './handle-events.ts';

export interface EventDecoder {
  /**
   * Decodes a record of a topic that sinks write. Rejects when the registry is away, and for a record of any other
   * topic; what is no canonical event is `ok: false`.
   */
  (record: ConsumedRecord): Promise<Decoded>;
  /**
   * Makes ready for the newest schema of each topic, so that the first chunk of a backlog waits for none.
   * @throws one sentence when the registry is away, or a schema is not registered
   */
  prepare(): Promise<void>;
}

export function createEventDecoder(stream: string, registry: RegistryConnection): EventDecoder {
  const decode = createDecoder(schemaLookup(registry));
  const topicsByName = new Map<string, StoredTopic>(
    storedTopics.map((topic) => [topicOf(stream, topic), topic]),
  );
  const decodeRecord = async ({ topic: fullName, value }: ConsumedRecord): Promise<Decoded> => {
    const topic = topicsByName.get(fullName);
    if (!topic) throw new Error(`${fullName} is no topic of the stream ${stream} that sinks write.`);
    const decoded = await decode(topic, value);
    return decoded.ok
      ? { ok: true, topic, event: decoded.value }
      : { ok: false, reason: 'NOT_AVRO', detail: decoded.detail };
  };
  return Object.assign(decodeRecord, {
    async prepare(): Promise<void> {
      for (const [topic, id] of await findSchemaIds(registry, stream, storedTopics))
        await decode.prepare(topic, id);
    },
  });
}

import { createDecoder } from '@sluice/canonical-event/avro-codec';
import { findSchemaIds, schemaLookup, type RegistryConnection } from '@sluice/canonical-event/registry';
import type { ConsumedRecord } from '@sluice/kafka/consumer';
import { storedTopics, topicOf, type StoredTopic } from '@sluice/schemas/topics';
import type { Decoded } from './handle-events.ts';
import type { NewerSchemas } from './newer-schemas.ts';

export interface EventDecoder {
  /**
   * Decodes records of one topic that sinks write, in their order. Rejects when the registry is unavailable, when the schema
   * of a record is newer and such ones are held, and for any other topic; what is no canonical event is `ok: false`.
   */
  (records: readonly ConsumedRecord[]): Promise<Decoded[]>;
  /**
   * Makes ready for the newest schema of each topic, so that the first chunk of a backlog waits for none.
   * @throws an error when the registry is unavailable, or a schema is not registered
   */
  prepare(): Promise<void>;
}

/** @param onRead is told, once for each newer schema that is read, what the store does not get */
export function createEventDecoder(
  stream: string,
  registry: RegistryConnection,
  newerSchemas: NewerSchemas,
  onRead: (message: string) => void,
): EventDecoder {
  const decode = createDecoder(schemaLookup(registry));
  const topicsByName = new Map<string, StoredTopic>(
    storedTopics.map((topic) => [topicOf(stream, topic), topic]),
  );
  const told = new Set<string>();
  const judge = (lost: string): void => {
    if (newerSchemas === 'hold') throw new Error(`${lost} ${wayOut}`);
    if (told.has(lost)) return;
    told.add(lost);
    onRead(
      `${lost} Its events are stored without the new parts: run "sluice rebuild" with the newer release.`,
    );
  };
  const decodeRecords = async (records: readonly ConsumedRecord[]): Promise<Decoded[]> => {
    const fullName = records[0]?.topic;
    if (fullName === undefined) return [];
    const topic = topicsByName.get(fullName);
    if (!topic) throw new Error(`${fullName} is not a topic of the stream ${stream} that sinks write.`);
    const values = records.map(({ value }) => value);
    return (await decode.all(topic, values)).map((one): Decoded => {
      if (!one.ok) return { ok: false, reason: 'NOT_AVRO', detail: one.detail };
      if (one.lost !== undefined) judge(one.lost);
      return { ok: true, topic, event: one.value };
    });
  };
  return Object.assign(decodeRecords, {
    async prepare(): Promise<void> {
      for (const [topic, id] of await findSchemaIds(registry, stream, storedTopics))
        await decode.prepare(topic, id);
    },
  });
}

const wayOut = 'Its events wait for an upgrade. SLUICE_NEWER_SCHEMAS=read stores them without the new parts.';

import {
  createDecoder,
  createReleasedReader,
  type Decoded as DecodedValue,
} from '@sluice/canonical-event/avro-codec';
import { findSchemaIds, schemaLookup, type RegistryConnection } from '@sluice/canonical-event/registry';
import type { ConsumedRecord } from '@sluice/kafka/consumer';
import type { ValueOf } from '@sluice/schemas/schemas';
import { storedTopics, topicOf, type StoredTopic } from '@sluice/schemas/topics';
import type { Decoded } from './handle-events.ts';
import type { NewerSchemas } from './newer-schemas.ts';

export interface EventDecoder {
  /**
   * Decodes records of one topic that sinks write, in their order. Rejects when the registry is unavailable, when it has
   * lost a schema that this build does not know, when the schema of a record is newer and such ones are held, and for any
   * other topic; what is no canonical event is `ok: false`.
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
    return (await decode.all(topic, values)).map((one, index): Decoded => {
      const lost = ofLostSchema(topic, records[index], one);
      if (lost) return { ok: true, topic, event: lost };
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

/** Whether a value was read as the event that its header names, or is no value of its schema at all. */
const isOf = (id: string, decoded: DecodedValue<StoredTopic>): boolean =>
  decoded.ok ? decoded.value.meta.event_id === id : !decoded.isSchemaWrong;

const releasedReaders = new Map(storedTopics.map((topic) => [topic, createReleasedReader(topic)]));

/**
 * An event whose schema the registry has lost, or gave away its id. It is read by the schema of this build by which it is
 * the event of its header. What has no id of an event in its header is not written by a normalizer.
 * @returns undefined where it was read as the event of its header, or is no value of its schema at all
 * @throws an error when no schema fits: the registry's failure, for which the partition waits
 */
function ofLostSchema(
  topic: StoredTopic,
  record: ConsumedRecord | undefined,
  decoded: DecodedValue<StoredTopic>,
): ValueOf[StoredTopic] | undefined {
  const id = record?.headers.ce_id?.toString();
  const value = record?.value;
  if (id === undefined || !value || isOf(id, decoded)) return undefined;
  const event = releasedReaders.get(topic)?.(value, ({ meta }) => meta.event_id === id);
  if (event) return event;
  throw new Error(
    `The registry has lost schema ${value.readUInt32BE(1)} of ${topic}, and this release does not know it. Restore it: the partition waits.`,
  );
}

const wayOut = 'Its events wait for an upgrade. SLUICE_NEWER_SCHEMAS=read stores them without the new parts.';

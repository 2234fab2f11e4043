import { COMPATIBILITY, SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry';
import { storedTopics, subjectOf } from '@sluice/schemas/topics';
import { schemaOf, type AvroTopic, type SchemaLookup } from './avro-codec.ts';

/** Every topic whose values are Avro, in the order of the data. */
export const avroTopics = [...storedTopics, 'dead-letter'] as const satisfies AvroTopic[];

/** How to reach a Confluent-compatible schema registry. */
export interface RegistryConnection {
  readonly url: string;
  readonly auth?: { username: string; password: string };
}

function connect(connection: RegistryConnection): SchemaRegistry {
  return new SchemaRegistry({
    host: connection.url,
    clientId: 'sluice',
    retry: { retries: 2, initialRetryTimeInSecs: 0.2, maxRetryTimeInSecs: 2 },
    ...(connection.auth ? { auth: connection.auth } : {}),
  });
}

/**
 * Registers the newest schema of every topic of a stream, with FULL_TRANSITIVE set on each subject: a reader
 * of any version reads what any other version wrote. The explicit step of a release; services only look up.
 * @throws when the registry refuses a schema as incompatible, naming the subject
 */
export async function registerSchemas(
  connection: RegistryConnection,
  stream: string,
): Promise<Map<AvroTopic, number>> {
  const registry = connect(connection);
  const ids = new Map<AvroTopic, number>();
  for (const topic of avroTopics) {
    const subject = subjectOf(stream, topic);
    try {
      const { id } = await registry.register(
        { type: SchemaType.AVRO, schema: JSON.stringify(schemaOf(topic)) },
        // Left out, the client would write BACKWARD over whatever the registry's own setting is.
        { subject, compatibility: COMPATIBILITY.FULL_TRANSITIVE },
      );
      ids.set(topic, id);
    } catch (error) {
      throw new Error(`The registry did not take the schema of ${subject}: ${reasonOf(error)}`, {
        cause: error,
      });
    }
  }
  return ids;
}

/**
 * The ids under which a stream's schemas stand in the registry.
 * @throws one sentence that names the subject and the command to run when a schema is not registered
 */
export async function findSchemaIds(
  connection: RegistryConnection,
  stream: string,
  topics: readonly AvroTopic[],
): Promise<Map<AvroTopic, number>> {
  const registry = connect(connection);
  const ids = new Map<AvroTopic, number>();
  for (const topic of topics) {
    const subject = subjectOf(stream, topic);
    try {
      const schema = { type: SchemaType.AVRO, schema: JSON.stringify(schemaOf(topic)) } as const;
      ids.set(topic, await registry.getRegistryIdBySchema(subject, schema));
    } catch (error) {
      throw new Error(
        `The schema of ${subject} is not registered (${reasonOf(error)}): run "sluice schemas register --stream ${stream}" first.`,
        { cause: error },
      );
    }
  }
  return ids;
}

/** Looks schemas up by id, each once; null for an id that the registry does not know. */
export function schemaLookup(connection: RegistryConnection): SchemaLookup {
  const registry = connect(connection);
  return async (schemaId) => {
    try {
      const schema = await registry.getSchema(schemaId);
      return JSON.parse(JSON.stringify(schema)) as object;
    } catch (error) {
      if ((error as { status?: number }).status === 404) return null;
      throw error;
    }
  };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

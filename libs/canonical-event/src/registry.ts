import { isDeepStrictEqual } from 'node:util';
import { avroSchemas } from '@sluice/schemas/avro-schemas';
import { storedTopics, subjectOf, topicOf } from '@sluice/schemas/topics';
import { schemaOf, unknownOf, type AvroTopic, type SchemaLookup } from './avro-codec.ts';
import { askRegistry, type RegistryConnection } from './registry-client.ts';

export type { RegistryConnection } from './registry-client.ts';

/** Every topic whose values are Avro, in the order of the data. */
export const avroTopics = [...storedTopics, 'dead-letter'] as const satisfies AvroTopic[];

/** The subject that a topic's values are registered under. Streams share it where records alone name subjects. */
export function subjectIn({ subjects }: RegistryConnection, stream: string, topic: AvroTopic): string {
  const { namespace, name } = schemaOf(topic) as { namespace: string; name: string };
  const record = `${namespace}.${name}`;
  if (subjects === 'record') return record;
  return subjects === 'topic-record' ? `${topicOf(stream, topic)}-${record}` : subjectOf(stream, topic);
}

/** A reader of any version of a schema reads what any other version wrote. */
const compatibility = 'FULL_TRANSITIVE';

/**
 * Registers the newest schema of every topic of a stream, with FULL_TRANSITIVE set on each subject. The explicit
 * step of a release; services only look up. A subject that has no schema gets every released version, oldest first: the
 * newest is then the latest one also where an older release runs later, and a registry that was lost is filled again.
 * @returns the schemas' ids
 * @throws when the registry refuses a schema as incompatible, naming the subject
 */
export async function registerSchemas(
  connection: RegistryConnection,
  stream: string,
): Promise<Map<AvroTopic, number>> {
  const ids = new Map<AvroTopic, number>();
  for (const topic of avroTopics) {
    const subject = subjectIn(connection, stream, topic);
    try {
      ids.set(topic, await register(connection, subject, avroSchemas[topic]));
    } catch (error) {
      throw new Error(`The registry did not take the schema of ${subject}: ${reasonOf(error)}`, {
        cause: error,
      });
    }
  }
  return ids;
}

/**
 * @param versions oldest first
 * @returns the id of the newest
 */
async function register(
  connection: RegistryConnection,
  subject: string,
  versions: readonly object[],
): Promise<number> {
  const set = await askRegistry(connection, 'GET', `/config/${encodeURIComponent(subject)}`);
  const level = set === null ? null : String(set.compatibilityLevel).toUpperCase();
  if (level !== null && level !== compatibility)
    throw new Error(`its compatibility is ${level} and must be ${compatibility}`);
  const path = `/subjects/${encodeURIComponent(subject)}/versions`;
  const isEmpty = (await askRegistry(connection, 'GET', `${path}/latest`)) === null;
  let id = 0;
  let isSet = level !== null;
  for (const schema of isEmpty ? versions : versions.slice(-1)) {
    id = idOf(await askRegistry(connection, 'POST', path, { schema: JSON.stringify(schema) }));
    if (!isSet)
      await askRegistry(connection, 'PUT', `/config/${encodeURIComponent(subject)}`, { compatibility });
    isSet = true;
  }
  return id;
}

/** A schema of a topic as the registry has it. */
export interface RegisteredSchema {
  readonly topic: AvroTopic;
  /** As the registry counts them. */
  readonly version: number;
  readonly id: number;
  /** Which released version it is: the number of its file. Null when this release does not know it. */
  readonly release: number | null;
}

/** The schemas of a stream's topics, oldest first. A topic of which none is registered is left out. */
export async function listSchemas(
  connection: RegistryConnection,
  stream: string,
): Promise<RegisteredSchema[]> {
  const found: RegisteredSchema[] = [];
  for (const topic of avroTopics) {
    const path = `/subjects/${encodeURIComponent(subjectIn(connection, stream, topic))}/versions`;
    const latest = await askRegistry(connection, 'GET', `${path}/latest`);
    for (let version = 1; version <= Number(latest?.version ?? 0); version += 1) {
      const answer = await askRegistry(connection, 'GET', `${path}/${version}`);
      // Deleted.
      if (answer === null) continue;
      const schema: unknown = JSON.parse(String(answer.schema));
      const at = avroSchemas[topic].findIndex((released) => isDeepStrictEqual(released, schema));
      found.push({ topic, version, id: idOf(answer), release: at < 0 ? null : at + 1 });
    }
  }
  return found;
}

/**
 * The ids under which a stream's schemas are in the registry.
 * @throws an error that names the subject, and the command to run when its schema is not registered
 */
export async function findSchemaIds(
  connection: RegistryConnection,
  stream: string,
  topics: readonly AvroTopic[],
): Promise<Map<AvroTopic, number>> {
  const ids = new Map<AvroTopic, number>();
  for (const topic of topics) {
    const subject = subjectIn(connection, stream, topic);
    ids.set(topic, await findSchemaId(connection, subject, schemaOf(topic), stream));
  }
  return ids;
}

async function findSchemaId(
  connection: RegistryConnection,
  subject: string,
  schema: object,
  stream: string,
): Promise<number> {
  const path = `/subjects/${encodeURIComponent(subject)}`;
  let answer;
  try {
    answer = await askRegistry(connection, 'POST', path, { schema: JSON.stringify(schema) });
    if (answer !== null) return idOf(answer);
  } catch (error) {
    throw new Error(`The registry did not say which id the schema of ${subject} has: ${reasonOf(error)}`, {
      cause: error,
    });
  }
  throw new Error(
    `The schema of ${subject} is not registered: run "sluice schemas register --stream ${stream}" first.`,
  );
}

/**
 * Which schemas of a stream are newer than this build's: anybody who reads with this build leaves out what they added.
 * @returns a message for each; empty where no schema is newer, or nothing is registered yet
 * @throws an error when the registry is unavailable
 */
export async function findNewerSchemas(
  connection: RegistryConnection,
  stream: string,
  topics: readonly AvroTopic[],
): Promise<string[]> {
  const texts: string[] = [];
  for (const topic of topics) {
    const path = `/subjects/${encodeURIComponent(subjectIn(connection, stream, topic))}/versions/latest`;
    const answer = await askRegistry(connection, 'GET', path);
    if (answer === null) continue;
    const lost = unknownOf(topic, idOf(answer), schemaIn(answer));
    if (lost !== undefined) texts.push(lost);
  }
  return texts;
}

/**
 * Looks schemas up by id: null for an id that the registry says it does not know. Rejects, within the connection's
 * deadline, when the registry is unavailable or silent, or when what answers is no registry. Remembers nothing.
 */
export function schemaLookup(connection: RegistryConnection): SchemaLookup {
  return async (schemaId) => {
    const answer = await askRegistry(connection, 'GET', `/schemas/ids/${schemaId}`);
    if (answer === null) return null;
    return schemaIn(answer);
  };
}

/** @throws when what answered is no registry */
function schemaIn({ schema }: Readonly<Record<string, unknown>>): object {
  if (typeof schema !== 'string')
    throw new Error('The schema registry answered without a schema: something else may listen there.');
  return asObject(JSON.parse(schema));
}

/** A schema that is a mere name, `"string"`, as the object that means the same. */
function asObject(schema: unknown): object {
  return typeof schema === 'object' && schema !== null ? schema : { type: schema };
}

/** @throws when what answered is no registry, such as a proxy's page with status 200 */
function idOf(answer: Readonly<Record<string, unknown>> | null): number {
  const id = answer?.id;
  if (typeof id === 'number' && Number.isSafeInteger(id) && id >= 0) return id;
  throw new Error('it answered without a schema id: something else may listen there');
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

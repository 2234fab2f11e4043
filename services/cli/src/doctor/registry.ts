import { askRegistry, type RegistryConnection } from '@sluice/canonical-event/registry-client';
import { avroTopics, findNewerSchemas, findSchemaIds, subjectIn } from '@sluice/canonical-event/registry';
import { broken, right, risky, type Finding } from '@sluice/service/finding';
import { sentenceOf } from './examination.ts';

/** Whether the registry answers this login, takes schemas, and has those of a stream. */
export async function* examineRegistry(
  connection: RegistryConnection,
  stream: string,
): AsyncGenerator<Finding> {
  try {
    if ((await askRegistry(connection, 'GET', '/config')) === null)
      throw new Error('It answers and knows nothing of a compatibility.');
  } catch (error) {
    const text = sentenceOf(error);
    if (/answered 40[13]/.test(text))
      yield broken(
        'registry-login',
        text,
        'Correct SLUICE_REGISTRY_USERNAME and its password, or SLUICE_REGISTRY_TOKEN.',
      );
    else
      yield broken(
        'registry-answer',
        text,
        "Check the path in SLUICE_REGISTRY_URL: Confluent's API of Apicurio is at /apis/ccompat/v7.",
      );
    return;
  }
  const mode = await modeOf(connection);
  if (mode === 'READONLY')
    yield risky(
      'registry-mode',
      'The registry is read-only: the next release cannot register its schemas.',
      'Set its mode to READWRITE.',
    );
  else yield right('registry-answer', 'It answers this login.');
  yield* schemas(connection, stream);
}

/** Null where the registry has no modes. */
async function modeOf(connection: RegistryConnection): Promise<string | null> {
  const answer = await askRegistry(connection, 'GET', '/mode').catch(() => null);
  return typeof answer?.mode === 'string' ? answer.mode.toUpperCase() : null;
}

async function* schemas(connection: RegistryConnection, stream: string): AsyncGenerator<Finding> {
  try {
    await findSchemaIds(connection, stream, avroTopics);
  } catch (error) {
    yield broken('schemas', sentenceOf(error), `Run "sluice schemas register --stream ${stream}".`);
    return;
  }
  const newer = await findNewerSchemas(connection, stream, avroTopics);
  if (newer.length > 0)
    yield risky('schemas-newer', newer.join(' '), 'Upgrade this release: docs/operations/upgrades.md.');
  else yield right('schemas', `It has the schemas of all ${avroTopics.length} topics of ${stream}.`);
  const loose: string[] = [];
  for (const topic of avroTopics) {
    const subject = subjectIn(connection, stream, topic);
    const set = await askRegistry(connection, 'GET', `/config/${encodeURIComponent(subject)}`);
    const level = typeof set?.compatibilityLevel === 'string' ? set.compatibilityLevel : 'the default';
    if (level.toUpperCase() !== 'FULL_TRANSITIVE') loose.push(`${subject} (${level})`);
  }
  if (loose.length > 0)
    yield risky(
      'schemas-compatibility',
      `Others may register schemas that readers cannot read: the compatibility is not FULL_TRANSITIVE of ${loose.join(', ')}.`,
      'Set FULL_TRANSITIVE for these subjects.',
    );
}

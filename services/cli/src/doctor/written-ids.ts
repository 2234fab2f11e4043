import { createDecoder } from '@sluice/canonical-event/avro-codec';
import { avroTopics, schemaLookup } from '@sluice/canonical-event/registry';
import { askRegistry, type RegistryConnection } from '@sluice/canonical-event/registry-client';
import type { KafkaConnection } from '@sluice/kafka/client';
import type { ConsumedRecord } from '@sluice/kafka/consumer';
import { readRanges, type Range } from '@sluice/kafka/read-range';
import { offsetRanges } from '@sluice/kafka/topics-admin';
import { topicOf } from '@sluice/schemas/topics';
import { broken, right, risky, type Finding } from '@sluice/service/finding';
import { sentenceOf } from './examination.ts';

/** How long no record may come. */
const stallMs = 15_000;

/**
 * Whether the registry has the schemas by whose ids the newest record of each partition was written. It has not, where it
 * was restored from an older copy or is another one.
 */
export async function* examineWrittenIds(
  kafka: KafkaConnection,
  registry: RegistryConnection,
  stream: string,
): AsyncGenerator<Finding> {
  // What gives no answer has its own examination.
  if ((await askRegistry(registry, 'GET', '/config').catch(() => null)) === null) return;
  const newest = new Map<string, ConsumedRecord>();
  try {
    await readRanges(
      kafka,
      await newestRanges(kafka, stream),
      (record) => newest.set(`${record.topic}/${record.partition}`, record),
      stallMs,
    );
  } catch (error) {
    const text = `The newest records could not be read: ${sentenceOf(error)}`;
    yield risky('schema-ids', text, 'Permit this user to read the topics, or examine with another login.');
    return;
  }
  const wrong: string[] = [];
  const decode = createDecoder(schemaLookup(registry));
  for (const topic of avroTopics)
    for (const [place, { value }] of newest) {
      if (!place.startsWith(`${topicOf(stream, topic)}/`) || !value?.length) continue;
      const decoded = await decode(topic, value);
      if (!decoded.ok && decoded.isSchemaWrong) wrong.push(`${place}: ${decoded.detail}`);
    }
  if (wrong.length > 0)
    yield broken(
      'schema-ids',
      `The registry lacks schemas of records that Kafka has. The newest of ${wrong[0]}`,
      "Correct SLUICE_REGISTRY_URL, or restore the registry's data with its ids.",
    );
  else if (newest.size > 0) yield right('schema-ids', 'The registry has the schemas of the newest records.');
}

/** The last record of each partition that has one. */
async function newestRanges(kafka: KafkaConnection, stream: string): Promise<Range[]> {
  const ranges: Range[] = [];
  for (const name of avroTopics) {
    const topic = topicOf(stream, name);
    const filled = [...(await offsetRanges(kafka, topic))].filter(([, { low, high }]) => high > low);
    ranges.push({
      topic,
      from: new Map(filled.map(([partition, { high }]) => [partition, high - 1n])),
      to: new Map(filled.map(([partition, { high }]) => [partition, high])),
    });
  }
  return ranges;
}

import { createEncoder } from '@sluice/canonical-event/avro-codec';
import { cloudEventHeaders } from '@sluice/canonical-event/cloud-events';
import { findSchemaIds } from '@sluice/canonical-event/registry';
import type { Endpoints } from '@sluice/dev-servers/endpoints';
import { createPublisher } from '@sluice/kafka/publisher';
import { topicOf, type CanonicalTopic } from '@sluice/schemas/topics';
import { sampleEvent } from '@sluice/sink/testing/sample-items';
import { waitFor } from './wait-for.ts';

/** What of the canonical topics a backlog is made of: six partitions each. */
export const backlogTopics = ['conversation.v1', 'message.v1', 'contact.v1', 'visit.v1'] as const;

/** As many as are on their way at once: the publisher takes 64 MiB. */
const together = 4_000;

/**
 * Writes events to the canonical topics, in turn: each with every field set, and an id of its own.
 * @returns how many bytes they have together
 */
export async function produceBacklog(
  { kafkaBrokers, registryUrl }: Endpoints,
  stream: string,
  events: number,
): Promise<number> {
  const ids = await findSchemaIds({ url: registryUrl }, stream, backlogTopics);
  const names = backlogTopics.map((topic) => topicOf(stream, topic));
  const publisher = createPublisher({ brokers: kafkaBrokers, clientId: 'sluice-faults' }, names);
  await waitFor('the topics are known', () => Promise.resolve(publisher.ready()), 30_000);
  const makers = backlogTopics.map((topic) => makerOf(topic, ids.get(topic) ?? 0));
  let bytes = 0;
  for (let at = 0; at < events; at += together) {
    const batch = Array.from({ length: Math.min(together, events - at) }, async (_, index) => {
      const make = makers[index % makers.length];
      if (!make) throw new Error('A backlog is of no topic.');
      const { id, value, headers } = make(at + index);
      bytes += value.length;
      const topic = topicOf(stream, backlogTopics[index % makers.length] ?? 'other.v1');
      const { outcome } = await publisher.publish({ topic, key: Buffer.from(id), value, headers });
      if (outcome !== 'published') throw new Error(`Kafka did not take the backlog (${outcome}).`);
    });
    await Promise.all(batch);
  }
  await publisher.close();
  return bytes;
}

/** Encodes once, and writes each id over the one that was encoded: many times as fast. */
function makerOf(
  topic: CanonicalTopic,
  schemaId: number,
): (number: number) => { id: string; value: Buffer; headers: Record<string, string | Buffer> } {
  const now = Date.now();
  const meta = { occurred_at: now, received_at: now, entity_key: '', tenant: '', repairs: [] };
  const event = sampleEvent(topic, meta);
  const encoded = createEncoder(topic, schemaId)(event);
  const at = encoded.indexOf(event.meta.event_id);
  const headers = cloudEventHeaders(event.meta, '');
  return (number) => {
    const id = `00000000-0000-5000-8000-${number.toString(16).padStart(12, '0')}`;
    const value = Buffer.from(encoded);
    value.write(id, at);
    return { id, value, headers };
  };
}

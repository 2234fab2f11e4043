import { rawTopics } from '@sluice/vendors/topics';
import { hash, randomUUID } from 'node:crypto';
import type { Endpoints } from '@sluice/dev-servers/endpoints';
import { createPublisher } from '@sluice/kafka/publisher';
import { writeRawHeaders } from '@sluice/raw-event/raw-headers';
import { topicOf } from '@sluice/schemas/topics';
import type { PlainPush } from '@sluice/simulator/push';
import { simulatedSources } from '@sluice/vendors/simulators';
import { generateTraffic } from '@sluice/simulator/traffic';

const atOnce = 2_000;
const readyWithinMs = 30_000;

/** Pushes among which one of a data type must be, and the most of one type, which are repeated. */
const [searched, samples] = [20_000, 500];

/**
 * Fills a stream's raw topics with realistic traffic of the vendors, as ingress would have written it.
 * @param type the only data type that is wanted; null: all
 * @returns bytes of payload
 * @throws when Kafka does not take one of the records, or no vendor sends such a type
 */
export async function fillRawTopics(
  endpoints: Endpoints,
  stream: string,
  sourcesFile: string,
  records: number,
  type: string | null,
): Promise<number> {
  const publisher = createPublisher(
    { brokers: endpoints.kafkaBrokers, clientId: 'sluice-bench' },
    rawTopics.map((topic) => topicOf(stream, topic)),
  );
  const publish = async (push: PlainPush): Promise<number> => {
    const { topic, ...record } = rawRecordOf(push);
    const { outcome } = await publisher.publish({ topic: topicOf(stream, topic), ...record });
    if (outcome !== 'published') throw new Error(`Kafka did not take a raw record (${outcome}).`);
    return record.value.length;
  };
  try {
    const deadline = performance.now() + readyWithinMs;
    while (!publisher.ready()) {
      if (performance.now() > deadline) throw new Error('Kafka did not answer in time.');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const sources = await simulatedSources(sourcesFile);
    const all = generateTraffic({ sources, seed: stream, run: stream, now: Date.now });
    const traffic = type === null ? all : onlyOfType(all, type);
    let bytes = 0;
    for (let left = records; left > 0; left -= atOnce) {
      const batch = Array.from({ length: Math.min(left, atOnce) }, () => publish(traffic.next().value));
      for (const size of await Promise.all(batch)) bytes += size;
    }
    return bytes;
  } finally {
    await publisher.close();
  }
}

/** A few hundred pushes of one data type, again and again. */
function* onlyOfType(all: Generator<PlainPush, never>, type: string): Generator<PlainPush, never> {
  const found: PlainPush[] = [];
  for (let left = searched; left > 0 && found.length < samples; left -= 1) {
    const push = all.next().value;
    if (push.dataType === type) found.push(push);
  }
  if (found.length === 0) throw new Error(`No vendor sends "${type}": name one of its data types.`);
  for (;;) yield* found;
}

function rawRecordOf({ vendor, sourceId, dataType, text }: PlainPush) {
  const value = Buffer.from(text);
  const payloadHash = hash('sha256', value, 'hex');
  const requestId = randomUUID();
  const id = requestId.replaceAll('-', '');
  return {
    topic: `raw.${vendor}` as const,
    key: Buffer.from(`${sourceId}/${payloadHash}`),
    value,
    headers: writeRawHeaders({
      sourceId,
      vendor,
      dataType,
      receivedAtMs: Date.now(),
      requestId,
      contentType: text.startsWith('<') ? 'application/xml' : 'application/json',
      keyUsed: 'current',
      signed: true,
      encrypted: true,
      payloadHash,
      traceparent: `00-${id}-${id.slice(16)}-01`,
    }),
  };
}

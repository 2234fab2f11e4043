import { hash, randomUUID } from 'node:crypto';
import { ourOwn, writeRawHeaders } from '@sluice/raw-event/raw-headers';
import type { Publisher } from '@sluice/kafka/publisher';
import { topicOf } from '@sluice/schemas/topics';
import { repeat } from '@sluice/service/repeat';

export interface HeartbeatOptions {
  readonly publisher: Pick<Publisher, 'publish'>;
  /** Asked at each beat: the sources file may change. */
  readonly streams: () => Iterable<string>;
  readonly everyMs: number;
  /** Tells this process from the others: its host name. */
  readonly ingress: string;
  readonly nowMs: () => number;
  /** Called with each heartbeat that Kafka took: it shows that Kafka is there while no vendor sends. */
  readonly onTaken: (topic: string) => void;
}

/**
 * Writes a synthetic payload into `raw.heartbeat` of every stream again and again. It goes the way of a push from
 * there on, so that its age at each stage tells whether the pipeline works, also while no vendor sends. A beat that
 * Kafka does not take is not kept: the next one says more.
 * @returns `stop` resolves when the beat in flight has ended
 */
export function startHeartbeat(options: HeartbeatOptions): { stop(): Promise<void> } {
  const { publisher, streams, everyMs, ingress, nowMs, onTaken } = options;
  let beat = 0;
  return repeat(everyMs, async () => {
    beat += 1;
    const value = Buffer.from(JSON.stringify({ ingress, beat }));
    const headers = writeRawHeaders({
      sourceId: 'heartbeat',
      vendor: ourOwn,
      dataType: 'heartbeat',
      receivedAtMs: nowMs(),
      requestId: randomUUID(),
      contentType: 'application/json',
      keyUsed: 'none',
      signed: false,
      encrypted: false,
      payloadHash: hash('sha256', value, 'hex'),
      traceparent: '',
    });
    // A key of each beat's own: in turn they reach every partition, and so every worker.
    const key = Buffer.from(`${ingress}/${beat}`);
    await Promise.all(
      [...new Set(streams())].map(async (stream) => {
        const topic = topicOf(stream, 'raw.heartbeat');
        const { outcome } = await publisher.publish({ topic, key, value, headers });
        if (outcome === 'published') onTaken(topic);
      }),
    );
  });
}

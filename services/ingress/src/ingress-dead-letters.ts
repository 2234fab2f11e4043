import { createEncoder } from '@sluice/canonical-event/avro-codec';
import { findSchemaIds, type RegistryConnection } from '@sluice/canonical-event/registry';
import type { OutgoingRecord } from '@sluice/kafka/publisher';
import { topicOf } from '@sluice/schemas/topics';
import { readRawHeaders } from '@sluice/raw-event/raw-headers';
import { deadLetterOf, type DeadLetter } from '@sluice/stream/dead-letters';
import type { DurableWriter, WriteOutcome } from './durable-writer.ts';

/** Marks a spooled dead letter whose schema id was not known: the stream to ask the registry for. */
const unregistered = 'sluice-unregistered-stream';

/** Where the schema id is in Confluent's wire format, behind the magic byte. */
const schemaIdOffset = 1;

interface LookUp {
  readonly id: Promise<number | null>;
  isLate: boolean;
}

export interface IngressDeadLetters {
  /** Writes a dead letter of a stream. */
  write(stream: string, deadLetter: DeadLetter, writer: DurableWriter): Promise<WriteOutcome>;
  /** A spooled record as it is published; null while the registry does not tell the schema id that it lacks. */
  prepare(record: OutgoingRecord): Promise<OutgoingRecord | null>;
  /**
   * The dead letter instead of a raw record that its topic does not take: it names the topic and the key, so that
   * it can be put back as it is. Null for a record that is a letter itself, and while the schema id is not known.
   */
  insteadOf(record: OutgoingRecord): Promise<OutgoingRecord | null>;
}

/**
 * Dead letters of ingress. The registry may be unavailable, now or since ingress started: a dead letter is then spooled
 * without its schema id, which is filled in before it is published. Without a spool it is not taken.
 * @param deadlineMs how long a dead letter waits for the registry, which counts as away after that. Default: 2 s
 */
export function createIngressDeadLetters(
  registry: RegistryConnection,
  deadlineMs = 2_000,
): IngressDeadLetters {
  const encode = createEncoder('dead-letter', 0);
  const idOf = findIdsInTime(registry, deadlineMs);
  const recordOf = (stream: string, deadLetter: DeadLetter) => ({
    topic: topicOf(stream, 'dead-letter'),
    key: Buffer.from(deadLetter.id),
    value: encode(deadLetter),
    headers: { 'sluice-stage': deadLetter.stage, 'sluice-reason': deadLetter.reason },
  });
  return {
    async write(stream, deadLetter, writer) {
      const record = recordOf(stream, deadLetter);
      const id = await idOf(stream);
      if (id !== null) return writer.write({ ...record, value: withId(record.value, id) });
      return writer.spool({ ...record, headers: { ...record.headers, [unregistered]: stream } });
    },
    async prepare(record) {
      const { [unregistered]: stream, ...headers } = record.headers;
      if (stream === undefined) return record;
      const id = await idOf(stream.toString());
      return id === null ? null : { ...record, headers, value: withId(record.value, id) };
    },
    async insteadOf(record) {
      const headers = Object.fromEntries(
        Object.entries(record.headers).map(([name, value]) => [name, Buffer.from(value)]),
      );
      const raw = readRawHeaders(record.headers);
      if (raw === null) return null;
      const stream = record.topic.slice(0, -`.raw.${raw.vendor}`.length);
      const id = await idOf(stream);
      const consumed = { ...record, headers, partition: -1, offset: '-1', timestampMs: raw.receivedAtMs };
      const detail = `The record of ${record.value.length} bytes does not fit ${record.topic}.`;
      const deadLetter = recordOf(stream, deadLetterOf(consumed, 'INGRESS', 'TOO_LARGE', detail));
      return id === null ? null : { ...deadLetter, value: withId(deadLetter.value, id) };
    },
  };
}

/**
 * The schema id of a stream's dead letters, remembered once it is known; null while the registry does not tell it.
 * @param deadlineMs nobody waits longer than that, and nobody waits at all for a look-up that is out for longer
 */
function findIdsInTime(
  registry: RegistryConnection,
  deadlineMs: number,
): (stream: string) => Promise<number | null> {
  /** By stream: the id, or the look-up that is out. */
  const ids = new Map<string, LookUp>();
  const lookUp = (stream: string): LookUp => {
    const id = findSchemaIds(registry, stream, ['dead-letter']).then(
      (found) => found.get('dead-letter') ?? null,
      () => null,
    );
    const asked = { id, isLate: false };
    const late = setTimeout(() => (asked.isLate = true), deadlineMs);
    void id.then((known) => {
      clearTimeout(late);
      asked.isLate = false;
      // A failed look-up is not remembered: the next dead letter asks again.
      if (known === null) ids.delete(stream);
    });
    return asked;
  };
  return async (stream) => {
    const asked = ids.get(stream) ?? lookUp(stream);
    ids.set(stream, asked);
    if (asked.isLate) return null;
    const timeout = Promise.withResolvers<null>();
    const timer = setTimeout(() => timeout.resolve(null), deadlineMs);
    try {
      return await Promise.race([asked.id, timeout.promise]);
    } finally {
      clearTimeout(timer);
    }
  };
}

function withId(value: Buffer, id: number): Buffer {
  const framed = Buffer.from(value);
  framed.writeUInt32BE(id, schemaIdOffset);
  return framed;
}

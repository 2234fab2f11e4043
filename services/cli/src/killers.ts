import type { RegistryConnection } from '@sluice/canonical-event/registry';
import type { KafkaConnection } from '@sluice/kafka/client';
import type { ConsumedRecord } from '@sluice/kafka/consumer';
import type { Stage } from '@sluice/schemas/schemas';
import { readDeadLetters } from './dlq/read-dead-letters.ts';

/** What services died of, as their dead letters tell: a command that worked on it again would die as well. */
export interface Killers {
  readonly size: number;
  hasRecord(record: ConsumedRecord): boolean;
  hasEvent(id: string): boolean;
}

export const noKillers: Killers = { size: 0, hasRecord: () => false, hasEvent: () => false };

/**
 * Reads the dead letters of a stream for the records that killed its services. A record counts by its place and its
 * bytes: in a topic that was made again, another one is at that place.
 * @param stages whose deaths count
 */
export async function readKillers(
  connection: KafkaConnection,
  registry: RegistryConnection,
  stream: string,
  stages: readonly Stage[],
): Promise<Killers> {
  const payloads = new Map<string, Buffer>();
  const events = new Set<string>();
  await readDeadLetters(
    connection,
    registry,
    stream,
    { reason: 'POISON_PILL' },
    {
      onDeadLetter({ stage, id, topic, partition, offset, payload }) {
        if (!stages.includes(stage)) return Promise.resolve();
        if (stage !== 'NORMALIZER') events.add(id);
        payloads.set(`${topic}/${partition}/${offset}`, payload);
        return Promise.resolve();
      },
      // Of a record that cannot be read nobody knows what it killed.
      onStray: () => undefined,
    },
  );
  return {
    size: payloads.size,
    hasRecord({ topic, partition, offset, value }) {
      return payloads.get(`${topic}/${partition}/${offset}`)?.equals(value ?? Buffer.alloc(0)) ?? false;
    },
    hasEvent: (id) => events.has(id),
  };
}

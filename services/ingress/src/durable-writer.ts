import type { OutgoingRecord, Publisher, PublishOutcome } from '@sluice/kafka/publisher';
import type { CircuitBreaker } from './circuit-breaker.ts';
import type { Spool, SpooledRecord } from './spool/spool.ts';

/**
 * Where a record became durable.
 * - `published`: in the log of all in-sync replicas
 * - `spooled`: synced to the disk, to be published later
 * - `unavailable`: nowhere
 */
export type WriteOutcome = 'published' | 'spooled' | 'unavailable';

/** The one place that decides between Kafka and the spool. */
export interface DurableWriter {
  /** Never rejects. */
  write(record: OutgoingRecord): Promise<WriteOutcome>;
  /** To the spool alone: for what is not ready for Kafka. */
  spool(record: OutgoingRecord): Promise<Exclude<WriteOutcome, 'published'>>;
  /** Publishes what is spooled, for as long as Kafka takes it; while nothing is spooled, asks whether it would. */
  drain(): Promise<void>;
}

export interface DurableWriterParts {
  readonly publisher: Publisher;
  readonly breaker: CircuitBreaker;
  /** Null when ingress has no disk: then a record that Kafka does not take is not taken at all. */
  readonly spool: Spool | null;
  /** What a spooled record is published as; null while that is not known. */
  readonly prepare: (record: SpooledRecord) => Promise<OutgoingRecord | null>;
  readonly on: {
    spooled(outcome: 'spooled' | 'full' | 'failed'): void;
    /** The spool could not be read, or a record was given up by Kafka for good. */
    problem(sentence: string): void;
  };
}

export function createDurableWriter({
  publisher,
  breaker,
  spool,
  prepare,
  on,
}: DurableWriterParts): DurableWriter {
  const toSpool = async (record: OutgoingRecord): Promise<'spooled' | 'unavailable'> => {
    if (spool === null) return 'unavailable';
    const { outcome } = await spool.append(record);
    on.spooled(outcome);
    return outcome === 'spooled' ? 'spooled' : 'unavailable';
  };

  const publish = async (record: OutgoingRecord): Promise<PublishOutcome['outcome']> => {
    const { outcome } = await publisher.publish(record);
    if (outcome === 'published') breaker.succeeded();
    // Too many at once, or one that is too large, say nothing of Kafka.
    else if (outcome === 'away' || outcome === 'expired') breaker.failed();
    return outcome;
  };

  const deliver = async (batch: readonly SpooledRecord[]): Promise<SpooledRecord[]> => {
    const delivered = await Promise.all(
      batch.map(async (spooled) => {
        const record = await prepare(spooled);
        if (record === null) return [];
        const outcome = await publish(record);
        if (outcome === 'too-large')
          on.problem(`A spooled record does not fit ${record.topic}: raise its max.message.bytes.`);
        return outcome === 'published' ? [spooled] : [];
      }),
    );
    return delivered.flat();
  };

  return {
    async write(record) {
      if (!breaker.isOpen() && (await publish(record)) === 'published') return 'published';
      return toSpool(record);
    },
    spool: toSpool,
    async drain() {
      if (spool !== null && spool.state().records > 0) {
        const drained = await spool.drain(deliver);
        if (drained.outcome === 'failed') on.problem(`The spool cannot be drained: ${drained.reason}.`);
        return;
      }
      if (breaker.isOpen() && (await publisher.probe())) breaker.succeeded();
      if (spool !== null && !spool.state().writable) await spool.probe();
    },
  };
}

import type { OutgoingRecord, Publisher, PublishOutcome } from '@sluice/kafka/publisher';
import type { CircuitBreaker } from './circuit-breaker.ts';
import type { SpooledRecord } from './spool/spooled.ts';
import type { Spool } from './spool/spool.ts';

/**
 * Where a record became durable.
 * - `published`: in the log of all in-sync replicas
 * - `dead-lettered`: its topic does not take a record of its size, so that it is a dead letter, in the log
 * - `spooled`: synced to the disk, to be published later
 * - `unavailable`: nowhere
 */
export type WriteOutcome = 'published' | 'dead-lettered' | 'spooled' | 'unavailable';

/** The one place that decides between Kafka and the spool. */
export interface DurableWriter {
  /** Never rejects. */
  write(record: OutgoingRecord): Promise<WriteOutcome>;
  /** To the spool alone: for what is not ready for Kafka. */
  spool(record: OutgoingRecord): Promise<'spooled' | 'unavailable'>;
  /**
   * Publishes what is spooled, for as long as Kafka takes it, each topic by itself; asks Kafka about topics of which
   * nothing is spooled, and a disk that refused whether it takes records again.
   */
  drain(): Promise<void>;
}

export interface DurableWriterParts {
  readonly publisher: Publisher;
  readonly breaker: CircuitBreaker;
  /** Null when ingress has no disk: then a record that Kafka does not take is not taken at all. */
  readonly spool: Spool | null;
  /** What a spooled record is published as; null while that is not known. */
  readonly prepare: (record: SpooledRecord) => Promise<OutgoingRecord | null>;
  /** The dead letter instead of a record that its topic does not take; null for a record without one. */
  readonly insteadOf: (record: OutgoingRecord) => Promise<OutgoingRecord | null>;
  readonly on: {
    spooled(outcome: 'spooled' | 'full' | 'failed'): void;
    /** A record became a dead letter because of its size. */
    tooLarge(): void;
    /** The spool could not be read, or Kafka does not accept its records. Called only when the problem changes. */
    problem(message: string): void;
  };
}

export function createDurableWriter({
  publisher,
  breaker,
  spool,
  prepare,
  insteadOf,
  on,
}: DurableWriterParts): DurableWriter {
  const reported = new Set<string>();
  const report = (message: string): void => {
    if (!reported.has(message)) on.problem(message);
    reported.add(message);
  };

  const toSpool = async (record: OutgoingRecord): Promise<'spooled' | 'unavailable'> => {
    if (spool === null) return 'unavailable';
    const { outcome } = await spool.append(record);
    on.spooled(outcome);
    return outcome === 'spooled' ? 'spooled' : 'unavailable';
  };

  const publishOrKeep = publishing({ publisher, breaker, insteadOf, on });

  const deliver = async (batch: readonly SpooledRecord[]): Promise<SpooledRecord[]> => {
    const delivered = await Promise.all(
      batch.map(async (spooled) => {
        const record = await prepare(spooled);
        if (record === null) return [];
        const outcome = await publishOrKeep(record);
        if (outcome === 'too-large')
          report(
            `A spooled record fits neither ${record.topic} nor the dead letters: raise their max.message.bytes.`,
          );
        return outcome === 'published' || outcome === 'dead-lettered' ? [spooled] : [];
      }),
    );
    return delivered.flat();
  };

  return {
    async write(record) {
      if (breaker.isOpen(record.topic)) return toSpool(record);
      const outcome = await publishOrKeep(record);
      return outcome === 'published' || outcome === 'dead-lettered' ? outcome : toSpool(record);
    },
    spool: toSpool,
    async drain() {
      // Ingress is not ready while the disk refuses, so that no push comes to find out.
      if (spool !== null && !spool.state().writable) await spool.probe();
      if (spool !== null && spool.state().records > 0) {
        const drained = await spool.drain(deliver);
        if (drained.outcome === 'failed') report(`The spool cannot be drained: ${drained.reason}.`);
        if (drained.outcome === 'drained') reported.clear();
      }
      for (const topic of breaker.open())
        if (!spool?.holds(topic) && (await publisher.probe(topic))) breaker.succeeded(topic);
    },
  };
}

/** Publishes a record, or the dead letter instead of one that its topic does not take. */
function publishing({
  publisher,
  breaker,
  insteadOf,
  on,
}: Pick<DurableWriterParts, 'publisher' | 'breaker' | 'insteadOf' | 'on'>) {
  const note = ({ topic }: OutgoingRecord, { outcome }: PublishOutcome): PublishOutcome['outcome'] => {
    if (outcome === 'published') breaker.succeeded(topic);
    // Too many at once, or one that is too large, say nothing of Kafka.
    else if (outcome === 'unavailable' || outcome === 'timed-out') breaker.failed(topic);
    return outcome;
  };
  return async (record: OutgoingRecord): Promise<PublishOutcome['outcome'] | 'dead-lettered'> => {
    const outcome = note(record, await publisher.publish(record));
    const deadLetter = outcome === 'too-large' ? await insteadOf(record) : null;
    if (deadLetter === null || note(deadLetter, await publisher.publish(deadLetter)) !== 'published')
      return outcome;
    on.tooLarge();
    return 'dead-lettered';
  };
}

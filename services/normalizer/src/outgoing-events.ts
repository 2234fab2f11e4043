import { cloudEventHeaders } from '@sluice/canonical-event/cloud-events';
import type { OutgoingRecord, Publisher, PublishOutcome } from '@sluice/kafka/publisher';
import { topicOf } from '@sluice/schemas/topics';
import type { Rejected } from '@sluice/vendor-kit/mapping/mapping';
import type { InFlight } from './in-flight.ts';
import { fitsTopic, tooLarge, type EncodedEvent, type MappedRecord } from './map-record.ts';

export interface OutgoingEventsParts {
  readonly stream: string;
  readonly publisher: Pick<Publisher, 'send'>;
  readonly inFlight: InFlight;
  /** An event of the record is in its topic. */
  readonly onPublished: (event: EncodedEvent, of: MappedRecord) => void;
}

/** The events of some raw records on their way to Kafka: one promise for all of them, and none for each. */
export class OutgoingEvents {
  readonly #parts: OutgoingEventsParts;
  /** The whole payload of each raw record of which an event is too large for its topic. */
  readonly #tooLarge = new Map<MappedRecord, Rejected>();
  #out = 0;
  #failure: Error | undefined;
  #onEnd: (() => void) | undefined;

  constructor(parts: OutgoingEventsParts) {
    this.#parts = parts;
  }

  /**
   * @param traceparent the trace context that subscribers continue with
   * @throws when Kafka did not take an event that was sent before
   */
  send(mapped: MappedRecord, traceparent: string): void {
    if (this.#failure) throw this.#failure;
    for (const event of mapped.events) this.#sendOne(mapped, event, traceparent);
  }

  /** Resolves when all that was sent has ended, with what was too large. Rejects when Kafka did not take an event. */
  async ended(): Promise<ReadonlyMap<MappedRecord, Rejected>> {
    if (this.#out > 0 && !this.#failure) await new Promise<void>((resolve) => (this.#onEnd = resolve));
    if (this.#failure) throw this.#failure;
    return this.#tooLarge;
  }

  #sendOne(mapped: MappedRecord, event: EncodedEvent, traceparent: string): void {
    if (!fitsTopic(event, mapped)) {
      this.#keep(mapped, event);
      return;
    }
    const { stream, publisher, inFlight } = this.#parts;
    const { length } = event.value;
    this.#out += 1;
    inFlight.hold(length);
    publisher.send(outgoingOf(stream, event, traceparent), ({ outcome }) => {
      this.#out -= 1;
      this.#settle(mapped, event, outcome);
      // Other records may have waited for the room that this one gives.
      inFlight.release(length);
    });
  }

  #settle(mapped: MappedRecord, event: EncodedEvent, outcome: PublishOutcome['outcome']): void {
    if (outcome === 'published') this.#parts.onPublished(event, mapped);
    else if (outcome === 'too-large') this.#keep(mapped, event);
    else this.#failure ??= new Error(`Kafka did not accept an event for ${event.topic} (${outcome}).`);
    if (this.#out === 0 || this.#failure) this.#onEnd?.();
  }

  /** However many of a payload's events are too large, it is kept once. */
  #keep(mapped: MappedRecord, event: EncodedEvent): void {
    if (!this.#tooLarge.has(mapped)) this.#tooLarge.set(mapped, tooLarge(mapped.record, event));
  }
}

/** An event as a record of its topic. @param traceparent the trace context that subscribers continue with */
export const outgoingOf = (
  stream: string,
  { topic, meta, value }: EncodedEvent,
  traceparent: string,
): OutgoingRecord => ({
  topic: topicOf(stream, topic),
  key: Buffer.from(`${meta.source_id}/${meta.entity_key || meta.event_id}`),
  value,
  headers: cloudEventHeaders(meta, traceparent),
});

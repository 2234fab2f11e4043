import { setImmediate } from 'node:timers/promises';

/** What may wait for Kafka at once, over all partitions of the process. */
export interface InFlightLimits {
  readonly events: number;
  readonly bytes: number;
}

/**
 * An event in flight takes memory beyond its bytes, however small it is. One payload may go beyond the limits: by as
 * many events as a payload becomes (`payload-limits.ts`).
 */
export const inFlightLimits: InFlightLimits = { events: 20_000, bytes: 64 * 1024 * 1024 };

/** Bounds the events that wait for Kafka. Partitions get their turns in the order in which they asked. */
export class InFlight {
  readonly #limits: InFlightLimits;
  readonly #held = { events: 0, bytes: 0 };
  readonly #waiting: (() => void)[] = [];

  constructor(limits: InFlightLimits) {
    this.#limits = limits;
  }

  /**
   * Runs a step when there is room for more events. Room comes when events that are in flight have ended, and each of
   * them has a deadline.
   * @returns what the step returns, or a promise of it where there was no room; throws or rejects with what it throws
   */
  whenRoom<T>(step: () => T): T | Promise<T> {
    if (this.#hasRoom() && this.#waiting.length === 0) return step();
    return new Promise((resolve, reject) => {
      this.#waiting.push(() => {
        try {
          resolve(step());
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      });
    });
  }

  /** An event of so many bytes is in flight, until `release`. */
  hold(bytes: number): void {
    this.#held.events += 1;
    this.#held.bytes += bytes;
  }

  release(bytes: number): void {
    this.#held.events -= 1;
    this.#held.bytes -= bytes;
    while (this.#hasRoom()) {
      const next = this.#waiting.shift();
      if (!next) return;
      next();
    }
  }

  #hasRoom(): boolean {
    return this.#held.events < this.#limits.events && this.#held.bytes < this.#limits.bytes;
  }
}

/** Other work gets its turn after a record beyond which this much was done: heartbeats, answers, other partitions. */
const stepBytes = 64 * 1024;
const stepEvents = 200;

/**
 * Works on records one by one, in order, as there is room for what they become.
 * @param step works on a record, and holds in `inFlight` what it sends; inSteps throws what it throws
 * @returns what the steps returned
 */
export async function inSteps<R extends { readonly value: Buffer | null }, T extends Stepped>(
  records: readonly R[],
  inFlight: InFlight,
  step: (record: R, index: number) => T,
): Promise<T[]> {
  const done: T[] = [];
  let [bytes, events] = [0, 0];
  for (const [index, record] of records.entries()) {
    const taken = inFlight.whenRoom(() => step(record, index));
    const one = taken instanceof Promise ? await taken : taken;
    done.push(one);
    bytes += record.value?.length ?? 0;
    events += one.events.length;
    if (bytes > stepBytes || events > stepEvents) {
      [bytes, events] = [0, 0];
      await setImmediate();
    }
  }
  return done;
}

/** What a record became. */
interface Stepped {
  readonly events: readonly unknown[];
}

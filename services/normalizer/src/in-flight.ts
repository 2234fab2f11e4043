import { setImmediate } from 'node:timers/promises';

/** What may wait for Kafka at once, over all partitions of the process. */
export interface InFlightLimits {
  readonly events: number;
  readonly bytes: number;
}

/**
 * An event in flight takes about 3 KiB of memory with its promises, however small it is. One payload may go beyond the
 * limits: by as many events as a payload becomes (`payload-limits.ts`).
 */
export const inFlightLimits: InFlightLimits = { events: 20_000, bytes: 64 * 1024 * 1024 };

/** Bounds the events that wait for Kafka. Partitions get their turns in the order in which they asked. */
export interface InFlight {
  /**
   * Runs a step when there is room for more events, at once or later. Room comes when events that are in flight are
   * done, and each of them has a deadline. Rejects with what the step throws.
   */
  readonly whenRoom: <T>(step: () => T) => Promise<T>;
  /** An event of so many bytes is in flight until this is done. */
  readonly hold: (bytes: number, done: Promise<unknown>) => void;
}

export function createInFlight(limits: InFlightLimits): InFlight {
  const held = { events: 0, bytes: 0 };
  const waiting: (() => void)[] = [];
  const runWaiting = (): void => {
    while (held.events < limits.events && held.bytes < limits.bytes) {
      const next = waiting.shift();
      if (!next) return;
      next();
    }
  };
  return {
    whenRoom: (step) =>
      new Promise((resolve, reject) => {
        waiting.push(() => {
          try {
            resolve(step());
          } catch (error) {
            reject(error instanceof Error ? error : new Error(String(error)));
          }
        });
        runWaiting();
      }),
    hold(bytes, done) {
      held.events += 1;
      held.bytes += bytes;
      const release = (): void => {
        held.events -= 1;
        held.bytes -= bytes;
        runWaiting();
      };
      done.then(release, release);
    },
  };
}

/** A record whose work has begun. */
interface Begun {
  /** How many events it became. */
  readonly events: number;
  /** Resolves when the work has ended. */
  readonly done: Promise<unknown>;
}

/** Other work gets its turn after a record beyond which this much was done: heartbeats, answers, other partitions. */
const stepBytes = 64 * 1024;
const stepEvents = 200;

/**
 * Begins to work on records one by one, in order, as there is room for what they become.
 * @param begin begins to work on a record, and holds its events in `inFlight`
 * @returns what was begun; its `done` is for the caller to await
 * @throws the first failure of the work that has begun
 */
export async function beginEach<R extends { readonly value: Buffer | null }, B extends Begun>(
  records: readonly R[],
  inFlight: InFlight,
  begin: (record: R, index: number) => B,
): Promise<B[]> {
  const begun: B[] = [];
  const failure: { error?: unknown } = {};
  let [bytes, events] = [0, 0];
  for (const [index, record] of records.entries()) {
    const one = await inFlight.whenRoom(() => begin(record, index));
    // What is not awaited yet must not end the process.
    one.done.catch((error: unknown) => {
      failure.error ??= error;
    });
    begun.push(one);
    bytes += record.value?.length ?? 0;
    events += one.events;
    if (bytes > stepBytes || events > stepEvents) {
      [bytes, events] = [0, 0];
      await setImmediate();
    }
    if ('error' in failure) throw failure.error;
  }
  return begun;
}

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

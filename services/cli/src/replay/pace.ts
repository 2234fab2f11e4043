import { setTimeout as pause } from 'node:timers/promises';

/** Lets through so many a second, over all who ask. */
export interface Pace {
  /** The most that anyone should ask for at once. */
  readonly atOnce: number;
  /** Resolves when as many may go, or when the signal is aborted. */
  wait(count: number): Promise<void>;
}

/** @param rate a second; Infinity does not wait */
export function createPace(rate: number, signal: AbortSignal): Pace {
  let freeAt = performance.now();
  return {
    atOnce: Math.max(1, Math.floor(rate / 10)),
    async wait(count) {
      const now = performance.now();
      const startAt = Math.max(now, freeAt);
      freeAt = startAt + (count / rate) * 1000;
      // Aborting ends the pause, and anybody who waited looks at the signal.
      if (startAt > now) await pause(startAt - now, undefined, { signal }).catch(() => undefined);
    },
  };
}

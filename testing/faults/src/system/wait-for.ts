import { setTimeout as delay } from 'node:timers/promises';

/**
 * Waits until the condition holds.
 * @returns how long it took, in ms
 * @throws an error with `what` when it does not hold within the time
 */
export async function waitFor(
  what: string,
  holds: () => boolean | Promise<boolean>,
  withinMs: number,
): Promise<number> {
  const startedAt = performance.now();
  while (!(await holds())) {
    if (performance.now() - startedAt > withinMs)
      throw new Error(`Not within ${withinMs / 1000} s: ${what}.`);
    await delay(20);
  }
  return performance.now() - startedAt;
}

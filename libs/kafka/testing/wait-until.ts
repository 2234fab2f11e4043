import { setTimeout as delay } from 'node:timers/promises';

/** Between two looks, in ms: a tenth of what was waited already, so that looking does not slow down what is waited for. */
const interval = { least: 10, share: 0.1, most: 250 };

/** Resolves when the condition holds; rejects with `what` when it does not within the time. */
export async function waitUntil(
  what: string,
  holds: () => boolean | Promise<boolean>,
  withinMs = 10_000,
): Promise<void> {
  const startedAt = performance.now();
  while (!(await holds())) {
    const waitedMs = performance.now() - startedAt;
    if (waitedMs > withinMs) throw new Error(`Not within ${withinMs} ms: ${what}`);
    await delay(Math.min(interval.most, Math.max(interval.least, interval.share * waitedMs)));
  }
}

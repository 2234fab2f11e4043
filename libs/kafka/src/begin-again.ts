import { setTimeout as delay } from 'node:timers/promises';
import type { KafkaPatience } from './client.ts';

/**
 * Runs work again from its start after a transient failure.
 * @throws what the last run threw
 */
export async function beginAgain<T>(
  { retries, initialRetryTime = 100, maxRetryTime = Number.POSITIVE_INFINITY }: KafkaPatience['retry'],
  isTransient: (error: unknown) => boolean,
  work: () => Promise<T>,
): Promise<T> {
  for (let time = 0; ; time += 1) {
    try {
      return await work();
    } catch (error) {
      if (time === retries || !isTransient(error)) throw error;
      await delay(Math.min(initialRetryTime * 2 ** time, maxRetryTime));
    }
  }
}

import { setTimeout as pause } from 'node:timers/promises';
import type { Store } from '@sluice/sink/store';
import { backoffMs } from '@sluice/stream/backoff';

/** How often work is tried: about five minutes, which outlasts a server's restart. */
const defaultAttempts = 25;

/**
 * Does work that may be done twice, again and again while its server fails.
 * @throws what the last attempt threw; what the first one threw after the signal is aborted
 */
export async function persistently<T>(
  work: () => Promise<T>,
  { attempts = defaultAttempts, signal }: { readonly attempts?: number; readonly signal?: AbortSignal } = {},
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt >= attempts || signal?.aborted) throw error;
      await pause(backoffMs(attempt, Math.random()), undefined, signal && { signal }).catch(() => undefined);
    }
  }
}

/** A store whose writes are tried again while its server fails. */
export function persistent(store: Pick<Store, 'write'>): Pick<Store, 'write'> {
  return { write: (items) => persistently(() => store.write(items)) };
}

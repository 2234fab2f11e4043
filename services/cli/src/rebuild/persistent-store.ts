import { setTimeout as pause } from 'node:timers/promises';
import type { Store } from '@sluice/sink/store';
import { backoffMs } from '@sluice/stream/backoff';

/**
 * A store whose writes are tried again while its server fails: about five minutes, which outlasts a restart.
 * @returns `write` alone; it throws what the last attempt threw
 */
export function persistent(store: Pick<Store, 'write'>, attempts = 25): Pick<Store, 'write'> {
  return {
    async write(items) {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await store.write(items);
        } catch (error) {
          if (attempt >= attempts) throw error;
          await pause(backoffMs(attempt, Math.random()));
        }
      }
    },
  };
}

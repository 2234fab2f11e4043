import { setTimeout as pause } from 'node:timers/promises';
import type { Store } from '@sluice/sink/store';
import { backoffMs } from '@sluice/stream/backoff';
import type { SayRebuild } from './facts.ts';

/** How often work is tried: about five minutes, which outlasts a server's restart. */
const defaultAttempts = 25;

interface Persistence {
  readonly say: SayRebuild;
  readonly attempts?: number;
  readonly signal?: AbortSignal;
}

/**
 * Does work that may be done twice, again and again while its server fails. Says what fails, once for each reason.
 * @throws what the last attempt threw; what the first one threw after the signal is aborted
 */
export async function persistently<T>(
  work: () => Promise<T>,
  { say, attempts = defaultAttempts, signal }: Persistence,
): Promise<T> {
  const said = new Set<string>();
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt >= attempts || signal?.aborted) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      const text = `A request to the store failed, and is tried again: ${reason}`;
      if (!said.has(reason)) say(text, { of: 'warning', text });
      said.add(reason);
      await pause(backoffMs(attempt, Math.random()), undefined, signal && { signal }).catch(() => undefined);
    }
  }
}

/** A store whose writes are tried again while its server fails. */
export function persistent(store: Pick<Store, 'write'>, say: SayRebuild): Pick<Store, 'write'> {
  return { write: (items) => persistently(() => store.write(items), { say }) };
}

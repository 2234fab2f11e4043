import type { BatchControl } from './consumed.ts';

/** Does something that may take longer than a session, with heartbeats meanwhile. */
export async function withHeartbeats(
  control: Pick<BatchControl, 'heartbeat'>,
  everyMs: number,
  work: () => Promise<void>,
): Promise<void> {
  const timer = setInterval(() => {
    // A failed one shows again at the commit, where the client can act on it.
    control.heartbeat().catch(() => undefined);
  }, everyMs);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
}

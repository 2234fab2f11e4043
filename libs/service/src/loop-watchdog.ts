import { Worker } from 'node:worker_threads';

/** What the thread is told. */
export interface Watch {
  /** Goes up while the event loop turns. */
  readonly turns: Int32Array;
  readonly everyMs: number;
  readonly stuckMs: number;
  readonly service: string;
}

/**
 * Kills the process when its event loop has not turned for `stuckMs`: then no timer of its own can, and neither
 * heartbeats nor probes are answered. The time that a process is stopped does not count.
 */
export function watchLoop(service: string, stuckMs: number): void {
  const everyMs = Math.min(1_000, stuckMs / 4);
  const turns = new Int32Array(new SharedArrayBuffer(4));
  setInterval(() => Atomics.add(turns, 0, 1), everyMs).unref();
  const workerData: Watch = { turns, everyMs, stuckMs, service };
  new Worker(new URL('./loop-watchdog-thread.ts', import.meta.url), { workerData }).unref();
}

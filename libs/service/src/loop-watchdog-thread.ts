import { writeSync } from 'node:fs';
import { workerData } from 'node:worker_threads';
import type { Watch } from './loop-watchdog.ts';

/** The thread that outlives a stuck event loop. It counts its own ticks and no clock: both stand still together. */
const { turns, everyMs, stuckMs, service } = workerData as Watch;
let [last, ticks] = [-1, 0];

setInterval(() => {
  const now = Atomics.load(turns, 0);
  ticks = now === last ? ticks + 1 : 0;
  last = now;
  if (ticks * everyMs < stuckMs) return;
  const msg = `The event loop has been blocked for ${stuckMs} ms: the process is stuck and exits.`;
  writeSync(1, `${JSON.stringify({ level: 'fatal', time: new Date().toISOString(), service, msg })}\n`);
  process.kill(process.pid, 'SIGKILL');
}, everyMs);

import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findRun, isAlive } from '@sluice/cli/run-file';

/** Longer than all services and servers take together when each of them needs all of its time. */
const withinMs = 240_000;

const root = join(import.meta.dirname, '../../..');
const stream = process.env.SLUICE_DEV_STREAM ?? 'sluice';
process.exitCode = await stop();

/** `npm stop`: stops what `npm start` of this folder runs. @returns the exit code: 0 also when nothing runs */
async function stop(): Promise<number> {
  const run = findRun(root, stream);
  if (run === null) {
    console.log('Nothing runs that npm start of this folder has started.');
    return 0;
  }
  console.log(`Stopping what process ${run.pid} runs at ${run.ingressUrl}…`);
  process.kill(run.pid, 'SIGTERM');
  const deadline = performance.now() + withinMs;
  while (isAlive(run.pid)) {
    if (performance.now() > deadline) {
      console.log(
        `Process ${run.pid} has not ended within ${withinMs / 1000} s: its logs are in .sluice/logs.`,
      );
      return 1;
    }
    await delay(100);
  }
  console.log('It is stopped.');
  return 0;
}

/** Brings the development servers up alone, for debugging: `npm run servers`, Ctrl-C to stop. */
import { acquireServers } from './acquire-servers.ts';

const startedAt = performance.now();
const say = (text: string): void =>
  console.log(`${((performance.now() - startedAt) / 1000).toFixed(1)} s  ${text}`);

try {
  const stop = new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
  const acquiring = acquireServers({ onProgress: ({ message }) => say(message) });
  // A Ctrl-C while they start ends this process, and with it the lease.
  const servers = await Promise.race([acquiring, stop]);
  if (servers) {
    console.log(JSON.stringify(servers.endpoints, null, 2));
    await stop;
    await servers.release();
    say('All stopped');
  }
  process.exit();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

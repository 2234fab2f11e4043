import { spawn } from 'node:child_process';

/**
 * `node watch-service.ts <flags and file>`: runs a service under `node --watch`, which starts it again when one of its
 * files changes. Node's watcher outlives the tool that started it; this process does not, and takes the watcher along.
 */
const watcher = spawn(process.execPath, ['--watch', '--watch-preserve-output', ...process.argv.slice(2)], {
  stdio: ['ignore', 'inherit', 'inherit'],
});
// The watcher tells the service to stop, and ends when it has.
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
  process.on(signal, () => watcher.kill('SIGTERM'));
watcher.once('exit', (code) => process.exit(code ?? 0));

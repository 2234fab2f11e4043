import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { waitUntil } from '@sluice/kafka/testing/wait-until';

export type WorkerName = 'normalizer' | 'sink-clickhouse' | 'sink-elasticsearch';

/** A service as a process, as it runs in production. */
export interface Worker {
  readonly name: WorkerName;
  stop(): Promise<void>;
}

const services = join(import.meta.dirname, '../..');

/** Starts a service and waits until it is ready. @throws with what it logged when it ends before that */
export async function startWorker(name: WorkerName, env: Record<string, string>): Promise<Worker> {
  const inherited = Object.entries(process.env).filter(([variable]) => !variable.startsWith('SLUICE_'));
  const child = spawn(process.execPath, [join(services, name, 'src/main.ts')], {
    env: { ...Object.fromEntries(inherited), ...env, SLUICE_OPS_PORT: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'close');
  let log = '';
  let port = '';
  for (const output of [child.stdout, child.stderr])
    output.on('data', (bytes: Buffer) => {
      log = `${log}${bytes.toString()}`.slice(-10_000);
      port ||= /"opsPort":(\d+)[,}]/.exec(log)?.[1] ?? '';
    });
  await waitUntil(
    `${name} is ready`,
    async () => {
      if (child.exitCode !== null) throw new Error(`${name} ended before it was ready:\n${log}`);
      if (port === '') return false;
      const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null);
      return answer?.ok ?? false;
    },
    30_000,
  );
  return {
    name,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

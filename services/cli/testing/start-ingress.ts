import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { waitUntil } from '@sluice/kafka/testing/wait-until';

/** Ingress as a process, as it runs in production, on ports of its own choice. */
export interface RunningIngress {
  readonly url: string;
  readonly opsPort: number;
  /** Ends it as the kernel would, without a word. */
  kill(): Promise<void>;
}

/** Starts it and waits until it takes pushes. @throws with what it logged when it ends before that */
export async function startIngress(env: Record<string, string>): Promise<RunningIngress> {
  const inherited = Object.entries(process.env).filter(([variable]) => !variable.startsWith('SLUICE_'));
  const own = { SLUICE_HOST: '127.0.0.1', SLUICE_PORT: '0', SLUICE_OPS_PORT: '0' };
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../ingress/src/main.ts')], {
    env: { ...Object.fromEntries(inherited), ...own, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'close');
  let log = '';
  for (const output of [child.stdout, child.stderr])
    output.on('data', (bytes: Buffer) => (log += bytes.toString()));
  const told = (form: RegExp): number => Number(form.exec(log)?.[1] ?? 0);
  await waitUntil(
    'ingress takes pushes',
    () => {
      if (child.exitCode !== null) throw new Error(`Ingress ended before it was ready:\n${log}`);
      return told(/pushes on port (\d+)/) > 0;
    },
    30_000,
  );
  return {
    url: `http://127.0.0.1:${told(/pushes on port (\d+)/)}`,
    opsPort: told(/"opsPort":(\d+)/),
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

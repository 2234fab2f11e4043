import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { inheritedEnv } from './inherited-env.ts';

const root = join(import.meta.dirname, '../../../..');

export interface RunningSluice {
  kill(): void;
  readonly ended: Promise<{
    /** Null when a signal ended it. */
    readonly code: number | null;
    /** Of both pipes. */
    readonly output: string;
  }>;
}

/**
 * Starts the command line as an operator does, without the settings of this process.
 * @param build a checkout. Default: this one
 */
export function startSluice(args: readonly string[], build = root): RunningSluice {
  const child = spawn(process.execPath, [join(build, 'services/cli/bin/sluice.mjs'), ...args], {
    env: inheritedEnv(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const pipe of [child.stdout, child.stderr])
    pipe.on('data', (bytes: Buffer) => (output += bytes.toString()));
  return {
    kill: () => void child.kill('SIGKILL'),
    ended: once(child, 'close').then(([code]) => ({ code: code as number | null, output })),
  };
}

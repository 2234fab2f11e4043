import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export interface Ended {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningSluice {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves as soon as it has printed this; rejects when it ends without. */
  printed(pattern: RegExp): Promise<void>;
}

/** Runs the command line as a user does, without the settings of this process. */
export function runSluice(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  return startSluice(args, env).ended;
}

/** As `runSluice`, for those who do something while it runs. */
export function startSluice(args: readonly string[], env: Record<string, string> = {}): RunningSluice {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('SLUICE_'));
  const child = spawn(process.execPath, [join(import.meta.dirname, '../bin/sluice.mjs'), ...args], {
    // Whatever a developer runs next to the tests is not theirs.
    env: { ...Object.fromEntries(inherited), SLUICE_DEV_STREAM: 'of_no_start', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, ...output }));
  return {
    process: child,
    ended,
    printed: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (pattern.test(output.stdout)) resolve();
        };
        child.stdout.on('data', look);
        look();
        void ended.then(() => reject(new Error(`It ended without ${pattern}: ${JSON.stringify(output)}`)));
      }),
  };
}

/** What a command printed with `--json`. */
export const jsonLines = <T>(stdout: string): T[] =>
  stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);

import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { root } from './system.ts';

/**
 * `npm start`, as the script runs it once everything is installed.
 * @param checkout whose code it runs
 */
export function start(
  args: readonly string[],
  env: Record<string, string>,
  checkout = root,
): { child: ChildProcess; output: () => string } {
  let text = '';
  const child = spawn(process.execPath, [join(checkout, 'dev/start/src/main.ts'), ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return { child, output: () => text };
}

/** Waits for a condition. @throws with `what`, when it does not hold in time */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
  withinMs = 60_000,
): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`Not within ${withinMs / 1000} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Whether a service answers on its management port. */
export async function answers(port: number): Promise<boolean> {
  try {
    await fetch(`http://127.0.0.1:${port}/livez`);
    return true;
  } catch {
    return false;
  }
}

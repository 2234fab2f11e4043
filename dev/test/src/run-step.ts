import { spawn } from 'node:child_process';

export interface Step {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** What to run to fix it, or to see it alone. */
  readonly fix: string;
}

/** Runs a check; its output is shown only when it fails. */
export async function runStep(step: Step, say: (line: string) => void): Promise<boolean> {
  const startedAt = performance.now();
  const { code, output } = await run(step.command, step.args);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  if (code === 0) {
    say(`✓ ${step.name} (${seconds} s)`);
    return true;
  }
  say(output.trimEnd());
  say(`✗ ${step.name} (${seconds} s): see above, or run "${step.fix}".`);
  return false;
}

export function run(command: string, args: readonly string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.once('error', (error) =>
      reject(new Error(`${command} cannot be run: is everything installed?`, { cause: error })),
    );
    child.once('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

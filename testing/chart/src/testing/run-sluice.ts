import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { root } from '../chart-folder.ts';

/** The environment of this process without settings of the product. */
export const ownEnvironment = (): Record<string, string | undefined> =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('SLUICE_')));

/** Runs the command line to its end. @param env its settings: it gets no others */
export async function runSluice(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<{ code: unknown; output: string }> {
  const child = spawn(process.execPath, [join(root, 'services/cli/bin/sluice.mjs'), ...args], {
    env: { ...ownEnvironment(), ...env },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (bytes: Buffer) => (output += bytes.toString()));
  const [code] = (await once(child, 'close')) as unknown[];
  return { code, output };
}

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runFileOf, type RunFile } from '@sluice/cli/run-file';

const root = join(import.meta.dirname, '../../..');

/** Says that this process runs the product. */
export function writeRunFile(run: RunFile): void {
  const file = runFileOf(root, run.stream);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(run, null, 2)}\n`);
}

export function removeRunFile(stream: string): void {
  rmSync(runFileOf(root, stream), { force: true });
}

import { createProgram } from './program.ts';
import { remembered } from './remembered.ts';
import { exitCodeOf } from './undone.ts';

// Whoever reads has read enough, as `head` does: the end, by the code that a shell gives it.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(141);
});

Object.assign(process.env, remembered(process.argv.slice(2), process.env, process.cwd()));

try {
  await createProgram((line) => process.stdout.write(`${line}\n`)).parseAsync();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = exitCodeOf(error);
}

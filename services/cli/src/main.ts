import { styleText } from 'node:util';
import type { Command } from 'commander';
import { exitCodeOf } from './exit-codes.ts';
import { createProgram } from './program.ts';
import { reachServers } from './reach.ts';
import { remembered } from './remembered.ts';
import { startStatusLine } from './status-line.ts';

// Anybody who reads has read enough, as `head` does: the end, by the code that a shell gives it.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(141);
});

const args = process.argv.slice(2);
Object.assign(process.env, remembered(args, process.env, process.cwd()));

const status = startStatusLine(process.stderr);
const print = (line: string): void => {
  status.clear();
  process.stdout.write(`${line}\n`);
};
const tell = (line: string): void => {
  status.clear();
  process.stderr.write(`${line}\n`);
};

/** Last of what is done before a command's action: what it refuses by itself, it refuses before. */
function reachFirst(command: Command): void {
  if (command.commands.length === 0) command.hook('preAction', () => reachServers(command));
  command.commands.forEach(reachFirst);
}

try {
  const program = await createProgram(
    print,
    args.find((arg) => !arg.startsWith('-') && arg !== 'help') ?? '',
  );
  reachFirst(program);
  await program.parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
  // commander has said it.
  if (!(error instanceof Error && error.name === 'CommanderError'))
    tell(
      styleText('red', error instanceof Error ? error.message : String(error), { stream: process.stderr }),
    );
} finally {
  status.stop();
}

import { CommanderError } from 'commander';
import { isUnreachable } from './unreachable.ts';

/** Exit codes of the command line, for scripts: docs/reference/command-line.md. Ctrl-C is 130, a reader that left 141. */
export const exitCodes = { failed: 1, undone: 3, usage: 64, unreachable: 69, config: 78 } as const;

/** What a command could not do of what it was asked for, when the rest is done. */
export class Undone extends Error {}

/** Options or arguments that cannot be used, alone or together. */
export class UsageError extends Error {}

/** By name: a command that reads no settings does not load what does. */
const configErrors = new Set(['ConfigError', 'SourcesError']);

export function exitCodeOf(error: unknown): number {
  // commander has written what it has to say, and calls help an error too.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.usage;
  if (error instanceof UsageError) return exitCodes.usage;
  if (error instanceof Undone) return exitCodes.undone;
  if (error instanceof Error && configErrors.has(error.constructor.name)) return exitCodes.config;
  return isUnreachable(error) ? exitCodes.unreachable : exitCodes.failed;
}

/** What a command could not do of what it was asked for, when the rest is done: it ends with exit code 3. */
export class Undone extends Error {}

/** Exit codes of the command line, for scripts: docs/dead-letters.md. Ctrl-C is 130. */
export const exitCodeOf = (error: unknown): 1 | 3 => (error instanceof Undone ? 3 : 1);

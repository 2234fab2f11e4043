import { first } from '../testing/vendors.ts';
import { execFileSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import type { Command } from 'commander';
import { createProgram } from './program.ts';
import { runSluice } from '../testing/run-sluice.ts';

jest.setTimeout(60_000);

/** Commands that do something, by their words. */
function leavesOf(command: Command, words: readonly string[] = []): [string, Command][] {
  if (command.commands.length === 0) return [[words.join(' '), command]];
  return command.commands.flatMap((one) => leavesOf(one, [...words, one.name()]));
}
/** What `sluice <words> --help` prints. */
function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({ writeOut: (part) => (text += part) });
  command.outputHelp();
  return text;
}

let program: Command;
let leaves: [string, Command][];
beforeAll(async () => {
  program = await createProgram(() => undefined);
  leaves = leavesOf(program);
});

test('every command prints JSON with --json; a script for a shell is no data', () => {
  const without = leaves.filter(([, command]) => !command.options.some(({ long }) => long === '--json'));
  expect(without.map(([words]) => words)).toEqual(['completion']);
});

test('the help of every command has examples that it takes', () => {
  for (const [words, command] of leaves) {
    const [, examples = ''] = helpOf(command).split(/\nExamples?:\n/);
    const lines = examples.split('\n').filter((line) => line.trim() !== '');
    expect([words, lines.length]).not.toEqual([words, 0]);
    for (const line of lines) expect([line, problemOf(line, words, command)]).toEqual([line, null]);
  }
});

/** What a command would not take of an example. */
function problemOf(line: string, words: string, command: Command): string | null {
  const [, text = ''] = /sluice ([^|>)]+)/.exec(line) ?? [];
  const args = text.trim().split(/\s+/);
  // "list" is what "partitions" does when it is told nothing.
  const isCalled =
    `${args.join(' ')} `.startsWith(`${words} `) || text.trim() === words.replace(/ list$/, '');
  if (!isCalled) return `It does not call ${words}.`;
  const { tokens } = parseArgs({ args, strict: false, allowPositionals: true, tokens: true });
  const known = command.options.map(({ long }) => long);
  const unknown = tokens.find((one) => one.kind === 'option' && !known.includes(`--${one.name}`));
  return unknown ? `There is no such option: ${line}` : null;
}

test('the whole is known to the help of sluice itself without loading the commands', async () => {
  expect(helpOf(await createProgram(() => undefined, ''))).toBe(helpOf(program));
});

describe('completion', () => {
  const complete = (...words: string[]): string[] => {
    const script = execFileSync(process.execPath, ['services/cli/bin/sluice.mjs', 'completion', 'bash'], {
      cwd: `${import.meta.dirname}/../../..`,
      encoding: 'utf8',
    });
    const quoted = words.map((word) => `'${word}'`).join(' ');
    const run = `${script}\nCOMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; _sluice; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return execFileSync('bash', ['-c', run], { encoding: 'utf8' }).trim().split('\n');
  };

  test.each<[string[], string[]]>([
    [
      ['sluice', 'd'],
      ['dlq', 'doctor'],
    ],
    [['sluice', 'dlq', 'l'], ['list']],
    [['sluice', 'dlq', 'list', '--op'], ['--open']],
    [['sluice', 'dlq', 'list', '--open', '--rea'], ['--reason']],
    [['sluice', 'replay', '--vendor', first.slice(0, 3)], [first]],
    [['sluice', 'dlq', 'redrive', '--sources', 'package.js'], ['package.json']],
    [['sluice', 'completion', 'fi'], ['fish']],
  ])('%j', (words, wanted) => expect(complete(...words)).toEqual(wanted));

  test.each(['zsh', 'fish'])('%s gets a script with all commands', async (shell) => {
    const { code, stdout } = await runSluice(['completion', shell]);
    expect(code).toBe(0);
    for (const name of program.commands.map((one) => one.name())) expect(stdout).toContain(name);
  });
});

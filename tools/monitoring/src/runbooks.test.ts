import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { parse } from 'yaml';
import { createProgram } from '@sluice/cli/program';
import { isKnown, metricNamesIn } from './metric-names.ts';
import { filesOf, root, runbooksFolder } from './places.ts';
import { readRules } from './read-rules.ts';

const pages = filesOf(runbooksFolder, '.md').filter(({ name }) => name !== 'README.md');
const alerts = [...new Set(readRules().flatMap(({ alert }) => alert ?? []))].sort();
const index = filesOf(runbooksFolder, 'README.md')[0]?.text ?? '';

/** Every line of the pages' shell blocks that runs our command line, with the page. */
const commands = pages.flatMap(({ name, text }) =>
  blocksOf(text, 'sh')
    .flatMap((block) => block.split('\n'))
    .filter((line) => line.startsWith('npx sluice '))
    .map((line) => ({ name, line })),
);
const queries = pages.flatMap(({ name, text }) =>
  blocksOf(text, 'promql').flatMap((block) => block.split('\n').map((query) => ({ name, query }))),
);

test('there is a page for each alert, and for nothing else', () => {
  expect(pages.map(({ name }) => name)).toEqual(alerts.map((alert) => `${alert}.md`));
  for (const { name } of pages) expect(index).toContain(`](${name})`);
});

test.each([...pages, { name: 'README.md', text: index }])('$name: every link leads somewhere', ({ text }) => {
  const links = [...text.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map(([, link = '']) => link);
  expect(links.filter((link) => !existsSync(join(runbooksFolder, link)))).toEqual([]);
});

test.each(pages)('$name says what it means, what to look at and what to do', ({ name, text }) => {
  const headings = [...text.matchAll(/^#+ .*$/gm)].map(([heading]) => heading);
  expect(headings).toEqual([
    `# ${name.replace('.md', '')}`,
    '## What it means',
    '## What to look at',
    '## What to do',
  ]);
});

test('the pages show commands and queries', () => {
  expect(commands.length).toBeGreaterThan(10);
  expect(queries.length).toBeGreaterThan(10);
});

test.each(commands)('$name: $line', async ({ line }) => {
  const given = await parsed(line.split(' ').slice(1));
  expect(given).toBe('taken');
});

test('every source that a command names is one of the development servers', () => {
  const sources = parse(readFileSync(join(root, 'config/sources.yaml'), 'utf8')) as {
    sources: { id: string }[];
  };
  const named = commands.flatMap(({ line }) => / --source (\S+)/.exec(line)?.[1] ?? []);
  expect(named).not.toEqual([]);
  expect(sources.sources.map(({ id }) => id)).toEqual(expect.arrayContaining(named));
});

test('a command or an option that there is not would be seen', async () => {
  await expect(parsed(['sluice', 'spool', 'dry'])).resolves.toMatch("unknown command 'dry'");
  await expect(parsed(['sluice', 'migrate', '--hour', '1'])).resolves.toMatch('--hour');
});

test.each(queries)('$name: $query', ({ query }) => {
  expect([...metricNamesIn(query)].filter((name) => !isKnown(name))).toEqual([]);
});

function blocksOf(text: string, language: string): string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)\\n\`\`\`$`, 'gm'))].map(
    ([, block = '']) => block,
  );
}

/** Parses a command line as `sluice` does, and does nothing. @returns "taken", or why it was not */
async function parsed([, ...args]: string[]): Promise<string> {
  const program = await createProgram(() => undefined);
  let outcome = 'nothing was run';
  const disarm = (command: Command): void => {
    command.exitOverride().configureOutput({ writeErr: () => undefined, writeOut: () => undefined });
    if (command.commands.length === 0) command.action(() => void (outcome = 'taken'));
    command.commands.forEach(disarm);
  };
  disarm(program);
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    return (error as Error).message;
  }
  return outcome;
}

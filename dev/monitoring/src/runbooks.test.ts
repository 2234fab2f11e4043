import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { isKnown, metricNamesIn } from './metric-names.ts';
import { filesOf, root, runbooksFolder } from './places.ts';
import { readRules } from './read-rules.ts';

const pages = filesOf(runbooksFolder, '.md').filter(({ name }) => name !== 'README.md');
const alerts = [...new Set(readRules().flatMap(({ alert }) => alert ?? []))].sort();
const index = filesOf(runbooksFolder, 'README.md')[0]?.text ?? '';

/** Of the blackbox exporter. */
const foreign = new Set(['probe_ssl_earliest_cert_expiry']);
const queries = pages.flatMap(({ name, text }) =>
  blocksOf(text, 'promql').flatMap((block) => block.split('\n').map((query) => ({ name, query }))),
);

test('there is a page for each alert, and for nothing else', () => {
  expect(pages.map(({ name }) => name)).toEqual(alerts.map((alert) => `${alert}.md`));
  for (const { name } of pages) expect(index).toContain(`](${name})`);
});

test.each([...pages, { name: 'README.md', text: index }])('$name: every link leads somewhere', ({ text }) => {
  const links = [...text.matchAll(/\]\(([^)#]+)(#[^)]*)?\)/g)];
  const broken = links.filter(([, link = '', anchor]) => {
    const place = join(runbooksFolder, link);
    if (!existsSync(place)) return true;
    return anchor !== undefined && !anchorsOf(readFileSync(place, 'utf8')).includes(anchor);
  });
  expect(broken.map(([link]) => link)).toEqual([]);
});

/** In the order in which somebody who was woken up reads. */
const sections = [
  'What users notice',
  'Is data at risk?',
  'First three commands',
  'Causes',
  'What to do',
  'Escalation',
] as const;

test.each(pages)('$name has what is read at night, in the order in which it is read', ({ name, text }) => {
  const headings = [...text.matchAll(/^#+ .*$/gm)].map(([heading]) => heading);
  expect(headings).toEqual([`# ${name.replace('.md', '')}`, ...sections.map((title) => `## ${title}`)]);
  expect(sections.filter((title) => sectionOf(text, title) === '')).toEqual([]);
});

test.each(pages)('$name begins with three commands of a cluster, and has them for a laptop', ({ text }) => {
  const [cluster = '', laptop] = sectionOf(text, 'First three commands').split('On a laptop');
  const shell = blocksOf(cluster, 'sh').flatMap((block) => block.split('\n'));
  const asked = blocksOf(cluster, 'promql').flatMap((block) => block.split('\n'));
  expect([shell.length + asked.length, asked.length]).toEqual([3, 1]);
  expect(shell.filter((line) => !line.startsWith('kubectl '))).toEqual([]);
  const there = blocksOf(laptop ?? '', 'sh').flatMap((block) => block.split('\n'));
  expect(there.length).toBeGreaterThan(0);
  expect(there.filter((line) => /^(?:kubectl|helm) /.test(line))).toEqual([]);
});

test('every source that a command of a laptop names is one of the development servers', () => {
  const sources = parse(readFileSync(join(root, 'config/sources.yaml'), 'utf8')) as {
    sources: { id: string }[];
  };
  const named = pages.flatMap(({ text }) =>
    [...text.matchAll(/^npx sluice .* --source (\S+)/gm)].map(([, source = '']) => source),
  );
  expect(named).not.toEqual([]);
  expect(sources.sources.map(({ id }) => id)).toEqual(expect.arrayContaining(named));
});

test.each(queries)('$name: $query', ({ query }) => {
  expect([...metricNamesIn(query)].filter((name) => !isKnown(name) && !foreign.has(name))).toEqual([]);
});

function blocksOf(text: string, language: string): string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)\\n\`\`\`$`, 'gm'))].map(
    ([, block = '']) => block,
  );
}

/** The text of a section, trimmed. Returns an empty text if the page lacks the section. */
function sectionOf(text: string, title: string): string {
  const [, section = ''] = text.split(`\n## ${title}\n`);
  return (section.split('\n## ')[0] ?? '').trim();
}

/** As a forge makes them of headings. */
function anchorsOf(page: string): string[] {
  return [...page.matchAll(/^#+ (.*)$/gm)].map(
    ([, title = '']) =>
      `#${title
        .toLowerCase()
        .replaceAll(/[^\w -]/g, '')
        .replaceAll(' ', '-')}`,
  );
}

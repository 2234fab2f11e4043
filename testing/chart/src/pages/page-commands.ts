import { rawTopics } from '@sluice/vendors/topics';

/** A command that a page shows, without what a shell makes of it. */
export interface PageCommand {
  /** As the page has it, on one line. */
  readonly line: string;
  /** `kubectl`, `helm`, `sluice` or another program, and its arguments. */
  readonly words: readonly string[];
}

/** What stands for something of the reader's own, and what is there when a page is tried. */
const placeholders: Readonly<Record<string, string>> = {
  '<namespace>': 'data',
  '<pod>': 'sluice-ingress-0',
  '<node>': 'node-a',
  '<volume>': 'pvc-0b1c',
  '<version>': '1.2.3',
  '<revision>': '4',
  '<topic>': `sluice.${rawTopics[0] ?? ''}`,
  '<place>': '0/17',
  '<image>': 'registry.example.com/example/sluice',
  '<project>': 'example/sluice',
};

/**
 * Every command of a page, in its shell blocks and between backticks, but for those that are cut short (`…`). A pipe is two commands, and what `xargs -I {}` runs is run for the first pod's
 * claim. `npx sluice` is `sluice`, and so is what `kubectl exec` runs in the toolbox: that is two commands.
 * @throws on a placeholder that nobody knows
 */
export function commandsOf(page: string): PageCommand[] {
  const blocks = [...page.matchAll(/^```sh\n([\s\S]*?)\n```$/gm)].map(([, block = '']) => block);
  // A shorter one names a command and shows none: `helm upgrade --wait`.
  const spans = [...page.matchAll(/`((?:kubectl|helm|npx sluice) [^`\n]+)`/g)]
    .map(([, span = '']) => span)
    .filter((span) => span.split(' ').length > 3);
  return [...blocks.flatMap((block) => block.replaceAll('\\\n', ' ').split('\n')), ...spans]
    .filter((line) => !line.includes('…'))
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .flatMap((line) => line.split(' | ').flatMap((part) => expanded(line, wordsOf(filled(part)))));
}

function filled(text: string): string {
  return text.replaceAll(/<[a-z][a-z ]*>/g, (name) => {
    const value = placeholders[name];
    if (value === undefined) throw new Error(`No value is known for ${name}.`);
    return value;
  });
}

function expanded(line: string, words: readonly string[]): PageCommand[] {
  const [program, ...rest] = words;
  if (program === 'npx') return expanded(line, rest);
  if (program === 'xargs')
    return expanded(
      line,
      rest.slice(2).map((word) => word.replace('{}', 'pvc/spool-sluice-ingress-0')),
    );
  const own = { line, words };
  const at = words.indexOf('--');
  return program === 'kubectl' && rest[0] === 'exec' && words[at + 1] === 'sluice'
    ? [own, { line, words: words.slice(at + 1) }]
    : [own];
}

/** Words as a shell makes them of quotes and blanks. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g)].map(([word]) =>
    word.replaceAll(/'([^']*)'|"([^"]*)"/g, (_, single?: string, double?: string) => single ?? double ?? ''),
  );
}

/** Paths of the chart's values that a page names in backticks: `ingress.spool.size`. Files, topics and hosts are not paths. */
export function valuePathsOf(page: string, components: readonly string[]): string[] {
  const spans = [...page.matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span);
  return spans.flatMap((span) => {
    const [, path = ''] = /^([a-z]\w*(?:\.\w+)+)(?:[:=].*)?$/i.exec(span) ?? [];
    const isOther =
      /\.(?:yaml|yml|md|ts|json|mjs|avsc|sql|js|v\d+|heartbeat|example\.com)$/.test(path) ||
      rawTopics.some((topic) => path.endsWith(topic));
    return components.includes(path.split('.')[0] ?? '') && !isOther ? [path] : [];
  });
}

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | object;
}

/** Whether the schema of the chart's values has a path. */
export function isValue(schema: Schema, path: string): boolean {
  let at: Schema | undefined = schema;
  for (const name of path.split('.')) {
    if (typeof at.additionalProperties === 'object') return true;
    at = at.properties?.[name];
    if (at === undefined) return false;
  }
  return true;
}

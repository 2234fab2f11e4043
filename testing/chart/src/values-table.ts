import { parse } from 'yaml';

interface Row {
  readonly key: string;
  readonly value: string;
  readonly text: string;
}

/**
 * The tables of the chart's README: one for each top-level key of values.yaml, and one for the keys that have no
 * children. A row is a value; its meaning is the `# --` comment before it. Empty maps and lists are values.
 */
export function valuesTable(yaml: string): string {
  const values: unknown = parse(yaml);
  const comments = commentsOf(yaml);
  const rows = rowsOf(values, '').map(({ key, value }): Row => ({
    key,
    value,
    text: comments.get(key) ?? '',
  }));
  const groups = Map.groupBy(rows, ({ key }) => (key.includes('.') ? (key.split('.')[0] ?? '') : 'General'));
  const general = groups.get('General') ?? [];
  groups.delete('General');
  return [['General', general] as const, ...groups].map(([title, own]) => tableOf(title, own)).join('\n\n');
}

function tableOf(title: string, rows: readonly Row[]): string {
  const heading = title === 'General' ? `## ${title}` : `## \`${title}\``;
  const lines = rows.map(({ key, value, text }) => `| \`${key}\` | ${value} | ${text} |`);
  return [heading, '', '| value | default | meaning |', '| --- | --- | --- |', ...lines].join('\n');
}

function rowsOf(value: unknown, path: string): Omit<Row, 'text'>[] {
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
  const entries = isMap ? Object.entries(value) : [];
  const isLeaf = entries.length === 0 || /(^|\.)(resources|labels)$/.test(path);
  if (isLeaf) return [{ key: path, value: `\`${JSON.stringify(value).replaceAll('|', '\\|')}\`` }];
  return entries.flatMap(([key, inner]) => rowsOf(inner, path === '' ? key : `${path}.${key}`));
}

/** The `# --` comments of the file by the path of the key below them. */
function commentsOf(yaml: string): Map<string, string> {
  const comments = new Map<string, string>();
  const path: { indent: number; key: string }[] = [];
  let waiting: string[] = [];
  for (const line of yaml.split('\n')) {
    const comment = /^\s*# (-- )?(.*)$/.exec(line);
    if (comment) {
      if (comment[1] !== undefined) waiting = [comment[2] ?? ''];
      else if (waiting.length > 0) waiting.push(comment[2] ?? '');
      continue;
    }
    const found = /^(\s*)([\w]+):/.exec(line);
    if (!found) continue;
    const indent = found[1]?.length ?? 0;
    while (path.length > 0 && (path.at(-1)?.indent ?? 0) >= indent) path.pop();
    path.push({ indent, key: found[2] ?? '' });
    if (waiting.length > 0) comments.set(path.map(({ key }) => key).join('.'), waiting.join(' '));
    waiting = [];
  }
  return comments;
}

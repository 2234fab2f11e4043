import { parse } from 'yaml';

interface Row {
  readonly key: string;
  readonly value: string;
  readonly text: string;
}

/**
 * The rows of README's table: a row for each value of values.yaml, with what the lines before it say that begin with
 * `# --`. Maps and lists that are empty are values.
 */
export function valuesTable(yaml: string): string {
  const values: unknown = parse(yaml);
  const comments = commentsOf(yaml);
  const rows = rowsOf(values, '').map(({ key, value }): Row => ({
    key,
    value,
    text: comments.get(key) ?? '',
  }));
  const lines = rows.map(({ key, value, text }) => `| \`${key}\` | ${value} | ${text} |`);
  return ['| value | default | meaning |', '| --- | --- | --- |', ...lines].join('\n');
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

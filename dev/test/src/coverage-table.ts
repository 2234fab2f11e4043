import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

interface Count {
  readonly total: number;
  readonly covered: number;
}
type Summary = Record<string, { lines: Count; branches: Count }>;

/** Coverage of each package, from Istanbul's JSON summary of every file. Services that e2e tests start as processes are not seen by it. */
export function coverageTable(file: string): string {
  const summary = JSON.parse(readFileSync(file, 'utf8')) as Summary;
  const packages = new Map<string, { lines: [number, number]; branches: [number, number] }>();
  for (const [path, { lines, branches }] of Object.entries(summary)) {
    if (path === 'total') continue;
    const name = packageOf(relative(process.cwd(), path));
    const sum = packages.get(name) ?? { lines: [0, 0], branches: [0, 0] };
    sum.lines[0] += lines.covered;
    sum.lines[1] += lines.total;
    sum.branches[0] += branches.covered;
    sum.branches[1] += branches.total;
    packages.set(name, sum);
  }
  const rows = [...packages].sort(([a], [b]) => a.localeCompare(b));
  const width = Math.max(...rows.map(([name]) => name.length));
  return [
    `${'package'.padEnd(width)}   lines  branches`,
    ...rows.map(
      ([name, { lines, branches }]) => `${name.padEnd(width)}  ${percent(lines)}    ${percent(branches)}`,
    ),
  ].join('\n');
}

/** `libs/kafka/src/lane.ts` → `libs/kafka`; `schemas/src/topics.ts` → `schemas`. */
function packageOf(path: string): string {
  const [first = '', second = ''] = path.split('/');
  return second === 'src' || second === 'tools' ? first : `${first}/${second}`;
}

function percent([covered, total]: [number, number]): string {
  return total === 0 ? '    –' : `${((100 * covered) / total).toFixed(0).padStart(4)}%`;
}

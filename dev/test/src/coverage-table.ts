import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';

interface Location {
  readonly start: { readonly line: number };
}
/** Of one file, as Istanbul counts: by number of the statement or branch. */
export interface FileCoverage {
  readonly statementMap: Readonly<Record<string, Location>>;
  readonly s: Readonly<Record<string, number>>;
  readonly b: Readonly<Record<string, readonly number[]>>;
}
/** By path. */
export type Coverage = Readonly<Record<string, FileCoverage>>;

/** Those of some `coverage-final.json` that are there. */
export function readCoverage(files: readonly string[]): Coverage[] {
  return files
    .filter((file) => existsSync(file))
    .map((file) => JSON.parse(readFileSync(file, 'utf8')) as Coverage);
}

/** How much of each package some runs covered together. Services that tests start as processes are not seen. */
export function coverageTable(runs: readonly Coverage[], root: string): string {
  const packages = new Map<string, { lines: Share; branches: Share }>();
  for (const path of new Set(runs.flatMap((run) => Object.keys(run)))) {
    const ofFile = runs.flatMap((run) => run[path] ?? []);
    const name = packageOf(relative(root, path));
    const sum = packages.get(name) ?? { lines: [0, 0], branches: [0, 0] };
    add(sum.lines, linesOf(ofFile));
    add(sum.branches, branchesOf(ofFile));
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

/** How many are covered, of how many. */
type Share = [covered: number, total: number];

function add(sum: Share, [covered, total]: Share): void {
  sum[0] += covered;
  sum[1] += total;
}

/** A line is covered when any statement that begins on it ran. */
function linesOf(runs: readonly FileCoverage[]): Share {
  const lines = new Map<number, boolean>();
  for (const { statementMap, s } of runs)
    for (const [id, { start }] of Object.entries(statementMap))
      lines.set(start.line, (lines.get(start.line) ?? false) || (s[id] ?? 0) > 0);
  return share([...lines.values()]);
}

function branchesOf(runs: readonly FileCoverage[]): Share {
  const branches = new Map<string, boolean>();
  for (const { b } of runs)
    for (const [id, counts] of Object.entries(b))
      counts.forEach((count, at) => {
        const name = `${id}/${at}`;
        branches.set(name, (branches.get(name) ?? false) || count > 0);
      });
  return share([...branches.values()]);
}

const share = (covered: readonly boolean[]): Share => [covered.filter(Boolean).length, covered.length];

/** `libs/kafka/src/partition-queue.ts` → `libs/kafka`; `schemas/src/topics.ts` → `schemas`. */
function packageOf(path: string): string {
  const [first = '', second = ''] = path.split('/');
  return second === 'src' || second === 'tools' ? first : `${first}/${second}`;
}

function percent([covered, total]: Share): string {
  return total === 0 ? '    –' : `${((100 * covered) / total).toFixed(0).padStart(4)}%`;
}

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import ts from 'typescript';

const root = join(import.meta.dirname, '../../..');

/** Files that are reached from a file by imports of types and values. */
type Graph = ReadonlyMap<string, readonly string[]>;

/** What each file imports of its own package. Between packages lint forbids cycles. */
function readGraph(): Graph {
  const listed = spawnSync('git', ['ls-files', '-co', '--exclude-standard', '*.ts'], { cwd: root });
  const names = listed.stdout.toString().trim().split('\n');
  // A file that was removed is listed until that is committed.
  const files = names.filter((file) => existsSync(join(root, file)));
  return new Map(files.map((file) => [file, importsOf(file, readFileSync(join(root, file), 'utf8'))]));
}

function importsOf(file: string, text: string): string[] {
  return ts
    .preProcessFile(text)
    .importedFiles.filter(({ fileName }) => fileName.startsWith('.'))
    .map(({ fileName }) => normalize(join(dirname(file), fileName)));
}

/** Groups of files each of which reaches all others of its group: the strongly connected components. */
function cyclesOf(graph: Graph): string[][] {
  const cycles: string[][] = [];
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const visit = (file: string): number => {
    const at = order.size;
    order.set(file, at);
    let low = at;
    stack.push(file);
    for (const next of graph.get(file) ?? []) {
      if (!order.has(next)) low = Math.min(low, visit(next));
      else if (stack.includes(next)) low = Math.min(low, lowest.get(next) ?? order.get(next) ?? low);
    }
    lowest.set(file, low);
    if (low === at) {
      const group = stack.splice(stack.indexOf(file));
      if (group.length > 1 || graph.get(file)?.includes(file)) cycles.push(group.sort());
    }
    return low;
  };
  for (const file of graph.keys()) if (!order.has(file)) visit(file);
  return cycles;
}

test('no files of a package import each other in a circle, types included', () => {
  const graph = readGraph();
  expect(graph.size).toBeGreaterThan(500);
  expect([...graph.values()].flat().length).toBeGreaterThan(1_000);
  // When this fails: give the types that both sides need a file of their own.
  expect(cyclesOf(graph)).toEqual([]);
});

test.each([
  ['a value', "import { b } from './b.ts';", ['src/b.ts']],
  ['a type', "import type { B } from './b.ts';", ['src/b.ts']],
  ['what is loaded late', "await import('./b.ts');", ['src/b.ts']],
  ['what is exported again', "export type { B } from '../b.ts';", ['b.ts']],
  ['another package', "import { b } from '@sluice/b/b';", []],
])('%s is an import', (_name, text, files) => {
  expect(importsOf('src/a.ts', text)).toEqual(files);
});

test.each([
  ['a chain', { a: ['b'], b: ['c'], c: [] }, []],
  ['two ways to one file', { a: ['b', 'c'], b: ['d'], c: ['d'], d: [] }, []],
  ['a circle of three', { a: ['b'], b: ['c'], c: ['a'], d: ['a'] }, [['a', 'b', 'c']]],
  ['two circles', { a: ['b'], b: ['a', 'c'], c: ['d'], d: ['c'] }, [['c', 'd'], ['a', 'b']]], // prettier-ignore
  ['a circle behind another', { a: ['b'], b: ['c'], c: ['b', 'd'], d: ['c'] }, [['b', 'c', 'd']]],
  ['itself', { a: ['a'] }, [['a']]],
])('%s', (_name, graph: Record<string, string[]>, cycles) => {
  expect(cyclesOf(new Map(Object.entries(graph)))).toEqual(cycles);
});

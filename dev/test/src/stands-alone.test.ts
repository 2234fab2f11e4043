import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';

const root = join(import.meta.dirname, '../../..');
/** What is made or installed, and not written. */
const made = new Set(['node_modules', '.git', '.nx', '.sluice', 'coverage', 'dist', 'package-lock.json']);
const files = globSync('**/*.{ts,mts,mjs,js,json}', {
  cwd: root,
  exclude: (path) => made.has(basename(path)),
});

/** The quoted paths of a text that climb: `'../../x'`, `"../x"`. */
const climbing = /['"`]((?:\.\.\/)+[^'"`*\n]*)['"`]/g;

/** @returns the climbing paths of a file that leave the repository, taken from the file's own folder */
function pathsOutside(file: string, text: string): string[] {
  return Array.from(text.matchAll(climbing), ([, path = '']) => path).filter((path) =>
    relative(root, join(root, dirname(file), path)).startsWith('..'),
  );
}

test('no file names a path outside of the repository: a clone in an empty folder has all it needs', () => {
  const outside = files.flatMap((file) =>
    pathsOutside(file, readFileSync(join(root, file), 'utf8')).map((path) => `${file}: ${path}`),
  );
  expect(files.length).toBeGreaterThan(500);
  expect(outside).toEqual([]);
});

test('such a path is found, and one that stays within is not', () => {
  const [inside, outside] = ['../../b/c.json', '../../../d.json'];
  expect(pathsOutside('a/b/x.ts', `read('${inside}')`)).toEqual([]);
  expect(pathsOutside('a/b/x.ts', `read('${outside}')`)).toEqual([outside]);
});

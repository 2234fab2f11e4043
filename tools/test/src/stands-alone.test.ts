import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const root = join(import.meta.dirname, '../../..');
const files = execFileSync('git', ['ls-files', '-z', '*.ts', '*.mts', '*.mjs', '*.js', '*.json'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\0')
  .filter((file) => file !== '' && file !== 'package-lock.json');

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

import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { isVersion } from './version.ts';

const root = join(import.meta.dirname, '../../..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

interface Manifest {
  readonly version?: string;
  readonly private?: boolean;
  readonly workspaces?: readonly string[];
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}
const manifestOf = (file: string): Manifest => JSON.parse(read(file)) as Manifest;

const { version = '', workspaces = [] } = manifestOf('package.json');
const packages = workspaces.flatMap((pattern) => globSync(`${pattern}/package.json`, { cwd: root }));

test.each(packages)('%s is private and has the version of the root alone', (file) => {
  const { private: isPrivate, version: own, dependencies, devDependencies } = manifestOf(file);
  expect([isPrivate, own]).toEqual([true, undefined]);
  const internal = Object.entries({ ...dependencies, ...devDependencies }).filter(([name]) =>
    name.startsWith('@sluice/'),
  );
  expect(internal.filter(([, range]) => range !== '*')).toEqual([]);
});

test('the lock file and the chart follow the root', () => {
  expect(isVersion(version)).toBe(true);
  expect(packages.length).toBeGreaterThan(20);
  expect(JSON.parse(read('package-lock.json'))).toMatchObject({ version, packages: { '': { version } } });
  expect(parse(read('helm/sluice/Chart.yaml'))).toMatchObject({ version, appVersion: version });
});

test('no page and no values file names the version: it would be wrong after the next release', () => {
  const files = ['README.md', ...globSync(['docs/**/*.md', 'helm/**/*.{md,yaml}'], { cwd: root })];
  const names = [
    `sluice:${version}`,
    `sluice-${version}`,
    `version=${version}`,
    `VERSION=${version}`,
    `tag: ${version}`,
  ];
  expect(files.length).toBeGreaterThan(50);
  expect(files.filter((file) => names.some((name) => read(file).includes(name)))).toEqual([]);
});

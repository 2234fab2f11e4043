import { globSync, readFileSync } from 'node:fs';
import { dirname, join, matchesGlob, relative } from 'node:path';

/** Nx takes the result of a package's unit tests from its cache until one of its inputs changes: they must be complete. */
const root = join(import.meta.dirname, '../../..');

interface Manifest {
  readonly nx: { readonly namedInputs?: { readonly outside?: readonly string[] } };
}
interface NxConfig {
  readonly namedInputs: { readonly sharedGlobals: readonly string[] };
  readonly targetDefaults: { readonly test: { readonly inputs: readonly string[] } };
}

const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const nx = JSON.parse(read('nx.json')) as NxConfig;
const patternsOf = (inputs: readonly string[]): string[] =>
  inputs.map((input) => input.replace('{workspaceRoot}/', ''));

/** The packages with cached unit tests; everything in testing/e2e starts the whole system. */
const packages = globSync('{schemas,vendors,{libs,services,sdk,dev,testing}/*}/jest.config.mjs', {
  cwd: root,
})
  .map(dirname)
  .filter((folder) => folder !== 'testing/e2e')
  .map((folder) => ({
    folder,
    outside: patternsOf(
      (JSON.parse(read(`${folder}/package.json`)) as Manifest).nx.namedInputs?.outside ?? [],
    ),
    files: globSync('**/*.{ts,mjs}', {
      cwd: join(root, folder),
      exclude: (path) => /(^|\/)(node_modules|dist|coverage)$|\.(integration|e2e)\.test\.ts$/.test(path),
    }),
  }));

/** The quoted paths of a text that climb, and are not imported. */
const climbing =
  /(?<!(?:from|import) |import\(|\()['"`](?:\$\{import\.meta\.dirname\}\/)?((?:\.\.\/)*\.\.(?:\/[^'"`*\n]*)?)['"`]/g;

/** What a file names outside of its package, from the repository's root; '' is the root itself. */
function namedOutside(folder: string, file: string, text: string): string[] {
  return Array.from(text.matchAll(climbing), ([, path = '']) => join(folder, dirname(file), path))
    .map((path) => (path === './' ? '' : relative('.', path)))
    .filter((path) => path !== folder && !path.startsWith(`${folder}/`));
}

/**
 * Files that name the root, or another folder outside, and whose unit tests read no more there than is declared: the rest
 * is what programs write, or what integration and e2e tests alone start and read.
 */
const reviewed = new Set([
  'dev/new-vendor/src/main.ts', // vendors/
  'dev/servers/src/folders.ts', // docker-compose.yml, and the data folder
  'dev/start/src/choose-sources.ts', // config/
  'dev/start/src/development-sources.ts', // config/
  'dev/start/src/run-file.ts', // the data folder
  'dev/start/src/services.ts', // where services are started
  'dev/start/src/stop.ts',
  'dev/start/src/main.ts',
  'sdk/echat-staff/build/bundle.ts', // a path within node_modules
  'sdk/echat-staff/src/package.test.ts', // a path within node_modules
  'services/cli/bin/sluice.mjs', // node_modules
  'services/cli/src/commands.test.ts', // a folder to run in
  'services/cli/src/sbom/command.ts', // package-lock.json
  'services/cli/testing/start-ingress.ts',
  'services/cli/testing/start-worker.ts',
  'testing/bench/src/views.ts',
  'testing/faults/src/cases/staff-batches.ts',
  'testing/faults/src/system/next-build.ts',
  'testing/faults/src/system/run-sluice.ts',
  'testing/faults/src/system/service.ts',
  'vendors/field-coverage/generate.ts',
]);

function undeclared(): string[] {
  const shared = patternsOf(nx.namedInputs.sharedGlobals);
  return packages.flatMap(({ folder, outside, files }) =>
    files
      .filter((file) => !reviewed.has(join(folder, file)))
      .flatMap((file) =>
        namedOutside(folder, file, read(join(folder, file)))
          .filter((path) => ![...outside, ...shared].some((pattern) => isWithin(path, pattern)))
          .map((path) => `${join(folder, file)}: ${path === '' ? 'the root' : path}`),
      ),
  );
}

/** `**` covers all, the root too; `config/**` covers config itself. */
const isWithin = (path: string, pattern: string): boolean =>
  pattern === '**/*' || matchesGlob(path, pattern) || `${path}/**/*` === pattern;

test('a package declares every file that its unit tests name outside of it as an input of theirs', () => {
  expect(packages.length).toBeGreaterThan(25);
  expect(undeclared()).toEqual([]);
});

test('what a dependency reads outside of itself is an input too', () => {
  expect(nx.targetDefaults.test.inputs).toEqual(
    expect.arrayContaining(['default', '^production', 'outside', '^outside']),
  );
});

test('a path that climbs out is found, an import and one that stays within are not', () => {
  const [page, root, own] = ['../../../docs/a.md', '../../..', '../samples'];
  const find = (text: string): string[] => namedOutside('libs/kafka', 'src/a.test.ts', text);
  expect(find(`join(import.meta.dirname, '${page}')`)).toEqual(['docs/a.md']);
  expect(find(`join(import.meta.dirname, '${root}')`)).toEqual(['']);
  expect(find(`\`\${import.meta.dirname}/${root}\``)).toEqual(['']);
  expect(find(`join(import.meta.dirname, '${own}')`)).toEqual([]);
  expect(find(`import { a } from '${page}'`)).toEqual([]);
});

import { globSync } from 'node:fs';
import { join } from 'node:path';

const root = import.meta.dirname;

/** The tiers of test files, by name. What neither pattern of another tier matches is a unit test. */
const patterns = {
  integration: '**/*.integration.test.ts',
  e2e: '**/*.e2e.test.ts',
};
/** Everything in this package is of the tier e2e. */
const wholeSystem = 'e2e';

/**
 * The Jest configuration of one package: a project for each tier that has files in it.
 *
 * - unit (`kafka`): needs no server, and no network but 127.0.0.1
 * - integration (`kafka:integration`): needs Kafka, the registry, ClickHouse, Elasticsearch, or a downloaded program.
 *   The servers are brought up before the first test and released after the last.
 * - e2e (`faults:e2e`; `e2e`): starts the whole system, with the servers as above
 * @param {string} name shown before its tests
 * @param {string} folder of the package, absolute
 */
export default function preset(name, folder) {
  if (!folder)
    throw new Error(`The package ${name} must give its folder: preset('${name}', import.meta.dirname).`);
  const has = (pattern) =>
    globSync(pattern, { cwd: folder, exclude: ['**/node_modules', '**/dist'] }).length > 0;
  if (name === wholeSystem) return { projects: [withServers(project(name, folder, ['**/*.test.ts']))] };
  const others = Object.values(patterns).map((pattern) => `!${pattern}`);
  const tiers = Object.entries(patterns).filter(([, pattern]) => has(pattern));
  return {
    projects: [
      project(name, folder, ['**/*.test.ts', ...others]),
      ...tiers.map(([tier, pattern]) => withServers(project(`${name}:${tier}`, folder, [pattern]))),
    ],
  };
}

/** @param {string[]} testMatch below the folder */
function project(displayName, folder, testMatch) {
  // Sources are TypeScript that Node runs as it stands; Jest has no type stripping of its own.
  const transform = [
    join(root, 'node_modules/@swc/jest/index.js'),
    {
      jsc: { parser: { syntax: 'typescript' }, target: 'es2024' },
      module: { type: 'commonjs', importInterop: 'node' },
      sourceMaps: 'inline',
    },
  ];
  return {
    displayName,
    rootDir: folder,
    testEnvironment: 'node',
    testMatch,
    // The exporter of spans loads Node's http by a dynamic import, and jose, oauth4webapi and @platformatic/kafka are ES modules alone: Jest runs none as it stands.
    transform: {
      '^.+\\.ts$': transform,
      '/(otlp-exporter-base|jose|oauth4webapi|@platformatic/(kafka|wasm-utils|dynamic-buffer))/.+\\.js$':
        transform,
    },
    moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json'],
    // Linked packages stand in node_modules by name; their real path is in the workspace and is transformed.
    transformIgnorePatterns: [
      '/node_modules/(?!(@opentelemetry/otlp-exporter-base|jose|oauth4webapi|@platformatic/[a-z-]+)/)',
    ],
    // What a package builds has a package.json of the package's own name.
    modulePathIgnorePatterns: ['<rootDir>/dist'],
    // What e2e evaluates in a browser could not reach the counters.
    coveragePathIgnorePatterns: ['/node_modules/', '/generated/', '\\.test\\.ts$', '/testing/e2e/src/'],
  };
}

function withServers(project) {
  return {
    ...project,
    globalSetup: join(root, 'dev/servers/src/jest-global-setup.ts'),
    globalTeardown: join(root, 'dev/servers/src/jest-global-teardown.ts'),
  };
}

/**
 * The integration tests of projects a second time, with an OpenSearch of their own in place of the servers:
 * `sink-elasticsearch:opensearch:integration`.
 * @param {string} setupFile runs before each test file, with `SLUICE_TEST_OPENSEARCH_URL` in the environment
 */
export function onOpenSearch(projects, setupFile) {
  return projects
    .filter(({ displayName }) => displayName.endsWith(':integration'))
    .map((project) => ({
      ...project,
      displayName: project.displayName.replace(/integration$/, 'opensearch:integration'),
      globalSetup: join(root, 'dev/servers/src/jest-opensearch-setup.ts'),
      globalTeardown: join(root, 'dev/servers/src/jest-opensearch-teardown.ts'),
      setupFiles: [setupFile],
    }));
}

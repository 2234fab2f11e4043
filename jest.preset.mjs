import { join } from 'node:path';

const root = import.meta.dirname;

/**
 * The Jest configuration of one package.
 * @param {string} name shown before its tests
 * @param {{ servers?: boolean }} [needs] `servers`: its tests use the real Kafka, registry, ClickHouse and
 *   Elasticsearch, so they are brought up before the first test and released after the last.
 */
export default function preset(name, needs = {}) {
  const project = {
    displayName: name,
    testEnvironment: 'node',
    testMatch: ['<rootDir>/**/*.test.ts'],
    // Sources are TypeScript that Node runs as it stands; Jest has no type stripping of its own.
    transform: {
      '^.+\\.ts$': [
        join(root, 'node_modules/@swc/jest/index.js'),
        {
          jsc: { parser: { syntax: 'typescript' }, target: 'es2024' },
          module: { type: 'commonjs', importInterop: 'node' },
          sourceMaps: 'inline',
        },
      ],
    },
    moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json'],
    // Linked packages stand in node_modules by name; their real path is in the workspace and is transformed.
    transformIgnorePatterns: ['/node_modules/'],
    // What e2e evaluates in a browser could not reach the counters.
    coveragePathIgnorePatterns: ['/node_modules/', '/generated/', '\\.test\\.ts$', '/e2e/src/'],
  };
  if (needs.servers) {
    project.globalSetup = join(root, 'tools/servers/src/jest-global-setup.ts');
    project.globalTeardown = join(root, 'tools/servers/src/jest-global-teardown.ts');
  }
  return project;
}

import { join } from 'node:path';

const root = import.meta.dirname;

/**
 * The Jest configuration of one package.
 * @param {string} name shown before its tests
 * @param {{ servers?: boolean }} [needs] `servers`: its tests use the real Kafka, registry, ClickHouse and
 *   Elasticsearch, so they are brought up before the first test and released after the last.
 */
export default function preset(name, needs = {}) {
  // Sources are TypeScript that Node runs as it stands; Jest has no type stripping of its own.
  const transform = [
    join(root, 'node_modules/@swc/jest/index.js'),
    {
      jsc: { parser: { syntax: 'typescript' }, target: 'es2024' },
      module: { type: 'commonjs', importInterop: 'node' },
      sourceMaps: 'inline',
    },
  ];
  const project = {
    displayName: name,
    testEnvironment: 'node',
    testMatch: ['<rootDir>/**/*.test.ts'],
    // The exporter of spans loads Node's http by a dynamic import, which Jest cannot run as it stands.
    transform: { '^.+\\.ts$': transform, '/otlp-exporter-base/.+\\.js$': transform },
    moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json'],
    // Linked packages stand in node_modules by name; their real path is in the workspace and is transformed.
    transformIgnorePatterns: ['/node_modules/(?!@opentelemetry/otlp-exporter-base/)'],
    // What e2e evaluates in a browser could not reach the counters.
    coveragePathIgnorePatterns: ['/node_modules/', '/generated/', '\\.test\\.ts$', '/e2e/src/'],
  };
  if (needs.servers) {
    project.globalSetup = join(root, 'tools/servers/src/jest-global-setup.ts');
    project.globalTeardown = join(root, 'tools/servers/src/jest-global-teardown.ts');
  }
  return project;
}

import type { KnipConfig } from 'knip';

/** What nothing uses fails the test command. Services are entered at main.ts, tests and tools by their names. */
const config: KnipConfig = {
  workspaces: {
    '.': { entry: ['jest.preset.mjs', 'docker/*.mjs', 'dev/bootstrap.mjs'] },
    'libs/*': { entry: ['{src,testing}/**/*.test.ts'] },
    'libs/service': { entry: ['src/**/*.test.ts', 'testing/{tiny-service,tell-loaded}.ts'] },
    vendors: { entry: ['*/testing.ts', '*/simulator.ts', '**/*.test.ts'] },
    'services/*': { entry: ['src/main.ts', 'src/**/*.test.ts'] },
    'services/agent-panel': { entry: ['src/main.ts', 'browser/panel.ts', 'src/**/*.test.ts'] },
    'testing/simulator': { entry: ['src/**/*.test.ts'] },
    schemas: { entry: ['{src,tools}/**/*.test.ts'] },
    // Next to the tests: what is preloaded into services, and what runs in a namespace of its own.
    'testing/faults': {
      entry: [
        'src/main.ts',
        'src/alerts/main.ts',
        'src/**/*.test.ts',
        'src/system/{poison,shifted-clock}.ts',
        'src/proxy/lossy-relay.ts',
      ],
      // The kernel's own tools, where they are not there the case says so; openssl makes a certificate.
      ignoreBinaries: ['unshare', 'nsenter', 'nft', 'openssl'],
    },
    'testing/chart': {
      entry: ['src/main.ts', 'src/testing/oidc-provider.ts', 'src/**/*.test.ts'],
      ignoreBinaries: ['java'],
    },
    'dev/monitoring': { entry: ['src/**/*.test.ts'] },
    '{dev,testing}/*': { entry: ['src/main.ts', 'src/**/*.test.ts'] },
    'dev/servers': {
      entry: [
        'src/main.ts',
        'src/supervisor.ts',
        'src/clickhouse-server.ts',
        'src/jest-*.ts',
        'src/**/*.test.ts',
        'testing/*.ts',
      ],
    },
    'dev/test': {
      entry: [
        'src/main.ts',
        'src/longest-first.ts',
        'src/**/*.test.ts',
        'testing/{lint-texts,list-loaded,longest-functions}.ts',
      ],
    },
    'dev/start': {
      entry: ['src/main.ts', 'src/stop.ts', 'src/{exit-with-parent,watch-service}.ts', 'src/**/*.test.ts'],
    },
    // What browsers get of it as it stands.
    'testing/workbench-emulator': { entry: ['src/{vendor-script,workbench}.js', 'src/**/*.test.ts'] },
    // Its program is unpacked from the package's folder, not imported.
    'testing/e2e': { entry: ['src/**/*.test.ts'], ignoreDependencies: ['@sparticuz/chromium'] },
    'examples/subscribing': { entry: ['consumer.ts'] },
  },
};

export default config;

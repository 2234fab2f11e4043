import nx from '@nx/eslint-plugin';
import regexp from 'eslint-plugin-regexp';
import tseslint from 'typescript-eslint';
import { plainWords } from './dev/lint/plain-words.mjs';
import { longFunctions } from './eslint-long-functions.mjs';

/** The one package that may import each client; everyone else goes through it. */
const clients = {
  kafkajs: 'libs/kafka',
  '@platformatic/kafka': 'libs/kafka',
  '@clickhouse/client': 'services/sink-clickhouse',
  '@elastic/elasticsearch': 'services/sink-elasticsearch',
  '@opensearch-project/opensearch': 'services/sink-elasticsearch',
  '@opentelemetry/api': 'libs/telemetry',
  '@opentelemetry/sdk-trace': 'libs/telemetry',
};

const notProduction = ['**/*.test.ts', '**/testing/**', 'vendors/*/testing.ts', 'vendors/field-coverage/**'];
const simulated = ['vendors/simulators.ts', 'vendors/*/simulator.ts', 'vendors/*/simulator/**/*.ts'];

const doubles = {
  group: ['**/testing/**', '**/testing.ts', '@jest/globals'],
  message: 'Only tests import what is made for tests: the image does not hold it.',
};
const simulators = {
  group: ['@sluice/vendors/simulators', '**/simulators.ts', '**/simulator.ts', './simulator/**'],
  message: 'Only the command line and tests import the simulated side of a vendor.',
};

/** How long a function may be. @param {number} max */
const lines = (max) => ({ max, skipBlankLines: true, skipComments: true });

/** Folders whose comments and messages do not use plain words yet. The texts of released schemas stay as they are. */
const notYetPlain = ['schemas/model'];

export default tseslint.config(
  {
    ignores: [
      '**/node_modules',
      '**/coverage',
      '**/dist',
      '.nx',
      '.sluice',
      'schemas/src/generated',
      '**/fixtures',
    ],
  },
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    plugins: { '@nx': nx, regexp },
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      // Code is generated when it is built (`npm run generate`), never from text at run time.
      '@typescript-eslint/no-implied-eval': 'error',
      'no-eval': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'no-restricted-imports': [
        'error',
        {
          paths: Object.entries(clients).map(([name, home]) => ({
            name,
            message: `Only ${home} imports ${name}; use what it exports.`,
          })),
        },
      ],
      // What senders write reaches most expressions: each takes time linear in its text, wherever it is tried from.
      'regexp/no-super-linear-backtracking': ['error', { report: 'potential' }],
      'regexp/no-super-linear-move': ['error', { report: 'potential', ignorePartial: false }],
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportAllDeclaration', message: 'Name what the package exports.' },
      ],
      '@nx/enforce-module-boundaries': [
        'error',
        {
          enforceBuildableLibDependency: false,
          allow: [],
          depConstraints: [
            // Libraries are what two services share: they know neither services nor tools.
            { sourceTag: 'type:lib', onlyDependOnLibsWithTags: ['type:lib', 'type:schemas'] },
            { sourceTag: 'type:schemas', onlyDependOnLibsWithTags: [] },
            // Everything that knows a vendor, between libraries and services.
            {
              sourceTag: 'type:vendors',
              onlyDependOnLibsWithTags: ['type:lib', 'type:schemas', 'type:simulator'],
            },
            // Services talk through topics, never through imports.
            {
              sourceTag: 'type:service',
              onlyDependOnLibsWithTags: ['type:lib', 'type:schemas', 'type:vendors'],
            },
            // The simulator proves the ingress: it must share no code with it, not even a library.
            { sourceTag: 'type:simulator', onlyDependOnLibsWithTags: [] },
            {
              sourceTag: 'type:cli',
              onlyDependOnLibsWithTags: [
                'type:lib',
                'type:schemas',
                'type:vendors',
                'type:simulator',
                'type:service',
              ],
            },
            {
              sourceTag: 'type:tool',
              onlyDependOnLibsWithTags: [
                'type:tool',
                'type:lib',
                'type:schemas',
                'type:vendors',
                'type:simulator',
                'type:cli',
                'type:service',
              ],
            },
          ],
        },
      ],
    },
  },
  ...[...new Set(Object.values(clients))].map((home) => ({
    files: [`${home}/**/*.ts`],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: Object.entries(clients)
            .filter(([, place]) => place !== home)
            .map(([other, place]) => ({
              name: other,
              message: `Only ${place} imports ${other}; use what it exports.`,
            })),
        },
      ],
    },
  })),
  {
    // What services and libraries run. Doubles, contract suites and scratch resources are in `testing/` of their package;
    // the vendors' simulated sides are for the command line's `sim` and `check`, and for tests.
    files: ['{libs,services,sdk}/*/src/**/*.ts', 'schemas/src/**/*.ts', 'vendors/**/*.ts'],
    ignores: [...notProduction, ...simulated],
    rules: {
      '@typescript-eslint/no-restricted-imports': ['error', { patterns: [doubles, simulators] }],
    },
  },
  {
    files: ['vendors/**/*.ts'],
    ignores: [...notProduction, ...simulated],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        { patterns: [doubles, { ...simulators, group: [...simulators.group, '@sluice/simulator/*'] }] },
      ],
    },
  },
  {
    files: ['services/cli/src/**/*.ts'],
    ignores: notProduction,
    rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns: [doubles] }] },
  },
  {
    // The simulated side of a vendor proves what reads its pushes: it shares no code with it.
    files: simulated,
    ignores: ['**/*.test.ts', '**/testing/**', 'vendors/simulators.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            doubles,
            {
              regex:
                '^@sluice/(?!simulator/)|^\\.\\./\\.\\.|^\\.\\.?/(?!simulator)(?:receiving|mapping|settings|vendor|durations|data-type)',
              message: 'What the simulator shares with the gateway, it cannot prove.',
            },
          ],
        },
      ],
    },
  },
  {
    // What other teams copy: the clients as they are, and nothing of ours.
    files: ['examples/subscribing/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: ['@sluice/*', '../*'], message: 'Another team copies this file alone.' }] },
      ],
    },
  },
  {
    files: ['**/*.ts'],
    rules: { 'max-lines-per-function': ['error', lines(40)] },
  },
  ...Object.entries(longFunctions).map(([file, [max]]) => ({
    files: [file],
    rules: { 'max-lines-per-function': ['error', lines(max)] },
  })),
  {
    // Tests, and the programs that are tests.
    files: ['testing/**/*.ts', '**/testing/**/*.ts', '**/testing.ts', '**/*.test.ts'],
    rules: { 'max-lines-per-function': 'off' },
  },
  {
    files: ['**/*.ts'],
    ignores: notYetPlain.map((folder) => `${folder}/**`),
    plugins: { sluice: { rules: { 'plain-words': plainWords } } },
    rules: { 'sluice/plain-words': 'error' },
  },
  {
    files: ['**/*.test.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
);

import { join } from 'node:path';
import { acquireServers } from '@sluice/dev-servers/acquire-servers';
import { coverageTable, readCoverage } from './coverage-table.ts';
import { runStep, type Step } from './run-step.ts';
import { runJest, type TestRun } from './run-jest.ts';
import { runUnitTests } from './run-unit-tests.ts';
import { slowestFiles, sumOf } from './test-results.ts';
import { isTier, tiers, type Tier } from './tiers.ts';
import { serverWorkers, thisMachine, unitWorkers } from './worker-count.ts';

/**
 * `npm test`: everything that must hold: format, lint, types, unused code, and all tests against real servers. With the
 * name of a tier: its tests alone. The servers start while the first steps run. The last line is the count of tests.
 */
const root = join(import.meta.dirname, '../../..');
/** What did not change since the last run is not looked at again. */
const caches = join(root, 'node_modules/.cache');
const machine = thisMachine();
const parallel = ['--parallel', String(unitWorkers(machine)), '--outputStyle', 'static'];
const steps: readonly Step[] = [
  {
    name: 'format',
    command: 'prettier',
    args: ['--check', '--log-level', 'warn', '--cache', '--cache-strategy', 'content', '.'],
    fix: 'npm run format',
  },
  { name: 'lint', command: 'nx', args: ['run-many', '-t', 'lint', ...parallel], fix: 'npm run lint' },
  {
    name: 'prose',
    command: 'textlint',
    args: ['--cache', '--cache-location', join(caches, 'textlint'), '**/*.md'],
    fix: 'npm run lint:docs',
  },
  {
    name: 'spelling',
    command: 'cspell',
    args: [
      ...['lint', '--no-progress', '--quiet'],
      ...['--cache', '--cache-strategy', 'content', '--cache-location', join(caches, 'cspell'), '.'],
    ],
    fix: 'npm run lint:docs',
  },
  {
    name: 'types',
    command: 'nx',
    args: ['run-many', '-t', 'typecheck', ...parallel],
    fix: 'npm run typecheck',
  },
  {
    name: 'types of what the image runs',
    command: 'tsc',
    args: [
      ...['-p', 'tsconfig.production.json', '--incremental'],
      ...['--tsBuildInfoFile', join(caches, 'tsconfig.production.tsbuildinfo')],
    ],
    fix: 'npm run typecheck',
  },
  { name: 'unused code', command: 'knip', args: [], fix: 'npm run knip' },
];
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const [chosen, ...rest] = process.argv.slice(2);
if (rest.length > 0 || (chosen !== undefined && !isTier(chosen))) {
  say(`Name one of ${tiers.join(', ')}, or nothing for all. Single files: npx jest, see CONTRIBUTING.md.`);
  process.exitCode = 2;
} else await runAll(chosen === undefined ? tiers : [chosen]);

async function runAll(wanted: readonly Tier[]): Promise<void> {
  const withServers = wanted.filter((tier) => tier !== 'unit');
  const starting = withServers.length > 0 ? acquireServers({ onProgress: tellServer }) : null;
  // Told below, where it is awaited; what comes before needs no servers.
  starting?.catch(() => undefined);

  let failedSteps = 0;
  if (wanted === tiers) for (const step of steps) if (!(await runStep(step, say))) failedSteps += 1;
  const runs: TestRun[] = [];
  if (wanted.includes('unit')) runs.push(await runUnitTests(root, unitWorkers(machine), say));
  try {
    const lease = await starting;
    if (lease) runs.push(await runJest(root, withServers, serverWorkers(machine)));
    await lease?.release();
  } catch (error) {
    say(`\n${error instanceof Error ? error.message : String(error)}`);
    failedSteps += 1;
  }
  report(runs, failedSteps);
}

function tellServer({ server, message }: { server?: string; message: string }): void {
  say(`  ${server ? `${server}: ` : ''}${message}`);
}

function report(runs: readonly TestRun[], failedSteps: number): void {
  const coverage = readCoverage(runs.flatMap(({ coverageFiles }) => coverageFiles));
  if (coverage.length > 0) say(`\n${coverageTable(coverage, root)}`);
  const { passed, failed, skipped, files } = sumOf(runs.map(({ counts }) => counts));
  say(`\nThe slowest files:\n${slowestFiles(files).join('\n')}`);
  if (failedSteps > 0) say(`\n${failedSteps} of the checks besides the tests failed: see above.`);
  say(`\n${passed} passed, ${failed + failedSteps} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  process.exitCode = failed + failedSteps > 0 || passed === 0 ? 1 : 0;
}

import { acquireServers } from '@sluice/dev-servers/acquire-servers';
import { coverageTable } from './coverage-table.ts';
import { runStep, type Step } from './run-step.ts';
import { runJest } from './run-jest.ts';

/**
 * Everything that must hold: format, lint, types, unused code, and all tests against real servers. The servers
 * start while the first steps run. The last line is the count of tests.
 */
const steps: readonly Step[] = [
  {
    name: 'format',
    command: 'prettier',
    args: ['--check', '--log-level', 'warn', '.'],
    fix: 'npm run format',
  },
  {
    name: 'lint',
    command: 'nx',
    args: ['run-many', '-t', 'lint', '--parallel', '2', '--outputStyle', 'static'],
    fix: 'npm run lint',
  },
  { name: 'prose', command: 'textlint', args: ['**/*.md'], fix: 'npm run lint:docs' },
  {
    name: 'spelling',
    command: 'cspell',
    args: ['lint', '--no-progress', '--quiet', '.'],
    fix: 'npm run lint:docs',
  },
  {
    name: 'types',
    command: 'nx',
    args: ['run-many', '-t', 'typecheck', '--parallel', '2', '--outputStyle', 'static'],
    fix: 'npm run typecheck',
  },
  {
    name: 'types of what the image runs',
    command: 'tsc',
    args: ['-p', 'tsconfig.production.json'],
    fix: 'npm run typecheck',
  },
  { name: 'unused code', command: 'knip', args: [], fix: 'npm run knip' },
];
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const starting = acquireServers({
  onProgress: ({ server, message }) => say(`  ${server ? `${server}: ` : ''}${message}`),
});
// Told below, where it is awaited; the checks before it need no servers.
starting.catch(() => undefined);

let failedSteps = 0;
for (const step of steps) if (!(await runStep(step, say))) failedSteps += 1;

try {
  const lease = await starting;
  const { passed, failed, skipped, coverageFile } = await runJest(process.argv.slice(2));
  await lease.release();
  if (coverageFile) say(`\n${coverageTable(coverageFile)}`);
  if (failedSteps > 0) say(`\n${failedSteps} of the checks before the tests failed: see above.`);
  say(`\n${passed} passed, ${failed + failedSteps} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  process.exitCode = failed + failedSteps > 0 || passed === 0 ? 1 : 0;
} catch (error) {
  say(`\n${error instanceof Error ? error.message : String(error)}`);
  say(`\n0 passed, ${failedSteps + 1} failed`);
  process.exitCode = 1;
}

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './run-step.ts';
import { projectsOf, type Say, type TestRun } from './run-jest.ts';
import { readCounts, sumOf } from './test-results.ts';

/** Runs the unit tests of each package by Nx, which takes the results of those that nothing has changed for from its cache. */
export async function runUnitTests(root: string, workers: number, say: Say): Promise<TestRun> {
  const folders = (await projectsOf(root, ['unit'])).map(({ rootDir }) => join(rootDir, 'coverage'));
  const filesOf = (name: string): string[] => folders.map((folder) => join(folder, name));
  // What is there after the run is of this run, or of the cache.
  for (const file of filesOf('results.json')) rmSync(file, { force: true });
  const startedAt = performance.now();
  const { code, output } = await run('nx', [
    ...['run-many', '-t', 'test', '--parallel', String(workers), '--outputStyle', 'static'],
  ]);
  const counts = sumOf(filesOf('results.json').map((file) => readCounts(file, root)));
  const hasFailed = code !== 0 || counts.failed > 0;
  if (hasFailed) say(output.trimEnd());
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const cached = /Cache:\s+(\d+\/\d+) hit/.exec(output)?.[1];
  say(
    `${hasFailed ? '✗' : '✓'} unit tests (${seconds} s${cached ? `, ${cached} packages from the cache` : ''})`,
  );
  return {
    counts: code === 0 ? counts : { ...counts, failed: Math.max(1, counts.failed) },
    coverageFiles: filesOf('coverage-final.json'),
  };
}

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readCounts, type Counts } from './test-results.ts';
import { tierOf, type Tier } from './tiers.ts';

export type Say = (line: string) => void;

export interface TestRun {
  readonly counts: Counts;
  /** Istanbul's counts of every file; one that is not there has nothing to tell. */
  readonly coverageFiles: readonly string[];
}

/** Runs the tests of some tiers in one Jest, with coverage. */
export async function runJest(root: string, wanted: readonly Tier[], workers: number): Promise<TestRun> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-jest-'));
  const resultFile = join(folder, 'results.json');
  const coverageFile = join(root, 'coverage', 'coverage-final.json');
  rmSync(coverageFile, { force: true });
  const projects = (await projectsOf(root, wanted)).map(({ displayName }) => displayName);
  const child = spawn(
    'jest',
    [
      ...['--selectProjects', ...projects, '--maxWorkers', String(workers)],
      ...['--testSequencer', join(import.meta.dirname, 'longest-first.ts')],
      ...['--coverage', '--coverageReporters', 'json', '--json', '--outputFile', resultFile],
    ],
    // With --json the results go to stdout too; people read stderr.
    { stdio: ['ignore', 'ignore', 'inherit'], cwd: root },
  );
  await new Promise((resolve) => child.once('close', resolve));
  const counts = readCounts(resultFile, root);
  rmSync(folder, { recursive: true });
  return { counts, coverageFiles: [coverageFile] };
}

/** What of a Jest project is asked for here. */
export interface JestProject {
  readonly displayName: string;
  readonly rootDir: string;
}

/** All Jest projects of the repository that belong to some tiers. */
export async function projectsOf(root: string, wanted: readonly Tier[]): Promise<JestProject[]> {
  const config = (await import(pathToFileURL(join(root, 'jest.config.mjs')).href)) as {
    default: { projects: JestProject[] };
  };
  return config.default.projects.filter(({ displayName }) => wanted.includes(tierOf(displayName)));
}

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface JestOutcome {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Istanbul's JSON summary; null when there is none. */
  readonly coverageFile: string | null;
}

/** Runs Jest over the whole workspace with coverage. A test file that could not run counts as one failed test. */
export async function runJest(args: readonly string[]): Promise<JestOutcome> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-jest-'));
  const resultFile = join(folder, 'results.json');
  const coverage = join('coverage', 'coverage-summary.json');
  rmSync(coverage, { force: true });
  const child = spawn(
    'jest',
    [
      '--maxWorkers',
      '2',
      '--coverage',
      '--coverageReporters',
      'json-summary',
      '--json',
      '--outputFile',
      resultFile,
      ...args,
    ],
    // With --json the results go to stdout too; people read stderr.
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  await new Promise((resolve) => child.once('close', resolve));
  if (!existsSync(resultFile)) return { passed: 0, failed: 1, skipped: 0, coverageFile: null };
  const results = JSON.parse(readFileSync(resultFile, 'utf8')) as {
    numPassedTests: number;
    numFailedTests: number;
    numPendingTests: number;
    numRuntimeErrorTestSuites: number;
    success: boolean;
  };
  rmSync(folder, { recursive: true });
  const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
  return {
    passed: results.numPassedTests,
    // A broken global set-up or tear-down fails the run without failing a test.
    failed: results.success ? failed : Math.max(1, failed),
    skipped: results.numPendingTests,
    coverageFile: existsSync(coverage) ? coverage : null,
  };
}

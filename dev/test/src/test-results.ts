import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';

/** What Jest writes with `--json`. */
export interface JestResults {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numRuntimeErrorTestSuites: number;
  readonly success: boolean;
  readonly testResults: readonly { name: string; startTime: number; endTime: number }[];
}

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly files: readonly TimedFile[];
}

export interface TimedFile {
  /** Relative to the repository. */
  readonly path: string;
  readonly seconds: number;
}

/** A run that wrote no results counts as one failed test, and so does a test file that could not run. */
export function readCounts(resultFile: string, root: string): Counts {
  if (!existsSync(resultFile)) return { passed: 0, failed: 1, skipped: 0, files: [] };
  return countsOf(JSON.parse(readFileSync(resultFile, 'utf8')) as JestResults, root);
}

export function countsOf(results: JestResults, root: string): Counts {
  const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
  return {
    passed: results.numPassedTests,
    // A broken global set-up or teardown fails the run without failing a test.
    failed: results.success ? failed : Math.max(1, failed),
    skipped: results.numPendingTests,
    files: results.testResults.map(({ name, startTime, endTime }) => ({
      path: relative(root, name),
      seconds: Math.max(0, endTime - startTime) / 1000,
    })),
  };
}

export function sumOf(counts: readonly Counts[]): Counts {
  const sum = (of: (one: Counts) => number): number => counts.reduce((total, one) => total + of(one), 0);
  return {
    passed: sum(({ passed }) => passed),
    failed: sum(({ failed }) => failed),
    skipped: sum(({ skipped }) => skipped),
    files: counts.flatMap(({ files }) => files),
  };
}

/** A line for each of the slowest files, the slowest first. */
export function slowestFiles(files: readonly TimedFile[], shown = 10): string[] {
  return files
    .toSorted((a, b) => b.seconds - a.seconds)
    .slice(0, shown)
    .map(({ path, seconds }) => `${seconds.toFixed(1).padStart(7)} s  ${path}`);
}

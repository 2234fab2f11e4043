import { countsOf, readCounts, slowestFiles, sumOf, type JestResults } from './test-results.ts';

const results = (change: Partial<JestResults> = {}): JestResults => ({
  ...{ numPassedTests: 3, numFailedTests: 0, numPendingTests: 1, numRuntimeErrorTestSuites: 0 },
  success: true,
  testResults: [{ name: '/sluice/libs/kafka/src/a.test.ts', startTime: 1_000, endTime: 3_500 }],
  ...change,
});

test('what passed, failed and was skipped is counted, with the time of each file', () => {
  expect(countsOf(results(), '/sluice')).toEqual({
    ...{ passed: 3, failed: 0, skipped: 1 },
    files: [{ path: 'libs/kafka/src/a.test.ts', seconds: 2.5 }],
  });
});

test.each<[string, Partial<JestResults>, number]>([
  ['a test that failed', { numFailedTests: 2, success: false }, 2],
  ['a file that could not run', { numRuntimeErrorTestSuites: 1, success: false }, 1],
  ['a set-up that failed no test', { success: false }, 1],
])('%s fails the run', (_name, change, failed) => {
  expect(countsOf(results(change), '/').failed).toBe(failed);
});

test('a run without results is a failure', () => {
  expect(readCounts('/nowhere/results.json', '/')).toEqual({ passed: 0, failed: 1, skipped: 0, files: [] });
});

test('several runs add up, and their slowest files come first', () => {
  const whole = sumOf([
    { passed: 1, failed: 0, skipped: 2, files: [{ path: 'a', seconds: 1 }] },
    {
      ...{ passed: 4, failed: 1, skipped: 0 },
      files: [
        { path: 'b', seconds: 12.34 },
        { path: 'c', seconds: 2 },
      ],
    },
  ]);
  expect(whole).toMatchObject({ passed: 5, failed: 1, skipped: 2 });
  expect(slowestFiles(whole.files, 2)).toEqual(['   12.3 s  b', '    2.0 s  c']);
});

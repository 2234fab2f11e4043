import { coverageTable, readCoverage, type FileCoverage } from './coverage-table.ts';

const file = (statements: number[], branches: number[][]): FileCoverage => ({
  statementMap: Object.fromEntries(statements.map((_, at) => [at, { start: { line: at + 1 } }])),
  s: Object.fromEntries(statements.entries()),
  b: Object.fromEntries(branches.entries()),
});

test('what any of several runs covered is covered', () => {
  const table = coverageTable(
    [
      { '/r/libs/kafka/src/lane.ts': file([1, 0, 0, 0], [[1, 0]]) },
      {
        '/r/libs/kafka/src/lane.ts': file([0, 2, 0, 0], [[0, 3]]),
        '/r/schemas/src/topics.ts': file([1], []),
      },
    ],
    '/r',
  );
  expect(table.split('\n')).toEqual([
    'package      lines  branches',
    'libs/kafka    50%     100%',
    'schemas      100%        –',
  ]);
});

test('a run that wrote none is passed over', () => {
  expect(readCoverage(['/nowhere/coverage-final.json'])).toEqual([]);
});

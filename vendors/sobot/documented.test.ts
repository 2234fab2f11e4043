import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { documentedShapes } from '../field-coverage/documented.ts';

/** The rows of every table of the vendor's page, verbatim and in its order. */
const rows = readFileSync(join(import.meta.dirname, 'documented-rows.txt'), 'utf8')
  .trimEnd()
  .split('\n');

test("154 fields of the vendor's page, each listed", () => {
  // Two tables lost the name of the row of QQ.
  const names = rows.map((row) =>
    row
      .split(' |')[0]!
      .trim()
      .replace(/^String$/, 'qq'),
  );
  const listed = documentedShapes('sobot').flatMap(({ fields }) => Object.keys(fields));
  expect(names).toHaveLength(154);
  expect(listed.toSorted()).toEqual(names.toSorted());
});

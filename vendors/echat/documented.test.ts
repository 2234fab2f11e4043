import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { documentedShapes } from '../field-coverage/documented.ts';

/** The rows of every table of the vendor's page, verbatim and in its order. */
const rows = readFileSync(join(import.meta.dirname, 'documented-rows.txt'), 'utf8')
  .trimEnd()
  .split('\n');

test("every row of every table of the vendor's page is listed, with its words", () => {
  const listed = new Set(
    documentedShapes('echat').flatMap(({ fields }) =>
      Object.entries(fields).map(([path, words]) => `${path.slice(path.lastIndexOf('.') + 1)} ${words}`),
    ),
  );
  const told = rows.map((row) => {
    const [name = '', ...words] = row.trim().split(' ');
    return `${name} ${words.join(' ').trim()}`;
  });
  expect(told.length).toBeGreaterThan(200);
  const containers = /^(?:metaData|visitorData|routeData|chatData|crmData|visitPageDatas) /;
  expect(told.filter((row) => !containers.test(row) && !listed.has(row))).toEqual([]);
});

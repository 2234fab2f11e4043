import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The properties that the vendor's pages list for each shape, in their order. */
const rows = readFileSync(join(import.meta.dirname, 'documented-rows.txt'), 'utf8')
  .trimEnd()
  .split('\n');

test("every property of the vendor's pages is listed", () => {
  const shapes = JSON.parse(readFileSync(join(import.meta.dirname, 'documented.json'), 'utf8')) as Record<
    string,
    { fields: object }
  >;
  const listed = Object.entries(shapes).flatMap(([name, { fields }]) =>
    Object.keys(fields).map((path) => `${name} | ${path}`),
  );
  expect(rows.length).toBeGreaterThan(90);
  expect(listed).toEqual(rows);
});

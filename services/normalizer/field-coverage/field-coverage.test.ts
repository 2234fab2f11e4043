import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalFields, dataTypesOf, destinationsOf, destinationsOfPath } from './destinations.ts';
import { documentedShapes, pathsOf, vendors, type Vendor } from './documented.ts';
import { renderPage } from './page.ts';

const root = join(import.meta.dirname, '../../..');
const shapes = vendors.flatMap((vendor) =>
  documentedShapes(vendor).flatMap((shape) =>
    shape.dataTypes.map((dataType) => ({ vendor, dataType, shape })),
  ),
);

test('the page is that of the mappings', () => {
  // When this fails: npm run field-coverage -w services/normalizer
  expect(readFileSync(join(root, 'docs/reference/field-coverage.md'), 'utf8')).toBe(renderPage());
});

test('every data type of the pages has a mapping', () => {
  const known = vendors.flatMap((vendor) => dataTypesOf(vendor).map((dataType) => `${vendor} ${dataType}`));
  const documented = shapes.map(({ vendor, dataType }) => `${vendor} ${dataType}`);
  expect(known.toSorted()).toEqual([...documented, 'sobot ticket', 'sobot calllog'].toSorted());
});

test.each(shapes)(
  '$vendor $dataType: every field has a destination that exists',
  ({ vendor, dataType, shape }) => {
    const origins = destinationsOf(vendor, dataType);
    const exists = new Set(canonicalFields().map(({ topic, field }) => `${topic} ${field}`));
    for (const path of pathsOf(shape)) {
      const destinations = destinationsOfPath(origins, path).map(({ topic, field }) => `${topic} ${field}`);
      expect({ path, destinations }).not.toEqual({ path, destinations: [] });
      expect(destinations.filter((destination) => !exists.has(destination))).toEqual([]);
    }
  },
);

test("a field's doc names every vendor field that it comes from", () => {
  const docs = new Map(canonicalFields().map(({ topic, field, doc }) => [`${topic} ${field}`, doc]));
  const silent = vendors.flatMap((vendor) =>
    dataTypesOf(vendor).flatMap((dataType) =>
      destinationsOf(vendor, dataType).flatMap(({ topic, field, path }) => {
        const name = path.slice(path.lastIndexOf('.') + 1);
        const doc = docs.get(`${topic} ${field}`) ?? '';
        return doc.includes(name) || /As sent, before|As sent\.$/.test(doc)
          ? []
          : [`${topic} ${field} does not name ${name} (${vendor} ${dataType}): ${doc}`];
      }),
    ),
  );
  expect([...new Set(silent)]).toEqual([]);
});

describe("the tables of the vendors' pages", () => {
  /** The rows of every table of the page, verbatim and in its order. */
  const rowsOf = (vendor: Vendor): string[] =>
    readFileSync(join(import.meta.dirname, `pages/${vendor}.txt`), 'utf8')
      .trimEnd()
      .split('\n');

  test('Echat: every row of every table is listed, with its words', () => {
    const listed = new Set(
      documentedShapes('echat').flatMap(({ fields }) =>
        Object.entries(fields).map(([path, words]) => `${path.slice(path.lastIndexOf('.') + 1)} ${words}`),
      ),
    );
    const rows = rowsOf('echat').map((row) => {
      const [name = '', ...words] = row.trim().split(' ');
      return `${name} ${words.join(' ').trim()}`;
    });
    expect(rows.length).toBeGreaterThan(200);
    const containers = /^(?:metaData|visitorData|routeData|chatData|crmData|visitPageDatas) /;
    expect(rows.filter((row) => !containers.test(row) && !listed.has(row))).toEqual([]);
  });

  test('Sobot: 154 fields, each listed', () => {
    // Two tables lost the name of the row of QQ.
    const names = rowsOf('sobot').map((row) =>
      row
        .split(' |')[0]!
        .trim()
        .replace(/^String$/, 'qq'),
    );
    const listed = documentedShapes('sobot').flatMap(({ fields }) => Object.keys(fields));
    expect(names).toHaveLength(154);
    expect(listed.toSorted()).toEqual(names.toSorted());
  });
});

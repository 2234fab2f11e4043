import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { vendorSymbol } from '@sluice/canonical-event/vendor-symbol';
import { canonicalFields, dataTypesOf, destinationsOf, destinationsOfPath } from './destinations.ts';
import { vendors, type VendorId } from '../index.ts';
import { useMappings } from '../testing/golden-source.ts';
import { documentedShapes, pathsOf } from './documented.ts';
import { renderPage } from './page.ts';

const root = join(import.meta.dirname, '../..');
const mappings = useMappings();
const ids = Object.keys(vendors) as VendorId[];
const shapes = ids.flatMap((vendor) =>
  documentedShapes(vendor).flatMap((shape) =>
    shape.dataTypes.map((dataType) => ({ vendor, dataType, shape })),
  ),
);

test('the page is that of the mappings', async () => {
  // When this fails: npm run field-coverage -w vendors
  expect(readFileSync(join(root, 'docs/reference/field-coverage.md'), 'utf8')).toBe(await renderPage());
});

test('every data type of the pages has a mapping', () => {
  for (const vendor of ids) {
    const known = dataTypesOf(mappings.of(vendor));
    const documented = shapes.filter((shape) => shape.vendor === vendor).map(({ dataType }) => dataType);
    expect(documented.filter((dataType) => !known.includes(dataType))).toEqual([]);
  }
});

test.each(shapes)(
  '$vendor $dataType: every field has a destination that exists',
  ({ vendor, dataType, shape }) => {
    const origins = destinationsOf(mappings.of(vendor), dataType);
    const exists = new Set(canonicalFields().map(({ topic, field }) => `${topic} ${field}`));
    for (const path of pathsOf(shape)) {
      const destinations = destinationsOfPath(origins, path).map(({ topic, field }) => `${topic} ${field}`);
      const isTyped = shape.inAttributes?.includes(path) !== true;
      expect({ path, isTyped: destinations.length > 0 }).toEqual({ path, isTyped });
      expect(destinations.filter((destination) => !exists.has(destination))).toEqual([]);
    }
  },
);

test("a field's doc names every vendor field that it comes from", () => {
  const docs = new Map(canonicalFields().map(({ topic, field, doc }) => [`${topic} ${field}`, doc]));
  // The schemas name the vendors that they have a symbol for; the page has the fields of all.
  const named = ids.filter((vendor) => vendorSymbol(vendor) !== 'UNKNOWN');
  const silent = named.flatMap((vendor) =>
    dataTypesOf(mappings.of(vendor)).flatMap((dataType) =>
      destinationsOf(mappings.of(vendor), dataType).flatMap(({ topic, field, path }) => {
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

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalFields, dataTypesOf, destinationsOf } from './destinations.ts';
import { vendors, type VendorId } from '../index.ts';
import { useMappings } from '../testing/golden-source.ts';
import { testingOf } from '../testing/vendor-testing.ts';
import { renderPage } from './page.ts';

const page = join(import.meta.dirname, '../../docs/reference/field-coverage.md');
const mappings = useMappings();

test('the page is that of the mappings', async () => {
  // When this fails: npm run generate
  expect(readFileSync(page, 'utf8')).toBe(await renderPage());
});

test("a field's doc names every field that it comes from, of the vendors that the schemas name", async () => {
  const docs = new Map(canonicalFields().map(({ topic, field, doc }) => [`${topic} ${field}`, doc]));
  const named: VendorId[] = [];
  for (const id of Object.keys(vendors) as VendorId[])
    if ((await testingOf(id)).namedInSchemas === true) named.push(id);
  expect(named.length).toBeGreaterThan(0);
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

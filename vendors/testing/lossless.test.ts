import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { dataTypesOf } from '../field-coverage/destinations.ts';
import { documentedShapes } from '../field-coverage/documented.ts';
import { vendors, type VendorId } from '../index.ts';
import { arbitraryRecord } from './arbitrary-record.ts';
import { lostValues } from './find-value.ts';
import { goldenCases, useMappings, useNormalize } from './golden-source.ts';
import { testingOf, type SentValue } from './vendor-testing.ts';

const normalize = useNormalize();
const mappings = useMappings();

const shapes = (Object.keys(vendors) as VendorId[]).flatMap((vendor) =>
  documentedShapes(vendor).flatMap((shape) =>
    shape.dataTypes.map((dataType) => ({ vendor, dataType, shape })),
  ),
);

test.each(shapes)(
  '$vendor $dataType: no value of any record is lost',
  async ({ vendor, dataType, shape }) => {
    const { writeRecord } = await testingOf(vendor);
    fc.assert(
      fc.property(arbitraryRecord(shape, writeRecord), ({ payload, sent }) => {
        const { events, rejected } = normalize(vendor, dataType, payload);
        expect(rejected).toEqual([]);
        // What it was taken for may be another data type: its shape decides.
        const recognized = events[0]?.value.meta.data_type ?? dataType;
        expect(lostValues(mappings.of(vendor), recognized, sent, events)).toEqual([]);
      }),
      { numRuns: 100 },
    );
  },
);

test.each(goldenCases())('fixture $vendor $name: no value is lost', ({ vendor, input, dataType }) => {
  const mapping = mappings.of(vendor);
  if (!dataTypesOf(mapping).includes(dataType)) return;
  const payload = readFileSync(input);
  const { events } = normalize(vendor, dataType, payload);
  const recognized = events[0]?.value.meta.data_type ?? dataType;
  expect(lostValues(mapping, recognized, sentIn(vendor, dataType, payload), events)).toEqual([]);
});

/** What a fixture holds; nothing when it is refused, and its bytes are kept. */
function sentIn(vendor: VendorId, dataType: string, payload: Buffer): SentValue[] {
  const parsed = mappings.of(vendor).pushes.parse(payload, dataType, '');
  if (parsed.outcome === 'unusable') return [];
  return parsed.records.flatMap(({ fields }) =>
    fields.rest().map(({ name, value }) => ({ path: name, value })),
  );
}

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { parseEchat } from '../src/echat/parse.ts';
import { normalize } from '../src/normalize.ts';
import { parseSobot } from '../src/sobot/parse.ts';
import { rawHeadersOf, sourceOf } from '../src/testing/golden-source.ts';
import { arbitraryRecord } from './arbitrary-record.ts';
import { dataTypesOf } from './destinations.ts';
import { documentedShapes, vendors, type Vendor } from './documented.ts';
import { lostValues, type SentValue } from './find-value.ts';

const position = { topic: 'raw', partition: 0, offset: '0' };

function normalizeAs(vendor: Vendor, dataType: string, payload: Buffer): ReturnType<typeof normalize> {
  return normalize(
    { payload, headers: rawHeadersOf(vendor, dataType), position, source: sourceOf(vendor) },
    () => undefined,
  );
}

const shapes = vendors.flatMap((vendor) =>
  documentedShapes(vendor).flatMap((shape) =>
    shape.dataTypes.map((dataType) => ({ vendor, dataType, shape })),
  ),
);

test.each(shapes)('$vendor $dataType: no value of any record is lost', ({ vendor, dataType, shape }) => {
  fc.assert(
    fc.property(arbitraryRecord(vendor, shape), ({ payload, sent }) => {
      const { events, rejected } = normalizeAs(vendor, dataType, Buffer.from(payload));
      expect(rejected).toEqual([]);
      // What it was taken for may be another data type: its shape decides.
      const recognized = events[0]?.value.meta.data_type ?? dataType;
      expect(lostValues(vendor, recognized, sent, events)).toEqual([]);
    }),
    { numRuns: 100 },
  );
});

const fixtures = join(import.meta.dirname, '../src/fixtures');
const samples = vendors.flatMap((vendor) =>
  readdirSync(join(fixtures, vendor)).map((name) => ({ vendor, name, dataType: name.replace(/-.*/, '') })),
);

test.each(samples.filter(({ vendor, dataType }) => dataTypesOf(vendor).includes(dataType)))(
  'fixture $vendor $name: no value is lost',
  ({ vendor, name, dataType }) => {
    const file = vendor === 'echat' ? 'input.xml' : 'input.json';
    const payload = readFileSync(join(fixtures, vendor, name, file));
    const { events } = normalizeAs(vendor, dataType, payload);
    const recognized = events[0]?.value.meta.data_type ?? dataType;
    expect(lostValues(vendor, recognized, sentIn(vendor, dataType, payload), events)).toEqual([]);
  },
);

/** What a fixture holds; nothing when it is refused, and its bytes are kept. */
function sentIn(vendor: Vendor, dataType: string, payload: Buffer): SentValue[] {
  const parsed = vendor === 'echat' ? parseEchat(payload, dataType) : parseSobot(payload, dataType);
  if (parsed.outcome === 'unusable') return [];
  return parsed.records.flatMap(({ fields }) =>
    fields.rest().map(({ name, value }) => ({ path: name, value })),
  );
}

import fc from 'fast-check';
import { canonicalFields, destinationsOf, destinationsOfPath } from '../field-coverage/destinations.ts';
import { documentedShapes } from '../field-coverage/documented.ts';
import { vendors, type VendorId } from '../index.ts';
import { sendable } from './arbitrary-record.ts';
import { expectTextOnly, markOf, typed } from './free-text.ts';
import { useMappings, useNormalize } from './golden-source.ts';
import { testingOf } from './vendor-testing.ts';

const normalize = useNormalize();
const mappings = useMappings();

const shapes = (Object.keys(vendors) as VendorId[]).flatMap((id) =>
  documentedShapes(id).map((shape) => ({ id, dataType: shape.dataTypes[0] ?? '', shape })),
);

/** The documented paths that become one canonical text, and nothing else: what people type is there as it is. */
function textPaths(id: VendorId, dataType: string, paths: readonly string[]): string[] {
  const types = new Map(canonicalFields().map(({ topic, field, type }) => [`${topic} ${field}`, type]));
  const origins = destinationsOf(mappings.of(id), dataType);
  return paths.filter((path) => {
    const [first, ...more] = destinationsOfPath(origins, path);
    return first && more.length === 0 && types.get(`${first.topic} ${first.field}`) === 'text';
  });
}

test.each(shapes)(
  '$id $dataType: a text that somebody typed is that text, and no other field changes',
  async ({ id, dataType, shape }) => {
    const { writeRecord } = await testingOf(id);
    const paths = textPaths(id, dataType, Object.keys(shape.fields));
    const names = paths.map((path) => path.slice(path.lastIndexOf('.') + 1));
    const marked = normalize(
      id,
      dataType,
      writeRecord(paths.map((path) => [path, markOf(path)] as const)).payload,
    );
    const found = JSON.stringify(marked.events);
    expect(paths.filter((path) => !found.includes(markOf(path)))).toEqual([]);
    fc.assert(
      fc.property(fc.tuple(...paths.map(() => typed(names).map(sendable))), (texts) => {
        const fields = paths.map((path, index) => [path, texts[index] ?? ''] as const);
        const { payload } = writeRecord(fields);
        const sent = normalize(id, dataType, payload);
        expect(sent.events).toHaveLength(marked.events.length);
        expectTextOnly(sent, marked, Object.fromEntries(fields), payload);
      }),
      { numRuns: 200 },
    );
  },
);

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { canonicalTopics, rawTopicOf } from '@sluice/schemas/topics';
import type { UnknownKind } from '@sluice/vendor-kit/mapping/mapping';
import type { Normalized } from '@sluice/vendor-kit/mapping/normalize';
import {
  canonicalFields,
  dataTypesOf,
  destinationsOf,
  destinationsOfPath,
} from '../field-coverage/destinations.ts';
import { documentedShapes, pathsOf, type DocumentedShape } from '../field-coverage/documented.ts';
import type { VendorId } from '../index.ts';
import { allTopics } from '../topics.ts';
import { arbitraryRecord, wellFormedRecord } from './arbitrary-record.ts';
import { lostValues } from './find-value.ts';
import { goldenCases, useMappings, useNormalize } from './golden-source.ts';
import { testingOf, type SentValue, type VendorTesting } from './vendor-testing.ts';

/** What makes a documented record one that no page lists. */
const unlisted: readonly UnknownKind[] = ['data-type', 'data-type-mismatch'];

/** What the mapping half of a vendor owes to the normalizer. Called within the `describe` of a vendor. */
export function mappingContract(id: VendorId): void {
  const normalize = useNormalize();
  const mappings = useMappings();
  let testing: VendorTesting;
  const golden = goldenCases().filter(({ vendor }) => vendor === id);
  const shapes = documentedShapes(id).flatMap((shape) =>
    shape.dataTypes.map((dataType) => ({ dataType, shape })),
  );

  beforeAll(async () => {
    testing = await testingOf(id);
  });

  /** A record with every field of a shape, mapped, and what of it was unknown. */
  function mapWhole(dataType: string, shape: DocumentedShape): Normalized & { unknown: UnknownKind[] } {
    const { payload } = testing.writeRecord(pathsOf(shape).map((path) => [path, '1']));
    const unknown: UnknownKind[] = [];
    return { ...normalize(id, dataType, payload, {}, (kind) => unknown.push(kind)), unknown };
  }

  test('has documented data types, and a mapping for each', () => {
    const known = dataTypesOf(mappings.of(id));
    expect(shapes.length).toBeGreaterThan(0);
    expect(shapes.map(({ dataType }) => dataType).filter((dataType) => !known.includes(dataType))).toEqual(
      [],
    );
  });

  test.each(shapes)('maps $dataType to events of canonical topics, and knows it', ({ dataType, shape }) => {
    const { events, rejected, unknown } = mapWhole(dataType, shape);
    expect(rejected.map(({ reason, detail }) => ({ reason, detail }))).toEqual([]);
    expect(unknown.filter((kind) => unlisted.includes(kind))).toEqual([]);
    expect(events.length).toBeGreaterThan(0);
    for (const { topic } of events) expect(canonicalTopics).toContain(topic);
  });

  test.each(shapes)('gives every documented field of $dataType a destination', ({ dataType, shape }) => {
    const origins = destinationsOf(mappings.of(id), dataType);
    const exists = new Set(canonicalFields().map(({ topic, field }) => `${topic} ${field}`));
    for (const path of pathsOf(shape)) {
      const destinations = destinationsOfPath(origins, path).map(({ topic, field }) => `${topic} ${field}`);
      const isTyped = shape.inAttributes?.includes(path) !== true;
      expect({ path, isTyped: destinations.length > 0 }).toEqual({ path, isTyped });
      expect(destinations.filter((destination) => !exists.has(destination))).toEqual([]);
    }
  });

  test.each(shapes)('reads any record of $dataType and loses no value of it', ({ dataType, shape }) => {
    fc.assert(
      fc.property(arbitraryRecord(shape, testing.writeRecord), ({ payload, sent }) => {
        const { events, rejected } = normalize(id, dataType, payload);
        expect(rejected).toEqual([]);
        // What it was taken for may be another data type: its shape decides.
        const recognized = events[0]?.value.meta.data_type ?? dataType;
        expect(lostValues(mappings.of(id), recognized, sent, events)).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  test.each(shapes)('repairs nothing of a well-formed $dataType', ({ dataType, shape }) => {
    fc.assert(
      fc.property(wellFormedRecord(shape, testing.writeRecord), ({ payload }) => {
        const { events, repairs } = normalize(id, dataType, payload);
        expect(repairs).toEqual([]);
        for (const { value } of events) expect(value.meta.repairs).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });

  test('names itself in its events, which come from its raw topic', () => {
    expect(allTopics).toContain(rawTopicOf(id));
    const named = shapes.flatMap(({ dataType, shape }) =>
      mapWhole(dataType, shape).events.map(({ value }) => value.meta.vendor_id),
    );
    expect([...new Set(named)]).toEqual([id]);
  });

  test('has a golden case for each data type with a mapping', () => {
    const cases = golden.map(({ dataType }) => dataType);
    expect(dataTypesOf(mappings.of(id)).filter((dataType) => !cases.includes(dataType))).toEqual([]);
  });

  test('has a golden case of a payload that is refused', () => {
    const refused = golden.filter(({ folder }) => {
      const text = readFileSync(join(folder, 'expected.json'), 'utf8');
      return (JSON.parse(text) as { rejected: unknown[] }).rejected.length > 0;
    });
    expect(refused.length).toBeGreaterThan(0);
  });

  test('loses no value of its golden cases', () => {
    const mapping = mappings.of(id);
    for (const { dataType, name, input } of golden) {
      if (!dataTypesOf(mapping).includes(dataType)) continue;
      const payload = readFileSync(input);
      const { events } = normalize(id, dataType, payload);
      const recognized = events[0]?.value.meta.data_type ?? dataType;
      const lost = lostValues(mapping, recognized, sentIn(dataType, payload), events);
      expect({ name, lost }).toEqual({ name, lost: [] });
    }
  });

  /** What a payload holds; nothing when it is refused, and its bytes are kept. */
  function sentIn(dataType: string, payload: Buffer): SentValue[] {
    const parsed = mappings.of(id).pushes.parse(payload, dataType, '');
    if (parsed.outcome === 'undecodable') return [];
    return parsed.records.flatMap(({ fields }) =>
      fields.rest().map(({ name, value }) => ({ path: name, value })),
    );
  }
}
